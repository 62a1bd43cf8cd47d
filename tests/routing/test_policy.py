"""The settings under `[routing]`."""

import pytest
from pydantic import ValidationError

from clickup_mlops.config import read_descriptions
from clickup_mlops.routing.decision import TIERS, WORKLOADS
from clickup_mlops.routing.policy import Policy, UrgentCap


def test_a_table_may_name_only_what_it_changes() -> None:
    """A cell that is given changes; every other cell keeps its default."""
    policy = Policy.model_validate({"priorities": {"training": {"normal": "normal"}}})

    changed = {
        (workload, tier)
        for workload in WORKLOADS
        for tier in TIERS
        if policy.priorities.number(workload, tier) != Policy().priorities.number(workload, tier)
    }
    assert changed == {("training", "normal")}


@pytest.mark.parametrize("workload", [w for w in WORKLOADS if w != "inference"])
def test_a_table_that_puts_anything_above_inference_is_refused(workload: str) -> None:
    """The message names the two cells."""
    with pytest.raises(ValidationError, match=rf"{workload}\.normal is above inference\.normal"):
        Policy.model_validate({"priorities": {workload: {"normal": "high"}}})


def test_training_can_never_be_urgent() -> None:
    """The cap may lower an Urgent inference task to High; training must not stay above it."""
    with pytest.raises(ValidationError, match=r"training\.breach is urgent: at most high"):
        Policy.model_validate({"priorities": {"training": {"breach": "urgent"}}})


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"prioritys": {}}, "prioritys"),
        ({"priorities": {"training": {"clam": "low"}}}, "priorities.training.clam"),
        ({"priorities": {"trainig": {"normal": "low"}}}, "priorities.trainig"),
        ({"lists": {"*": "serving"}}, "lists.*"),
        ({"urgent_cap": {"share": 1.5}}, "urgent_cap.share"),
        ({"ageing": {"step": 0}}, "ageing.step"),
    ],
)
def test_a_wrong_key_or_value_is_named(table: dict, key: str) -> None:
    """Nothing that is mistyped is silently ignored."""
    with pytest.raises(ValidationError) as problems:
        Policy.model_validate(table)

    assert [".".join(map(str, error["loc"])) for error in problems.value.errors()] == [key]


@pytest.mark.parametrize(
    ("share", "minimum", "open_in_list", "allowed_count"),
    [(0.2, 3, 1, 3), (0.2, 3, 15, 3), (0.2, 3, 20, 4), (0.2, 0, 4, 0), (1.0, 0, 7, 7)],
)
def test_the_cap_is_a_share_with_a_minimum(
    share: float, minimum: int, open_in_list: int, allowed_count: int
) -> None:
    """Short lists may always have some Urgent tasks; long ones a share, rounded down."""
    assert UrgentCap(share=share, minimum=minimum).count_allowed(open_in_list) == allowed_count


def test_every_setting_has_a_description() -> None:
    """The example configuration is made from them."""
    assert read_descriptions(Policy).keys() == Policy.model_fields.keys()
