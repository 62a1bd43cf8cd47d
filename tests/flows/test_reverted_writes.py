"""The bot is killed right after a write, a person reverts it, and the write's event is missing."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.store import Journal
from clickup_mlops.store.journal_rows import Write
from tests.flows.conftest import INFERENCE, LIST, Team
from tests.flows.test_executor import Crash
from tests.flows.test_occurrences import deliver, hold_deliveries, list_first_lines

TWO = """
on = ["taskCommentPosted"]
when = 'event.comment == "go"'
do = [{action}, {{ action = "comment", mode = "new", text = "Done" }}]
"""
ALONE = """
on = ["taskCommentPosted"]
when = 'event.comment == "go"'
do = [{action}]
"""
REVERTS: dict[str, tuple[str, str, Callable[[Team, str], object]]] = {
    "tag": (
        '{ action = "add_tag", tag = "hot" }',
        "tag:hot",
        lambda team, task: team.member.untag(task, "hot"),
    ),
    "field": (
        '{ action = "set_field", field = "Model", value = "x" }',
        "field:",
        lambda team, task: team.member.clear_field(task, "Model"),
    ),
    "status": (
        '{ action = "set_status", status = "in progress" }',
        "status",
        lambda team, task: team.member.set_status(task, "to do"),
    ),
    "due date": (
        '{ action = "set_due", in = "P1D" }',
        "due",
        lambda team, task: team.member.update(task, due_date=None),
    ),
    "assignee": (
        '{ action = "assign", user = "Jonas" }',
        "assignee:",
        lambda team, task: team.member.update(
            task, assignees={"rem": [team.control.member("Jonas").id]}
        ),
    ),
}
SHOWN = ("status", "due_date", "assignees", "tags")


def read_values(team: Team, task: str) -> tuple[Any, ...]:
    """What the task shows of all that is written here."""
    raw = team.control.task(task)
    values = [field.get("value") for field in raw["custom_fields"]]
    return (*(raw[name] for name in SHOWN), values)


def die_after(kind: str, team: Team, monkeypatch: pytest.MonkeyPatch, task: str) -> None:
    """The bot dies once ClickUp has done this write, before it notes that."""
    finish = Journal.finish

    def dying(self: Journal, row_id: int, *arguments: Any, **more: Any) -> None:
        (row,) = (row for row in self.unfinished() if row.id == row_id)
        if row.kind.startswith(kind):
            raise Crash
        finish(self, row_id, *arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "finish", dying)
        with pytest.raises(Crash):
            team.settle()


@pytest.mark.parametrize("events", ["late", "removal came"])
@pytest.mark.parametrize("automation", [TWO, ALONE], ids=["two", "alone"])
@pytest.mark.parametrize("kind", REVERTS)
def test_a_person_who_reverts_a_write_before_a_crash_wins(
    team: Team,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    automation: str,
    events: str,
) -> None:
    """Whether the events of both are late, or that of the write is lost; the rest is executed."""
    action, journalled, revert = REVERTS[kind]
    team.control.create_field("Model", "short_text")
    team.use(tmp_path, acts=automation.format(action=action))
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.clock.advance(60_000)
    team.member.comment(task, "go")
    before = read_values(team, task)
    assert team.control.deliveries.wait_idle()
    with hold_deliveries(team) as late:
        with suppress(AssertionError):
            die_after(journalled, team, monkeypatch, task)
        assert read_values(team, task) != before
        team.control.clock.advance(3_000)
        delivery_count = len(team.control.delivery_log())
        revert(team, task)
    assert read_values(team, task) == before
    removal = team.control.delivery_log()[delivery_count:]

    team.restart()
    if events == "removal came":
        for delivery in removal:
            team.control.deliveries.resend(delivery.id)
    for _ in range(3):
        team.settle()
        team.control.clock.advance(20_000)
        if events == "late":
            deliver(team, late, *{delivery.kind for delivery in late})
    team.job("backfill")

    assert read_values(team, task) == before
    assert list_first_lines(team, task) == ["go"] + ["Done"] * (automation is TWO)


@pytest.mark.parametrize("kind", REVERTS)
def test_a_write_that_never_happened_is_made_after_the_crash(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Other changes of the task, whose events came, do not keep it from that."""
    action, *_ = REVERTS[kind]
    team.control.create_field("Model", "short_text")
    team.use(tmp_path, acts=TWO.format(action=action))
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.clock.advance(60_000)
    team.member.comment(task, "go")
    before = read_values(team, task)
    begin = Journal.begin_under

    def dying(self: Journal, *arguments: Any, **more: Any) -> int | None:
        begin(self, *arguments, **more)
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "begin_under", dying)
        with pytest.raises(Crash):
            team.settle()
    team.control.clock.advance(3_000)
    team.member.update(task, description="More")
    team.restart()
    for _ in range(3):
        team.settle()
        team.control.clock.advance(20_000)

    assert read_values(team, task) != before
    assert list_first_lines(team, task) == ["go", "Done"]


def test_a_late_write_of_the_bot_is_no_persons_change(team: Team) -> None:
    """Two writes were cut off. ClickUp acts on the second one only, and late: it has changed the
    task, so the first one was not reverted by anybody, and is made again.
    """
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.deliveries.pause()
    store, reconciler = team.bot.store, team.bot.handling.execution.reconciler
    now_ms = team.bot.now_ms()
    tag = Write(task, "tag:hot", False, True, "key", "mark", lane=task)
    due = Write(task, "due", None, now_ms + 86_400_000, "key", "mark", lane=task)
    first, second = (store.journal.begin(write, now_ms) for write in (tag, due))
    team.control.clock.advance(2_000)
    # A person's comment changes the task; its event is late, too.
    team.member.comment(task, "Still slow")
    with pytest.raises(Postponed):
        reconciler.reconcile(task)

    team.bot.client.tasks.update(task, due_ms=now_ms + 86_400_000)
    team.control.clock.advance(600_000)
    reconciler.reconcile(task)

    outcomes = {row.id: row.outcome for row in store.journal.list(limit=9)}
    assert (outcomes[first], outcomes[second]) == ("not seen", "done")
