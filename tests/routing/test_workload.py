"""Which source says what kind of work a task is."""

import pytest

from clickup_mlops.routing.policy import Policy
from tests.routing.support import Read, decided

BOUND = Policy.model_validate(
    {
        "labels": {"Serving": "inference", "Fine-tuning": "training"},
        "lists": {"*ETL*": "data", "901": "infra"},
        "unclear": "infra",
    }
)
FIELD = {"fields": {"workload": "Fine-tuning"}}
TEXT = Read(workload="inference")


def test_each_source_wins_over_those_after_it() -> None:
    """Field > tag > List > text > what is configured for unclear tasks."""
    all_sources = {"policy": BOUND, "read": TEXT, "list_name": "Weekly etl"}

    by_field = decided("serving", **all_sources, **FIELD)
    by_tag = decided("serving", **all_sources)
    by_list = decided(**all_sources)
    by_text = decided(policy=BOUND, read=TEXT)
    unclear = decided(policy=BOUND)

    sources = [decision.source for decision in (by_field, by_tag, by_list, by_text, unclear)]
    workloads = [decision.workload for decision in (by_field, by_tag, by_list, by_text, unclear)]
    assert sources == ["field", "tag", "list", "text", "default"]
    assert workloads == ["training", "inference", "data", "inference", "infra"]


@pytest.mark.parametrize("value", ["Inference", " inference ", ["x", "INFERENCE"], "serving"])
def test_the_field_is_read_in_any_case_and_any_shape(value: object) -> None:
    """A drop-down gives one label, a labels field several; the team's own words count too."""
    assert decided(policy=BOUND, fields={"workload": value}).workload == "inference"


@pytest.mark.parametrize("value", [None, "", 3.0, True, [], [None], {"a": 1}])
def test_an_empty_or_strange_field_is_as_good_as_none(value: object) -> None:
    """Then the next source decides."""
    assert decided("data", fields={"workload": value}).source == "tag"


def test_a_label_that_is_no_workload_is_said() -> None:
    """Somebody set it on purpose and may wonder why it does nothing."""
    decision = decided(read=TEXT, fields={"workload": "Quantum"})

    assert decision.source == "text"
    assert 'field "Workload" says "Quantum", which is not a workload: ignored' in decision.reasons


def test_two_tags_that_disagree_give_the_first_in_class_order() -> None:
    """Whatever order ClickUp sends them in."""
    assert decided("data", "training").workload == decided("training", "data").workload


def test_a_list_is_bound_by_pattern_or_id_and_the_first_wins() -> None:
    """In the order of the file."""
    policy = Policy.model_validate({"lists": {"Run*": "training", "run-serving": "inference"}})

    assert decided(policy=policy, list_name="run-serving").workload == "training"
    assert decided(policy=BOUND, list_id="901", list_name="x").workload == "infra"


@pytest.mark.parametrize(
    "read",
    [Read(abstain=True), Read(confidence=0.39), Read(workload="quantum")],
    ids=["it abstains", "it is not sure enough", "it names no workload"],
)
def test_a_text_that_does_not_tell_leaves_it_to_the_setting(read: Read) -> None:
    """And the reason says that it was unclear, with the best guess."""
    decision = decided(policy=Policy(min_confidence=0.4, unclear="data"), read=read)

    assert (decision.workload, decision.source) == ("data", "default")
    assert f"the text is unclear (best guess {read.workload}" in decision.reasons[0]
