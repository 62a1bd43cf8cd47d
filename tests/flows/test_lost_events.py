"""Changes and comments whose events are lost for good: a back-fill derives them, each once."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.handle.derived.lost_events import LostEvents
from clickup_mlops.sandbox.clickup.delivery import Delivery
from clickup_mlops.store import Journal
from clickup_mlops.store.journal_rows import Write
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team
from tests.flows.test_dependents import dies
from tests.flows.test_executor import Crash
from tests.flows.test_missed_commands import lose
from tests.flows.test_occurrences import (
    deliver,
    hold_deliveries,
    list_first_lines,
    quiet_task,
    says,
    simulated,
)

MINUTE_MS = 60_000
REMOVED = says("taskTagUpdated", text="${event.before}") + "when = 'event.before != \"\"'\n"
CHANGES: dict[str, tuple[str, Callable[[Team, str], object], str]] = {
    "status": (
        "taskStatusUpdated",
        lambda team, task: team.member.set_status(task, "complete"),
        "to do -> complete",
    ),
    "priority": (
        "taskPriorityUpdated",
        lambda team, task: team.member.set_priority(task, 1),
        "3 -> urgent",
    ),
    "due date": (
        "taskDueDateUpdated",
        lambda team, task: team.member.update(task, due_date=1_800_000_000_000),
        " -> 1800000000000",
    ),
    "added tag": (
        "taskTagUpdated",
        lambda team, task: team.member.tag(task, "rare"),
        " -> rare",
    ),
    "removed tag": (
        "taskTagUpdated",
        lambda team, task: team.member.untag(task, "old"),
        "old -> ",
    ),
    "assignee": (
        "taskAssigneeUpdated",
        lambda team, task: team.member.update(task, assignees={"add": [_jonas(team)]}),
        " -> Jonas Weber",
    ),
    "List": (
        "taskMoved",
        lambda team, task: team.member.move(task, "Inbox"),
        "Tasks -> Inbox",
    ),
    "name": (
        "taskUpdated",
        lambda team, task: team.member.update(task, name=f"{INFERENCE} 2"),
        f"{INFERENCE} -> {INFERENCE} 2",
    ),
    "description": (
        "taskUpdated",
        lambda team, task: team.member.update(task, description="More"),
        " -> More",
    ),
    "custom field": (
        "taskUpdated",
        lambda team, task: team.member.set_field(task, "Model", "ranker"),
        " -> ranker",
    ),
}


def _jonas(team: Team) -> int:
    return team.control.member("Jonas").id


@pytest.fixture
def task(team: Team, tmp_path: Path) -> str:
    """A task of which all is known, with a tag and a priority that the bot has set."""
    team.control.create_field("Model", "short_text")
    team.use(tmp_path, inference_first='on = ["taskCreated"]\ndo = [{ action = "route" }]')
    created = quiet_task(team, "old")
    team.job("backfill")
    team.control.clock.advance(MINUTE_MS)
    return created


def automations(team: Team, folder: Path, **texts: str) -> None:
    """Go on with these, too."""
    team.use(folder, **texts)


def look(team: Team, times: int = 2) -> None:
    """The bot looks for what it missed."""
    for _ in range(times):
        team.job("backfill")
        team.control.clock.advance(10 * MINUTE_MS)


@pytest.mark.parametrize("kind", CHANGES)
def test_a_lost_change_is_derived_once(team: Team, task: str, tmp_path: Path, kind: str) -> None:
    """With the values before and after; also for `taskUpdated`, and for no other kind."""
    event, change, values = CHANGES[kind]
    other_event = "taskDueDateUpdated" if event != "taskDueDateUpdated" else "taskTagUpdated"
    automations(
        team,
        tmp_path,
        specific=says(event, text="${event.derived} " + values_text()),
        both=says("taskUpdated", event, text="Once"),
        general=says("taskUpdated", "backfill", text="${event.kind}"),
        other=says(other_event, "backfill", text="Not mine"),
        creation=says("taskCreated", "backfill", text="Created again"),
    )
    lose(team, lambda: change(team, task))
    look(team)

    listed = values_text().replace("${event.before} -> ${event.after}", values)
    assert sorted(list_first_lines(team, task)) == sorted([f"true {listed}", "Once", "taskUpdated"])


def values_text() -> str:
    """What an event says of its values, as a template."""
    return "${event.before} -> ${event.after}"


def test_what_came_or_comes_late_is_not_derived(team: Team, task: str, tmp_path: Path) -> None:
    """Late events do nothing for who has acted."""
    automations(team, tmp_path, seen=says("taskTagUpdated", text="${event.after}"))
    team.member.tag(task, "first")
    team.settle()
    team.control.clock.advance(MINUTE_MS)
    with hold_deliveries(team) as late:
        team.member.tag(task, "second")
    look(team)
    assert list_first_lines(team, task) == ["first", "second"]

    deliver(team, late, "taskTagUpdated", "taskUpdated")
    team.settle()
    look(team)
    assert list_first_lines(team, task) == ["first", "second"]


def test_a_lost_change_is_found_though_the_task_was_read_since(
    team: Team, task: str, tmp_path: Path
) -> None:
    """By another change, whose event came and is newer; and by reading alone."""
    automations(team, tmp_path, seen=says("taskTagUpdated", text="${event.before}${event.after}"))
    lose(team, lambda: team.member.untag(task, "old"))
    team.bot.context.reader.read_now(task)
    team.member.tag(task, "new")
    team.settle()
    assert list_first_lines(team, task) == ["new"]

    look(team)
    assert list_first_lines(team, task) == ["new", "old"]


def test_what_the_bot_writes_is_no_lost_change(team: Team, task: str, tmp_path: Path) -> None:
    """Though its echoes are lost, and its last write is newer than all events."""
    automations(
        team,
        tmp_path,
        writes="""on = ["taskStatusUpdated"]
do = [{ action = "add_tag", tag = "over" }, { action = "remove_tag", tag = "old" },
      { action = "set_priority", level = "low" },
      { action = "set_field", field = "Model", value = "x" }]
""",
        seen=says("taskUpdated", "taskTagUpdated", "taskPriorityUpdated", "backfill", text="Seen")
        + "when = '!(\"status\" in event.changed)'\n",
    )
    team.control.faults.add("drop", event="taskTagUpdated", times=None)
    team.control.faults.add("drop", event="taskPriorityUpdated", times=None)
    with hold_deliveries(team) as deliveries:
        team.member.set_status(task, "in progress")
    team.control.faults.add("drop", event="taskUpdated", times=None)
    deliver(team, deliveries, "taskStatusUpdated")
    team.settle()
    look(team)

    raw = team.control.task(task)
    assert ([tag["name"] for tag in raw["tags"]], raw["priority"]["id"]) == (["over"], "4")
    assert list_first_lines(team, task) == []


def test_what_a_person_reverts_stays_reverted(team: Team, task: str, tmp_path: Path) -> None:
    """The removal is lost: it is derived, and the tag that the bot gave is not given again."""
    text = """on = ["taskCreated", "backfill"]
do = [{ action = "add_tag", tag = "triage" },
      { action = "set_field", field = "Model", value = "x" }]
"""
    automations(team, tmp_path, triage=text, seen=REMOVED)
    fresh = quiet_task(team)
    lose(
        team,
        lambda: team.member.untag(fresh, "triage"),
        lambda: team.member.set_field(fresh, "Model", "ranker"),
    )
    lose(team, lambda: team.member.update(task, name="Changed"))
    look(team, 3)

    assert team.control.task(fresh)["tags"] == []
    (model,) = (
        field for field in team.control.task(fresh)["custom_fields"] if field["name"] == "Model"
    )
    assert model["value"] == "ranker"
    assert list_first_lines(team, fresh) == ["triage"]
    assert [tag["name"] for tag in team.control.task(task)["tags"]] == ["old"]


def test_a_task_whose_events_are_all_lost_is_new_once(team: Team, tmp_path: Path) -> None:
    """`taskCreated` is derived, though no automation may listen for `backfill`; late events add
    nothing.
    """
    automations(
        team,
        tmp_path,
        created=says("taskCreated", text='${event.kind}: ${event.changed.join(\\" \\")}'),
        status=says("taskStatusUpdated", text="First: ${event.after}"),
        filled=says("taskCreated", "backfill", text="Filled"),
    )
    team.control.clock.advance(10 * MINUTE_MS)
    delivery_count = len(team.control.delivery_log())
    (fresh,) = lose(team, lambda: team.member.create_task(LIST, TRAINING))
    look(team)
    expected = ["Filled", "First: to do", "taskCreated: status task_creation"]
    assert sorted(list_first_lines(team, fresh)) == expected

    for delivery in team.control.delivery_log()[delivery_count:]:
        team.control.deliveries.resend(delivery.id)
    team.settle()
    lose(team, lambda: team.member.update(fresh, description="More"))
    look(team)
    assert sorted(list_first_lines(team, fresh)) == expected


def test_forty_lost_comments_are_evaluated_and_sent_once(
    team: Team, task: str, tmp_path: Path
) -> None:
    """In their order, with author and text; a late delivery brings nothing new."""
    automations(
        team,
        tmp_path,
        seen=says("taskCommentPosted", text="${event.user} wrote ${event.comment}")
        + "when = 'event.comment.startsWith(\"note\")'\n",
    )
    team.member.comment(task, "note 0")
    team.settle()
    delivery_count = len(team.control.delivery_log())
    lose(team, *((lambda n=n: team.member.comment(task, f"note {n}")) for n in range(1, 41)))
    look(team)
    user = team.control.members[1].id
    expected = [f"{user} wrote note {n}" for n in range(41)]
    assert [text for text in list_first_lines(team, task) if "wrote" in text] == expected

    for delivery in team.control.delivery_log()[delivery_count:]:
        team.control.deliveries.resend(delivery.id)
    team.settle()
    look(team)
    assert [text for text in list_first_lines(team, task) if "wrote" in text] == expected


def test_lost_comments_are_found_though_a_newer_event_came(
    team: Team, task: str, tmp_path: Path
) -> None:
    """Nothing was interrupted as far as the bot knows. Another task shows that events were lost."""
    automations(team, tmp_path, seen=says("taskCommentPosted", text="Heard ${event.comment}"))
    lose(team, lambda: team.member.comment(task, "note"))
    team.member.update(task, description="More")
    newer = quiet_task(team)
    lose(team, lambda: team.member.tag(newer, "rare"))
    team.member.tag(task, "new")
    team.settle()
    look(team)

    assert "Heard note" in list_first_lines(team, task)


def test_several_lost_changes_are_evaluated_one_by_one(
    team: Team, task: str, tmp_path: Path
) -> None:
    """As ClickUp sends an event for each."""
    automations(team, tmp_path, seen=says("taskTagUpdated", text="${event.before}${event.after}"))
    lose(team, *((lambda n=n: team.member.tag(task, f"t{n}")) for n in range(3)))
    lose(team, lambda: team.member.untag(task, "old"))
    look(team)

    assert sorted(list_first_lines(team, task)) == ["old", "t0", "t1", "t2"]


@pytest.mark.parametrize("last", range(1, 5))
def test_a_crash_while_lost_changes_are_handled_doubles_and_loses_nothing(
    team: Team, task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    """Whichever of its writes it dies before."""
    automations(
        team,
        tmp_path,
        tags=says("taskTagUpdated", text="${event.after}"),
        status=says("taskStatusUpdated", "backfill", text="${event.after}"),
    )
    lose(
        team,
        lambda: team.member.tag(task, "a"),
        lambda: team.member.tag(task, "b"),
        lambda: team.member.set_status(task, "in progress"),
    )
    begin, count = Journal.begin_under, iter(range(1, 99))

    def dying(self: Journal, write: Write, *arguments: Any, **more: Any) -> int | None:
        if next(count) >= last:
            raise Crash
        return begin(self, write, *arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "begin_under", dying)
        with pytest.raises(Crash) if last <= 3 else nullcontext():
            team.job("backfill")
    team.control.clock.advance(10 * MINUTE_MS)
    team.restart()
    look(team, 3)

    assert sorted(list_first_lines(team, task)) == ["a", "b", "in progress"]


def test_a_creation_is_derived_though_its_look_was_cut_off(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look after it knows the task, and is handled together with it."""
    automations(team, tmp_path, created=says("taskCreated", text="${event.kind}"))
    team.control.clock.advance(10 * MINUTE_MS)
    (task,) = lose(team, lambda: team.member.create_task(LIST, TRAINING))

    def dying(*_arguments: Any) -> list[CausedEvent]:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(LostEvents, "complete", dying)
        with pytest.raises(Crash):
            team.job("backfill")
    lose(team, lambda: team.member.set_status(task, "in progress"))
    team.control.clock.advance(10 * MINUTE_MS)
    team.restart()
    look(team, 3)

    assert list_first_lines(team, task) == ["taskCreated"]


def test_a_simulation_sees_what_was_derived(team: Team, tmp_path: Path) -> None:
    """The recording has it: a simulation of it makes as many tasks."""
    automations(
        team,
        tmp_path,
        tasks="""on = ["taskTagUpdated"]
do = [{ action = "create_task", key = "${event.key}", name = "About ${event.after}" }]
""",
    )
    since_ms = team.bot.now_ms()
    task = quiet_task(team)
    look(team)
    lose(team, lambda: team.member.tag(task, "a"), lambda: team.member.tag(task, "b"))
    look(team)

    names = sorted(task.name for task in team.control.tasks if task.name.startswith("About"))
    assert names == ["About a", "About b"]
    assert len(simulated(team, since_ms)) == 2


def test_an_older_store_knows_what_its_mirror_shows(team: Team, task: str, tmp_path: Path) -> None:
    """A store of a version that did not keep what is known: nothing is new, and changes are
    derived from then on.
    """
    with team.bot.store.engine.begin() as connection:
        connection.exec_driver_sql("delete from note where scope = 'state'")
    automations(
        team,
        tmp_path,
        tags=says("taskTagUpdated", text="${event.after}"),
        created=says("taskCreated", "backfill", text="Created"),
    )
    lose(team, lambda: team.member.tag(task, "a"))
    look(team)

    assert list_first_lines(team, task) == ["a"]


def _count_comments(team: Team, task: str) -> int:
    return sum(comment.on_id == task for comment in team.control.world.comments)


def act_once_on_a_late_report(
    team: Team, task: str, late: Sequence[Delivery], kinds: Sequence[str], comment_count: int
) -> list[str]:
    """The comments on a task on which something was derived; the bot died when it had written so
    many of them, and the events came after that.
    """
    team.control.clock.advance(10 * MINUTE_MS)
    team.bot.jobs.queue.run_now("backfill")
    assert dies(team, lambda: _count_comments(team, task) >= comment_count)
    deliver(team, late, *kinds)
    team.settle()
    look(team)
    return sorted(list_first_lines(team, task))


@pytest.mark.parametrize(("texts", "comment_count"), [("A", 1), ("AB", 1), ("AB", 2)])
def test_a_creation_that_is_derived_before_a_crash_and_reported_after_it_is_new_once(
    team: Team, tmp_path: Path, texts: str, comment_count: int
) -> None:
    """The first life knows it by a look, the next by its event."""
    automations(team, tmp_path, **{text.lower(): says("taskCreated", text=text) for text in texts})
    team.control.clock.advance(10 * MINUTE_MS)
    with hold_deliveries(team) as late:
        task = team.member.create_task(LIST, TRAINING)

    comments = act_once_on_a_late_report(team, task, late, ["taskCreated"], comment_count)
    assert comments == [*texts]


@pytest.mark.parametrize(("texts", "comment_count"), [("A", 1), ("AB", 1), ("AB", 2)])
def test_changes_that_are_derived_before_a_crash_and_reported_after_it_are_new_once(
    team: Team, task: str, tmp_path: Path, texts: str, comment_count: int
) -> None:
    """Though the second releases what the first has latched, so that each is evaluated alone."""
    latches = "when = 'event.after == \"a\"'\nuntil = 'event.after == \"b\"'\n"
    latched = {text.lower(): says("taskTagUpdated", text=text) + latches for text in texts}
    automations(team, tmp_path, **latched)
    with hold_deliveries(team) as late:
        for name in ("a", "b"):
            team.member.tag(task, name)

    comments = act_once_on_a_late_report(team, task, late, ["taskTagUpdated"], comment_count)
    assert comments == [*texts]


def test_what_was_refused_of_derived_changes_is_tried_again_on_replay(
    team: Team, task: str, tmp_path: Path
) -> None:
    """Of each of them, though all belong to the look that found them."""
    latches = "when = 'event.after == \"a\"'\nuntil = 'event.after == \"b\"'\n"
    latched = says("taskTagUpdated", text="A") + latches
    automations(team, tmp_path, a=latched, c=says("taskTagUpdated", text="C ${event.after}"))
    with hold_deliveries(team):
        for name in ("a", "b"):
            team.member.tag(task, name)
    team.control.clock.advance(10 * MINUTE_MS)
    comments = {"method": "POST", "path": "*/comment", "status_code": 403}
    team.control.faults.add("status", times=None, **comments)
    team.job("backfill")
    team.control.faults.clear()

    for row in team.bot.inbox.list("parked", 9):
        team.bot.inbox.replay(row.id, team.bot.now_ms())
    team.settle()

    assert sorted(list_first_lines(team, task)) == ["A", "C a", "C b"]
