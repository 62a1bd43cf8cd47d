"""One contract for every effect: written, found, told from others' changes, and undone.

Cases are files, named as the effect, in `tests/cases/effects/` or, where they use an effect or an
action of a feature, in `tests/features/<feature>/effects/`; every effect must have some. Keys:
`task` (how it is created), `first` (steps done before), `do`; `changes`, `calls` and `events` where
they are not one, one for each change, and those of the effect; `blind`: what `patch` and `undo`
cannot know; `foreign`: history fields that are not recognised; `final`: there is no way back;
`cuts`: tried with every call cut off. `[settings]` has tables of the configuration that the
effect's feature needs.
"""

from typing import Any

import pytest

from clickup_mlops.automations.load import find_effects
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.clickup.model import Task
from tests.automations.effect_bench import Bench, bench, find_case_files, read_cases, read_visible

__all__ = ["bench"]


@pytest.mark.parametrize(("effect", "case"), read_cases())
def test_a_change_is_made_once_recognised_and_taken_back(
    bench: Bench, effect: str, case: dict[str, Any]
) -> None:
    """Write, find, plan again, echo, patch, undo: all of them agree."""
    task_id = bench.task(case.get("task", {}))
    for step in case.get("first", []):
        for change in bench.plan(task_id, step):
            bench.write(task_id, change)
    before, raw = bench.read_state(task_id), bench.client.tasks.get(task_id).raw
    bench.control.reset_counts()

    changes = bench.plan(task_id, case["do"])
    assert [change.effect for change in changes] == [effect] * case.get("changes", 1)
    receipts = []
    assert [bench.find(task_id, change) for change in changes] == [None] * len(changes)
    calls = bench.client.calls
    for change in changes:
        receipts.append(bench.write(task_id, change))
    assert bench.client.calls - calls == case.get("calls", len(changes))

    text = bench.client.tasks.get(task_id)
    assert [bench.find(task_id, change) for change in changes] == [
        True if receipt is None else receipt for receipt in receipts
    ]
    assert bench.plan(task_id, case["do"]) == []
    events = bench.list_events(task_id)
    assert {event.kind for event in events} == set(case.get("events", bench.effects[effect].events))
    assert _foreign(bench.echoes.drop(events)) == set(case.get("foreign", ()))
    for change in changes:
        raw = bench.effects[effect].patch(raw, change)
    blind = set(case.get("blind", ()))
    assert read_visible(Task.parse(raw), blind) == read_visible(text, blind)

    for change, receipt in reversed([*zip(changes, receipts, strict=True)]):
        back = bench.effects[effect].undo(change, receipt)
        assert (back is None) == case.get("final", False)
        if back is None:
            return
        assert bench.find(task_id, back) is None
        bench.write(task_id, back)
        assert bench.find(task_id, back)
    after = bench.read_state(task_id)
    assert {**after, **{key: before[key] for key in blind & before.keys()}} == before


@pytest.mark.parametrize(
    ("effect", "case"), [case for case in read_cases() if "cuts" in case.values[1]]
)
def test_a_cut_call_is_made_up_for_and_never_doubled(
    bench: Bench, effect: str, case: dict[str, Any]
) -> None:
    """Cut before or after it acted, whichever call of it: the end is the same. For the cases that
    make a thing, so that a repetition would make another one.
    """
    expected, _ = bench.count_created(case, None)
    number, hit = 0, True
    while hit:
        for kind in ("cut_before", "cut_after"):
            created, hit = bench.count_created(case, {"kind": kind, "skip": number})
            assert created == expected, (kind, number)
        number += 1
    assert number > 1


def test_a_new_task_has_all_that_it_is_made_of(bench: Bench) -> None:
    """In another List too, whose fields are looked up once."""
    task_id = bench.task({"name": "Run 7"})
    (change,) = bench.plan(
        task_id,
        '{ action = "create_task", name = "Evaluate ${task.name}", list = "Inbox", '
        'tags = ["Eval"], '
        'status = "in progress", priority = "high", user = "on_call", text = "After **it**.", '
        'fields = { "a number" = 8, "a labels" = ["red"], "a drop_down" = "Green", '
        '"a users" = "Maria" } }',
    )
    task = bench.client.tasks.get(bench.write(task_id, change))

    assert (task.name, task.tags, task.status.name) == ("Evaluate Run 7", ("eval",), "in progress")
    assert (task.priority, [person.username for person in task.assignees]) == (2, ["Jonas Weber"])
    assert task.list_name == "Inbox"
    assert task.links == (task_id,)
    assert (task.field("a number"), task.field("a labels")) == (8, ["red"])
    assert task.field("a drop_down") == "green"
    assert task.field("a users") == [bench.control.member("Maria").id]
    assert task.text.endswith(f"clickup-mlops · {task_id}/some_automation")


def _foreign(events: list[CausedEvent]) -> set[str]:
    """What was not recognised as our own."""
    return {item.field for event in events for item in event.event.items}


def test_every_effect_has_a_case() -> None:
    """And no case is about an effect that does not exist."""
    assert {path.stem for path in find_case_files()} == set(find_effects()) - ELSEWHERE


ELSEWHERE = {"automation", "dates", "list_mode", "mute", "reply", "shift", "silence"}
"""Effects that no automation's action has; their own tests cover them."""
