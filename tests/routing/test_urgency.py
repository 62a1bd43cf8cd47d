"""How urgent a task is, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.routing.corroboration import BREACH, FIRING_ALERT, Corroboration, support
from clickup_mlops.routing.decision import HIGH
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.objectives import parse_measure
from clickup_mlops.routing.policy import Incident, Policy
from clickup_mlops.routing.urgency import format_span
from tests.routing.support import DAY_MS, HOUR_MS, NOW_MS, Read, decided


def test_nothing_that_presses_is_calm() -> None:
    """And it is said."""
    decision = decided("inference")

    assert decision.tier == "normal"
    assert "tier normal: no sign of urgency" in decision.reasons


@pytest.mark.parametrize(
    ("due_in", "tier", "why"),
    [
        (-2 * DAY_MS, "due", "overdue by 2 days"),
        (-1, "due", "overdue by less than a minute"),
        (5 * HOUR_MS, "due", "due in 5 hours"),
        (DAY_MS, "due", "due in 1 day"),
        (DAY_MS + 1, "soon", "due in 1 day"),
        (3 * DAY_MS, "soon", "due in 3 days"),
        (3 * DAY_MS + 1, "normal", "no sign of urgency"),
    ],
)
def test_a_due_date_presses_more_the_nearer_it_is(due_in: int, tier: str, why: str) -> None:
    """Overdue or within a day, within three days, later."""
    assert f"tier {tier}: {why}" in decided("training", due_ms=NOW_MS + due_in).reasons


@pytest.mark.parametrize(
    ("inference", "non_inference", "tier"),
    [(0, 0, "normal"), (0, 1, "soon"), (0, 2, "soon"), (0, 3, "due"), (1, 0, "due"), (1, 9, "due")],
)
def test_waiting_inference_work_weighs_more(inference: int, non_inference: int, tier: str) -> None:
    """One waiting inference task does what three others do."""
    context = Context(blocked_inference=inference, blocked_other=non_inference)

    assert decided("data", context=context).tier == tier


@pytest.mark.parametrize(
    ("inference", "non_inference", "why"),
    [(0, 1, "1 open task waits for it"), (1, 1, "2 open tasks wait for it, 1 of them inference")],
)
def test_only_inference_that_waits_is_counted_in_words(
    inference: int, non_inference: int, why: str
) -> None:
    context = Context(blocked_inference=inference, blocked_other=non_inference)

    assert [why] == [
        reason.partition(": ")[2]
        for reason in decided("data", context=context).reasons
        if "wait" in reason
    ]


@pytest.mark.parametrize(
    ("value", "objective", "tier"),
    [
        (812.0, 500.0, "breach"),
        (500.0, 500.0, "normal"),
        ("812", "500 ms", "breach"),
        ("1,200 ms", "1,100", "breach"),
        ("0,9", 0.5, "breach"),
        (812.0, None, "normal"),
        (None, 500.0, "normal"),
        (812.0, 0, "normal"),
        (-5.0, 500.0, "normal"),
        (True, 0.5, "normal"),
        (float("nan"), 500.0, "normal"),
        (float("inf"), 500.0, "normal"),
        ("0.9 s", 0.5, "normal"),
        ("soon", "later", "normal"),
        ("1.2.3", 1.0, "normal"),
        ({"current": 812}, 500.0, "normal"),
    ],
)
def test_a_breach_is_read_from_two_fields_however_they_are_filled(
    value: object, objective: object, tier: str
) -> None:
    """A value that is missing or makes no sense is no breach, and never an error."""
    fields = {"p99 latency ms": value, "slo latency ms": objective}

    assert decided("inference", fields=fields).tier == tier


def test_trouble_may_lie_below_an_objective() -> None:
    """Availability is worse when it is lower."""
    fields = {"availability %": 99.2, "slo availability %": 99.9}

    assert "tier breach: Availability % 99.2 is below SLO availability % 99.9" in (
        decided("inference", fields=fields).reasons
    )


def test_metric_fields_are_named_in_the_policy() -> None:
    """A team's own field names."""
    policy = Policy.model_validate({"slos": [{"metric": "TTFT", "objective": "TTFT goal"}]})

    assert policy.field_names == {"workload", "ttft", "ttft goal"}
    assert decided(policy=policy, fields={"ttft": 9.0, "ttft goal": 2.0}).tier == "breach"


def test_a_live_inference_incident_comes_first() -> None:
    """Told by a tag, or by the text of an inference task."""
    reported = Read(incident=True, incident_confidence=0.8)

    assert decided("Incident", due_ms=NOW_MS).tier == "incident"
    assert decided(read=reported).incident
    assert not decided("training", read=reported).incident
    assert not decided(policy=Policy(incident=Incident(threshold=0.9)), read=reported).incident


def test_a_possible_incident_is_high_and_says_so() -> None:
    """Between the two bars somebody has to look; below them nothing presses."""
    perhaps = decided(read=Read(incident_confidence=0.3))

    assert (perhaps.tier, perhaps.priority, perhaps.incident) == ("due", HIGH, False)
    assert any(
        "possible incident (0.30, incident from 0.5)" in reason for reason in perhaps.reasons
    )
    assert decided("training", read=Read(incident_confidence=0.3)).tier == "normal"
    assert any("`/incident yes` or `/incident no`" in reason for reason in perhaps.reasons)
    off = Policy(incident=Incident(possible=1.0))
    assert decided(policy=off, read=Read(incident_confidence=0.3)).tier == "normal"


def test_what_a_missed_incident_costs_sets_the_threshold() -> None:
    """At 4 false alarms a probability of a fifth is enough; a threshold of its own wins."""
    read, dear = Read(incident_confidence=0.25), Incident(cost_of_miss=4)

    assert decided(policy=Policy(incident=dear), read=read).incident
    assert not decided(read=read).incident
    assert Incident(cost_of_miss=4, threshold=0.9).live_from == 0.9


@pytest.mark.parametrize("odds", [FIRING_ALERT, BREACH])
def test_a_possible_incident_with_support_is_a_live_one(odds: float) -> None:
    """The reasons name what supports it; without a report there is none."""
    context = Context(corroborations=(Corroboration("1 alert fires about it", odds),))
    supported = decided(read=Read(incident_confidence=0.2), context=context)

    assert (supported.tier, supported.incident_by) == ("incident", "text")
    assert any("and 1 alert fires about it" in reason for reason in supported.reasons)
    assert decided(read=Read(incident_confidence=0.05), context=context).tier == "normal"


def test_a_breach_on_the_task_supports_its_report() -> None:
    breach = {"fields": {"p99 latency ms": 900.0, "slo latency ms": 500.0}}

    assert decided(read=Read(incident_confidence=0.2), **breach).tier == "incident"
    assert decided(read=Read(incident_confidence=0.05), **breach).tier == "breach"


@given(st.floats(0, 1), st.lists(st.floats(1, 100), max_size=4))
def test_support_never_lowers_a_probability(confidence: float, odds: list[float]) -> None:
    supported = support(confidence, [Corroboration("x", factor) for factor in odds])
    assert confidence - 1e-9 <= supported <= 1


def test_a_person_settles_whether_it_is_an_incident() -> None:
    """By a tag: the text has no say any more, and the reasons name the tag."""
    reported = Read(incident=True, incident_confidence=0.8)
    refused = decided("Not-Incident", read=reported)

    assert (refused.tier, refused.incident, refused.incident_by) == ("normal", False, "tag")
    assert refused.reasons[-2] == 'no incident: tag "Not-Incident"'
    assert decided("incident", "not-incident").incident
    assert decided("incident", read=Read(incident_confidence=0.0)).incident_by == "tag"
    assert decided(read=reported).incident_by == "text"
    assert decided(read=Read(incident_confidence=0.3)).incident_by == "text"
    assert decided(read=Read()).incident_by == ""


def test_every_sign_is_given_the_most_urgent_first() -> None:
    """So that a reader sees what else would press."""
    fields = {"error rate %": 3.0, "slo error rate %": 1.0}
    decision = decided("incident", due_ms=NOW_MS, fields=fields, context=Context(blocked_other=1))

    tiers = [reason.split()[1] for reason in decision.reasons if reason.startswith("tier ")]
    assert tiers == ["incident:", "breach:", "due:", "soon:"]


@given(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(), st.lists(st.text()))
)
def test_any_value_is_a_number_that_makes_sense_or_nothing(value: object) -> None:
    """Whatever a field holds."""
    number = parse_measure("P99 latency ms", value)

    assert number is None or 0 <= number < float("inf")


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "less than a minute"),
        (60_000, "1 minute"),
        (7_199_999, "1 hour"),
        (2 * DAY_MS, "2 days"),
    ],
)
def test_spans_are_written_for_people(ms: int, text: str) -> None:
    """In the largest unit that fits."""
    assert format_span(ms) == text


def test_a_breach_that_has_not_recovered_says_when_it_will() -> None:
    """With the value, the objective and the limit of the recovery."""
    fields = {"p99 latency ms": 280, "slo latency ms": 300}
    decision = decided("inference", fields=fields, context=Context(breached=("P99 latency ms",)))
    reason = (
        "P99 latency ms 280 still counts as a breach of SLO latency ms 300, until it is at most 270"
    )
    assert f"tier breach: {reason}" in decision.reasons
