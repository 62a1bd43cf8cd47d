"""One automation, or one of its actions, that fails stops nothing else."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.automations.engine import decide
from clickup_mlops.automations.model import (
    Action,
    ActionType,
    Automation,
    Finding,
    Held,
    Latch,
    Problem,
    Related,
    Situation,
    Step,
    Unanswered,
)
from clickup_mlops.config import Table
from clickup_mlops.errors import Forbidden, RetryableApiError, StoreBusy, Unauthorized
from clickup_mlops.routing.decision import Decision
from tests.automations.support import NOW_MS, automation, event, task

TAGS = """on = ["taskCreated"]
mode = "on"
do = [{ action = "add_tag", tag = "a" }, { action = "add_tag", tag = "b" }]
"""
# Twenty times twenty times ... steps: more than an evaluation may take.
ENDLESS = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]"
FOR_EVER = f"{ENDLESS}.all(a, {ENDLESS}.all(b, {ENDLESS}.all(c, {ENDLESS}.all(d, a > 0))))"


def _never() -> Decision:
    pytest.fail("nobody needs a decision here")


def _evaluate(*automations: Automation, **around: Any) -> tuple[Finding, ...]:
    return decide(automations, event(), task(), NOW_MS, _never, **around)


def _raising(problem: Exception) -> Step:
    """An action whose planning ends like this."""

    def plan(_situation: Situation, _options: Any) -> None:
        raise problem

    return Step("broken", ActionType("Breaks.", Table, plan, writes=()), Table())


def _with(automation: Automation, *steps: Step) -> Automation:
    return replace(automation, do=(*steps, *automation.do))


def test_the_other_actions_are_done_when_one_cannot_be_planned(tmp_path: Path) -> None:
    """The problem names the action, its option, why, and what to do."""
    evaluation = _evaluate(
        automation(
            tmp_path,
            """on = ["taskCreated"]
            mode = "on"
            do = [
              { action = "assign", user = "${task.parent}" },
              { action = "add_tag", tag = "b" },
            ]""",
        )
    )

    problem, action = evaluation
    assert isinstance(problem, Problem)
    assert problem.text == 'action 1, assign: user: "${task.parent}" gives nobody here'
    assert (problem.action, problem.event_kind) == ("assign", "taskCreated")
    assert problem.hint == "Correct some_automation.toml, or [automations.by_name.some_automation]."
    assert isinstance(action, Action)
    assert action.change.after is True


def test_an_unknown_name_says_which_option_asked_for_it(tmp_path: Path) -> None:
    """Whoever looks the name up does not know."""

    class Nobody:
        def people(self, name: str) -> tuple[()]:
            raise Unanswered(f'no people are called "{name}"', hint="Ask Ana.")

    local = automation(tmp_path, 'on = ["taskCreated"]\ndo = [{ action = "assign", user = "Eve" }]')

    (problem,) = _evaluate(local, names=Nobody())

    assert isinstance(problem, Problem)
    assert problem.text == 'action 1, assign: user: no people are called "Eve"'
    assert problem.hint == "Ask Ana."


@pytest.mark.parametrize(
    ("raised", "text", "expected"),
    [
        (Forbidden("no access", hint="Ask."), "action 1, broken: no access", True),
        (KeyError("x"), "action 1, broken: KeyError: 'x'", False),
    ],
)
def test_whatever_an_action_raises_is_its_own_failure(
    tmp_path: Path, raised: Exception, text: str, expected: bool
) -> None:
    """An error in the program is kept, so that its traceback can be logged."""
    problem, *actions = _evaluate(_with(automation(tmp_path, TAGS), _raising(raised)))

    assert isinstance(problem, Problem)
    assert problem.text == text
    assert problem.bug is (None if expected else raised)
    assert problem.hint
    assert len(actions) == 2


@pytest.mark.parametrize(
    "raised", [RetryableApiError("429"), StoreBusy("slow"), Unauthorized("who?")], ids=repr
)
def test_what_concerns_the_whole_event_is_raised(tmp_path: Path, raised: Exception) -> None:
    """ClickUp or the store is away: the event is tried again, all of it."""
    with pytest.raises(type(raised)):
        _evaluate(_with(automation(tmp_path, TAGS), _raising(raised)))


def test_one_of_several_tasks_does_not_stop_the_action_on_the_others(tmp_path: Path) -> None:
    """The problem is about the task that it failed on."""

    def plan(situation: Situation, options: Any) -> Any:
        if situation.task.id == "bad":
            raise Unanswered("not here")
        return fine.action.plan(situation, options)

    local = automation(tmp_path, TAGS)
    fine = local.do[0]
    step = replace(fine, action=replace(fine.action, plan=plan), target="blockers")
    blockers = tuple(Related(task(id=name)) for name in ("x", "bad", "y"))

    evaluation = _evaluate(replace(local, do=(step,)), related=lambda _target: blockers)

    assert [(type(finding), finding.task_id) for finding in evaluation] == [
        (Action, "x"),
        (Problem, "bad"),
        (Action, "y"),
    ]


def test_tasks_that_cannot_be_looked_up_fail_their_action_alone(tmp_path: Path) -> None:
    """The action on the task itself is done."""

    def related(_target: Any) -> Any:
        raise Forbidden("a private List")

    local = automation(tmp_path, TAGS)
    evaluation = _evaluate(
        replace(local, do=(replace(local.do[0], target="parent"), local.do[1])), related=related
    )

    assert [type(step) for step in evaluation] == [Problem, Action]
    assert "action 1, add_tag: target: a private List" in evaluation[0].describe()  # type: ignore[union-attr]


@pytest.mark.parametrize("mode", ["on", "shadow"])
def test_a_condition_that_never_ends_stops_no_other_automation(tmp_path: Path, mode: str) -> None:
    """Also of an automation in shadow."""
    endless = automation(
        tmp_path, f'on = ["taskCreated"]\nmode = "{mode}"\nwhen = \'{FOR_EVER}\'\n{ROUTE}', "a"
    )

    problem, *actions = _evaluate(endless, automation(tmp_path, TAGS, "b"))

    assert isinstance(problem, Problem)
    assert (problem.automation, problem.action, problem.bug) == ("a", "", None)
    assert "Iteration budget exceeded" in problem.text
    assert len(actions) == 2


ROUTE = 'do = [{ action = "route" }]'


def test_a_variable_that_cannot_be_read_stops_no_other_automation(tmp_path: Path) -> None:
    """Whatever it raises; here routing has a bug."""

    def broken() -> Decision:
        raise ZeroDivisionError("oh")

    routed = automation(
        tmp_path, f'on = ["taskCreated"]\nwhen = \'task.tier == "live"\'\n{ROUTE}', "a"
    )
    decision = decide([routed, automation(tmp_path, TAGS, "b")], event(), task(), NOW_MS, broken)

    assert [type(step) for step in decision] == [Problem, Action, Action]
    problem = decision[0]
    assert isinstance(problem, Problem)
    assert problem.text == "ZeroDivisionError: oh"
    assert isinstance(problem.bug, ZeroDivisionError)


LATCHING = f'{TAGS}until = \'false\'\nthen = [{{ action = "add_tag", tag = "c" }}]'


def test_an_automation_that_acts_in_part_is_latched(tmp_path: Path) -> None:
    """Else it would do again with each event what it has done."""
    local = automation(tmp_path, LATCHING)

    evaluation = _evaluate(_with(local, _raising(Unanswered("nobody"))))

    assert [type(step) for step in evaluation] == [Problem, Action, Action, Latch]


def test_an_automation_of_which_nothing_can_be_planned_is_not_latched(tmp_path: Path) -> None:
    """It acts as soon as somebody has fixed it."""
    local = replace(automation(tmp_path, LATCHING), do=(_raising(Unanswered("nobody")),))

    assert [type(step) for step in _evaluate(local)] == [Problem]


def test_a_release_does_not_hang_on_actions_that_fail(tmp_path: Path) -> None:
    """Else the automation would never act on the task again."""
    local = automation(tmp_path, LATCHING.replace("'false'", "'true'"))
    local = replace(local, then=(_raising(Unanswered("nobody")),))

    problem, latch = _evaluate(local, latched=lambda _automation: True)

    assert isinstance(problem, Problem)
    assert isinstance(latch, Latch)
    assert not latch.on


def test_a_chain_that_is_too_long_stops_all_actions(tmp_path: Path) -> None:
    """Those that could not be planned are no news then."""
    local = _with(automation(tmp_path, LATCHING), _raising(Unanswered("nobody")))

    (problem,) = _evaluate(local, chain=(("e1", "x"), ("e2", "y")), hops=2)

    assert isinstance(problem, Problem)
    assert problem.text.startswith("stopped after 2 hops")
    assert "automations.hops" in problem.hint


def test_in_quiet_hours_an_automation_waits_as_a_whole(tmp_path: Path) -> None:
    """It is evaluated again when they end, what fails now included."""
    local = _with(automation(tmp_path, f"quiet = true\n{LATCHING}"), _raising(Unanswered("nobody")))

    (held,) = _evaluate(local, quiet_until_ms=NOW_MS + 1)

    assert isinstance(held, Held)
