"""The effect `dates`: both dates in one call, and each of their events recognised."""

from clickup_mlops.automations.model import Change
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.schedule.effects.dates import EFFECT, read
from tests.automations.effect_bench import Bench, bench, read_visible

__all__ = ["bench"]

AFTER = {"start": 1_767_600_000_000, "due": 1_767_614_400_000}


def test_both_dates_are_written_by_one_call_found_recognised_and_taken_back(bench: Bench) -> None:
    """ClickUp reports each by an event of its own; none of them counts as a person's change."""
    task_id = bench.task({})
    task = bench.client.tasks.get(task_id)
    before, raw = read(task), task.raw
    change = Change("dates", before, AFTER, "both", AFTER)
    bench.control.reset_counts()
    calls = bench.client.calls
    assert bench.find(task_id, change) is None
    calls += 1

    receipt = bench.write(task_id, change)
    assert bench.client.calls - calls == 1
    text = bench.client.tasks.get(task_id)
    assert read(text) == AFTER and bench.find(task_id, change)
    assert read_visible(Task.parse(EFFECT.patch(raw, change)), set()) == read_visible(text, set())
    events = bench.list_events(task_id)
    assert {event.kind for event in events} == set(EFFECT.events)
    assert bench.echoes.drop(events) == []

    back = EFFECT.undo(change, receipt)
    assert back
    bench.write(task_id, back)
    assert read(bench.client.tasks.get(task_id)) == before


def test_a_person_s_later_date_is_no_echo(bench: Bench) -> None:
    """Though it is reported in the same way."""
    task_id = bench.task({})
    change = Change("dates", {"start": None, "due": None}, AFTER, "both", AFTER)
    bench.write(task_id, change)
    bench.echoes.drop(bench.list_events(task_id))
    bench.control.reset_counts()
    person = bench.control.as_user("Maria")
    person.update(task_id, start_date=AFTER["start"] - 1)

    events = bench.echoes.drop(bench.list_events(task_id))
    assert {item.field for event in events for item in event.event.items} == {"start_date"}
