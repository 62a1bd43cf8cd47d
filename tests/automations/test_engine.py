"""What automations want done about an event."""

from dataclasses import replace
from pathlib import Path

import pytest

from clickup_mlops.automations.engine import Listeners, decide
from clickup_mlops.automations.model import Action, Problem
from clickup_mlops.clickup.model import HistoryItem
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from tests.automations.support import NOW_MS, automation, event, task

ON_CREATED = 'on = ["taskCreated"]\ndo = [{ action = "route" }]'


def _route(**raw: object) -> Decision:
    return Router(Policy()).route(task(**raw), Context(), NOW_MS)


def test_an_automation_acts_on_its_events_only(tmp_path: Path) -> None:
    """An action says automation, task, change and cause, in one line that is always the same."""
    automations = [automation(tmp_path, ON_CREATED)]

    (action,) = decide(automations, event(), task(), NOW_MS, _route)
    nothing = decide(automations, event("taskMoved"), task(), NOW_MS, _route)

    assert isinstance(action, Action)
    assert action.describe() == "some_automation: route task t1: None -> Normal (inference.normal)"
    assert (action.task_id, action.cause, action.change.after) == ("t1", "cause-1", 3)
    assert nothing == ()


def test_deciding_twice_gives_the_same(tmp_path: Path) -> None:
    """Actions are values; they compare."""
    automations = [automation(tmp_path, ON_CREATED)]

    assert decide(automations, event(), task(), NOW_MS, _route) == decide(
        automations, event(), task(), NOW_MS, _route
    )


def test_a_condition_decides_whether_it_acts(tmp_path: Path) -> None:
    """Yes and no."""
    when = "when = '\"inference\" in task.tags'"
    automations = [automation(tmp_path, f"{ON_CREATED}\n{when}")]

    assert len(decide(automations, event(), task(), NOW_MS, _route)) == 1
    assert decide(automations, event(), task(tags=[]), NOW_MS, _route) == ()


STEPS = """
on = ["taskCreated"]
do = [
  { action = "add_tag", tag = "a", when = '"inference" in task.tags' },
  { action = "add_tag", tag = "b" },
]
"""


@pytest.mark.parametrize(("tags", "added"), [(["inference"], ["a", "b"]), ([], ["b"])])
def test_an_action_is_left_out_if_its_condition_does_not_hold(
    tmp_path: Path, tags: list[str], added: list[str]
) -> None:
    """The others are done."""
    decision = decide(
        [automation(tmp_path, STEPS)],
        event(),
        task(tags=[{"name": tag} for tag in tags]),
        NOW_MS,
        _route,
    )
    assert [action.change.subject for action in decision if isinstance(action, Action)] == added


def test_an_action_whose_condition_fails_is_a_problem_and_the_others_are_done(
    tmp_path: Path,
) -> None:
    """It names the action."""
    text = STEPS.replace('"inference" in task.tags', "task.fields.Budget > 1")
    problem, action = decide([automation(tmp_path, text)], event(), task(), NOW_MS, _route)

    assert isinstance(problem, Problem)
    assert problem.text.startswith("action 1, add_tag: when: ")
    assert isinstance(action, Action)


def test_a_condition_that_fails_is_a_problem_and_the_others_go_on(tmp_path: Path) -> None:
    """It does nothing, and says why."""
    broken = automation(tmp_path, f"{ON_CREATED}\nwhen = 'task.fields.Budget > 1'", name="a_broken")
    fine = automation(tmp_path, ON_CREATED, name="b_fine")

    problem, action = decide([broken, fine], event(), task(), NOW_MS, _route)

    assert isinstance(problem, Problem)
    assert problem.describe() == (
        'a_broken: task t1: condition: NOT_FOUND: Key not found in map : "Budget"'
    )
    assert isinstance(action, Action)


@pytest.mark.parametrize(("mode", "count"), [("off", 0), ("shadow", 1), ("on", 1)])
def test_an_automation_that_is_off_wants_nothing(tmp_path: Path, mode: str, count: int) -> None:
    """In shadow it wants, and the action remembers that it is only shadow."""
    actions = decide(
        [automation(tmp_path, f'{ON_CREATED}\nmode = "{mode}"')], event(), task(), NOW_MS, _route
    )

    assert [action.mode for action in actions] == [mode] * count


def test_an_automation_that_is_off_acts_in_the_spaces_that_enable_it(tmp_path: Path) -> None:
    """And is not asked elsewhere."""
    off = automation(tmp_path, f'{ON_CREATED}\nmode = "off"')
    enabled = [replace(off, spaces=frozenset({"s1"}))]

    (action,) = decide(enabled, event(), task(space={"id": "s1"}), NOW_MS, _route)
    elsewhere = decide(enabled, event(), task(space={"id": "s2"}), NOW_MS, _route)

    assert (action.mode, elsewhere) == ("on", ())


def test_routing_is_asked_only_when_an_action_needs_it(tmp_path: Path) -> None:
    """An automation that does not fire costs no decision."""

    def never() -> Decision:
        pytest.fail("nobody needs a decision here")

    automations = [automation(tmp_path, f"{ON_CREATED}\nwhen = 'false'")]

    assert decide(automations, event(), task(), NOW_MS, never) == ()


CHAIN = (("e1", "a"), ("e2", "b"), ("e3", "a"), ("e4", "b"))


def test_an_automation_that_would_be_one_too_many_says_what_led_to_it(tmp_path: Path) -> None:
    """The whole chain, oldest first; an automation whose condition does not hold says nothing."""
    automations = [
        automation(tmp_path, ON_CREATED),
        automation(tmp_path, f"{ON_CREATED}\nwhen = 'false'", name="z"),
    ]

    (problem,) = decide(automations, event(), task(), NOW_MS, _route, chain=CHAIN)

    assert isinstance(problem, Problem)
    assert problem.text == (
        "stopped after 4 hops: "
        "e1 -> a -> e2 -> b -> e3 -> a -> e4 -> b -> cause-1 -> some_automation"
    )


@pytest.mark.parametrize("length", range(6))
@pytest.mark.parametrize("hops", range(1, 6))
def test_automations_act_as_long_as_the_chain_is_shorter_than_the_hops(
    tmp_path: Path, length: int, hops: int
) -> None:
    """And never on the echo of their own write."""
    chain = tuple((f"e{n}", f"r{n}") for n in range(length))
    local = automation(tmp_path, ON_CREATED)

    decision = decide([local], event(), task(), NOW_MS, _route, chain=chain, hops=hops)
    echo = decide(
        [local], event(), task(), NOW_MS, _route, chain=(*chain, ("e", local.name)), hops=9
    )

    assert isinstance(decision[0], Action) is (length < hops)
    assert echo == ()


def test_a_finding_without_a_task_is_about_the_workspace() -> None:
    """In logs and simulations."""
    assert Problem("weekly", "", "e", "no such channel").describe() == (
        "weekly: workspace: no such channel"
    )


_IGNORING = """
on = ["taskUpdated", "taskPriorityUpdated"]
ignore = ["tag", "priority:3", "own"]
do = [{ action = "add_tag", tag = "a" }]
"""


@pytest.mark.parametrize(
    ("changes", "is_asked"),
    [
        ([("tag", [{"name": "a"}])], False),
        ([("priority", {"id": "3"})], False),
        ([("priority", {"id": "1"})], True),
        ([("name", "b")], True),
        ([("tag", [{"name": "a"}]), ("name", "b")], True),
        ([], True),
    ],
)
def test_what_an_automation_ignores_does_not_trigger_it(
    tmp_path: Path, changes: list[tuple[str, object]], is_asked: bool
) -> None:
    """A field, or a value; unless something else has changed, too."""
    ignoring = automation(tmp_path, _IGNORING)
    items = [
        HistoryItem("1", field, NOW_MS, None, None, None, value, {}) for field, value in changes
    ]
    change = replace(event("taskUpdated"), items=tuple(items))

    assert bool(decide([ignoring], change, task(), NOW_MS, _route)) == is_asked
    assert bool(Listeners([ignoring]).of(change)) == is_asked
    assert not Listeners([ignoring]).of(change, is_own=True)
    assert not decide([ignoring], change, task(), NOW_MS, _route, chain=(("e", "other"),))


def test_nobody_listens_whose_automation_is_off(tmp_path: Path) -> None:
    """The others are found by the kind of the event."""
    automations = [automation(tmp_path, f'{ON_CREATED}\nmode = "off"')]

    assert not Listeners(automations).of(event())
    assert "taskCreated" not in Listeners(automations)
