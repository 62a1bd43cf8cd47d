"""The order of the rules: closed, person, table, ageing, cap."""

import pytest

from clickup_mlops.routing.decision import HIGH, LOW, NORMAL, URGENT, Decision
from clickup_mlops.routing.facts import Context, Override
from clickup_mlops.routing.policy import Policy
from tests.routing.support import DAY_MS, NOW_MS, Read, decided

BREACH = {"fields": {"p99 latency ms": 812.0, "slo latency ms": 500.0}}


def test_the_table_decides_when_nothing_else_does() -> None:
    """And the decided_by is named after its cell."""
    decision = decided("inference", priority=LOW, **BREACH)

    assert (decision.priority, decision.decided_by) == (URGENT, "inference.breach")
    assert decision.changes


def test_a_priority_that_is_right_changes_nothing() -> None:
    """So nothing is written."""
    assert not decided("inference", priority=NORMAL).changes


@pytest.mark.parametrize("priority", [None, URGENT, LOW])
def test_a_closed_task_is_left_as_it_is(priority: int | None) -> None:
    """Whatever its priority, and whatever a person once wanted."""
    wish = Override(HIGH, "Ana", NOW_MS, None)
    decision = decided(
        "inference", priority=priority, is_open=False, context=Context(override=wish)
    )

    assert (decision.priority, decision.decided_by) == (priority, "closed")
    assert not decision.changes


def test_a_person_wins_until_their_time_is_over() -> None:
    """The reason names who, what and until when."""
    wish = Override(LOW, "Ana", NOW_MS, NOW_MS + 7 * DAY_MS)
    at = {"context": Context(override=wish), **BREACH}

    before = decided("inference", now_ms=NOW_MS + 7 * DAY_MS - 1, **at)
    after = decided("inference", now_ms=NOW_MS + 7 * DAY_MS, **at)

    assert (before.priority, before.decided_by, before.kept_for_person) == (LOW, "person", True)
    assert before.reasons[-1] == "person: Ana set Low, which wins until 2026-01-12 12:00 UTC"
    assert (after.priority, after.kept_for_person) == (URGENT, False)


@pytest.mark.parametrize(
    ("ended", "is_mentioned"),
    [
        (Override(None, "", NOW_MS, None, automation="guard", because="it is over"), True),
        (Override(LOW, "", NOW_MS, NOW_MS, automation="guard", because="it is over"), False),
        (Override(None, "Ana", NOW_MS, None), False),
    ],
)
def test_a_hold_that_an_automation_ended_is_mentioned(ended: Override, is_mentioned: bool) -> None:
    """Not one that is over by its time, nor a priority that a person has cleared."""
    decision = decided("inference", context=Context(override=ended))

    assert (
        any("holds the priority no longer" in reason for reason in decision.reasons) == is_mentioned
    )


def test_a_person_may_win_until_they_release_it() -> None:
    """Without an end."""
    wish = Override(LOW, "Ana", NOW_MS, None)
    decision = decided(context=Context(override=wish), now_ms=NOW_MS + 999 * DAY_MS)

    assert decision.reasons[-1] == "person: Ana set Low, which wins until it is released"


def test_clearing_the_priority_hands_the_task_back() -> None:
    """A person's empty priority is not kept."""
    wish = Override(None, "Ana", NOW_MS, None)

    assert decided("inference", context=Context(override=wish)).priority == NORMAL


@pytest.mark.parametrize(
    ("days", "priority", "decided_by"),
    [(13, LOW, "training.normal"), (14, NORMAL, "ageing"), (400, NORMAL, "ageing")],
)
def test_waiting_lifts_training_to_new_inference_work_and_no_higher(
    days: int, priority: int, decided_by: str
) -> None:
    """A normal training task reaches a normal inference task's Normal after one step."""
    decision = decided("training", created_ms=NOW_MS - days * DAY_MS)

    assert (decision.priority, decision.decided_by) == (priority, decided_by)


def test_waiting_lifts_inference_to_high_never_to_urgent() -> None:
    """Urgent is for trouble, not for age."""
    assert decided("inference", created_ms=NOW_MS - 400 * DAY_MS).priority == HIGH


def test_waiting_may_begin_later_than_creation() -> None:
    """A task that was reopened waits from then on; one without a date does not wait."""
    reopened = Context(waiting_since_ms=NOW_MS - DAY_MS)

    assert decided("training", created_ms=1, context=reopened).priority == LOW
    assert decided("training", created_ms=None).priority == LOW
    assert decided("training", created_ms=NOW_MS + DAY_MS).priority == LOW


@pytest.mark.parametrize(("urgent", "priority"), [(3, URGENT), (4, HIGH)])
def test_a_list_with_its_share_of_urgent_gets_high(urgent: int, priority: int) -> None:
    """A fifth of twenty open tasks is four; this one is not counted."""
    context = Context(open_in_list=20, urgent_in_list=urgent)

    assert decided("inference", context=context, **BREACH).priority == priority


def test_the_cap_says_its_numbers() -> None:
    """So that the person who expected Urgent can follow."""
    context = Context(open_in_list=20, urgent_in_list=4)

    assert decided("inference", context=context, **BREACH).reasons[-1] == (
        "urgent-cap: the List is at its cap: 4 Urgent of 20 open, 4 allowed; High instead of Urgent"
    )


@pytest.mark.parametrize(("exempt", "priority"), [(True, URGENT), (False, HIGH)])
def test_a_live_incident_is_urgent_beyond_the_cap_unless_configured(
    exempt: bool, priority: int
) -> None:
    """By default an outage is never told that there are enough of them."""
    policy = Policy.model_validate({"urgent_cap": {"incidents_exempt": exempt}})
    context = Context(open_in_list=5, urgent_in_list=5)

    assert decided("inference", "incident", policy=policy, context=context).priority == priority


def test_a_decision_survives_json() -> None:
    """What is stored reads back the same; keys of a later version are ignored."""
    import json

    decision = decided("inference", read=Read(), context=Context(cause="hook:1:taskCreated"))
    stored = json.loads(json.dumps(decision.to_dict() | {"of_a_later_version": 1}))

    assert Decision.from_dict(stored) == decision
