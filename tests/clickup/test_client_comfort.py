"""What scripts want: many calls at once, names and addresses, dates, and to hear of changes."""

import io
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from itertools import islice

import pytest

from clickup_mlops.clickup import terminal
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.client.batch import run_batch
from clickup_mlops.clickup.repetition import SILENT
from clickup_mlops.clickup.terminal import Terminal, choose_waiting
from clickup_mlops.errors import InputError, NotFound, Unauthorized
from clickup_mlops.sandbox import Sandbox

WORKSPACE = "90120000001"
CHRISTMAS = datetime(2026, 12, 24, 18, tzinfo=UTC)


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def show(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """In the test itself: pytest puts its own standard error in place after the fixtures."""
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    return screen


# Many at once


def test_a_batch_gives_an_outcome_for_each_call(clickup: ClickUp, list_id: str) -> None:
    """In the order of the arguments; one that fails stops no other; progress counts to the end."""
    counts: list[tuple[int, int]] = []
    made = clickup.tasks.batch_create(
        list_id,
        [{"name": f"t{number}", "priority": 5 if number == 3 else 2} for number in range(12)],
        progress=lambda done, total: counts.append((done, total)),
    )
    assert counts == [(done, 12) for done in range(1, 13)]
    assert list(made.failures) == [3]
    assert isinstance(made.failures[3], InputError)
    assert [task.name for task in made.values] == [f"t{n}" for n in range(12) if n != 3]

    ids = [task.id for task in made.values]
    changed = clickup.tasks.batch_update({task_id: {"priority": 1} for task_id in ids})
    assert {task.priority for task in changed.check()} == {1}
    clickup.tasks.batch_delete(ids[:2]).check()
    read = clickup.tasks.batch_get(ids)
    assert {type(problem) for problem in read.failures.values()} == {NotFound}
    with pytest.raises(NotFound):
        read.check()


def test_a_batch_ends_when_the_token_is_refused(clickup: ClickUp, clickup_sandbox: Sandbox) -> None:
    """What was not sent has the same outcome."""
    clickup_sandbox.control.faults.add("status", shape="OAUTH_025", times=None)
    calls = [lambda: clickup.tasks.get("86x")] * 50
    batch = run_batch(calls, threads=2)

    assert {type(problem) for problem in batch.failures.values()} == {Unauthorized}
    assert len(batch.failures) == 50
    assert clickup.calls <= 2


def test_an_interrupted_batch_sends_no_more() -> None:
    """Ctrl-C ends it, as whoever presses it expects: only calls that have begun are finished."""
    begun: list[int] = []

    def call(number: int) -> None:
        begun.append(number)
        time.sleep(0.05)

    def interrupt(_count: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_batch([partial(call, n) for n in range(100)], threads=2, progress=interrupt)
    assert len(begun) < 100


def test_progress_and_waits_are_shown_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without being asked for; a program without a terminal hears of neither."""
    screen = show(monkeypatch)
    run_batch([lambda: None] * 3, threads=1)

    assert screen.getvalue() == "\r1 of 3\r2 of 3\r3 of 3\n"
    assert isinstance(choose_waiting(), Terminal)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    run_batch([lambda: None] * 3, threads=1)
    assert sys.stderr.getvalue() == ""
    assert choose_waiting() is SILENT


@pytest.mark.clickup_sandbox(rate_limit=2, rate_window_s=5)
def test_a_wait_for_the_rate_limit_has_a_line(
    clickup_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which says what is waited for."""
    monkeypatch.setattr(terminal, "SOON_S", 0.2)  # a part of the window may be over
    screen = show(monkeypatch)
    with ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url) as clickup:
        for _ in range(3):
            clickup.authorization.user()

    assert "Waiting for a free call in the rate budget" in screen.getvalue()


# Names and addresses


@pytest.mark.parametrize(
    "name",
    [
        "Tasks",
        " tasks ",
        "Work/Tasks",
        "team / work / tasks",
        f"https://app.clickup.com/{WORKSPACE}/v/li/{{id}}",
        f"https://app.clickup.com/{WORKSPACE}/v/l/li/{{id}}?pr=1",
        f"https://app.clickup.com/{WORKSPACE}/v/b/6-{{id}}-2",
        "{id}",
    ],
)
def test_a_list_is_found_by_whatever_names_it(clickup: ClickUp, list_id: str, name: str) -> None:
    """Name, path, address or id."""
    assert clickup.lists.find(name.format(id=list_id)).id == list_id


def test_a_name_that_fits_no_list_or_several_is_explained(
    clickup: ClickUp, clickup_sandbox: Sandbox, team_id: str
) -> None:
    """With similar names, or with all paths."""
    clickup.lists.create("Tasks", space_id=clickup_sandbox.control.space_id("Team"))
    with pytest.raises(InputError, match='no List "Inbx"; did you mean "Inbox"'):
        clickup.lists.find("Inbx", team_id)
    with pytest.raises(InputError, match="several Lists") as caught:
        clickup.lists.find("Tasks")
    assert caught.value.hint == "Name one: Team / Tasks; Team / Work / Tasks."
    assert clickup.lists.find("Team / Tasks").folder_id is None
    for address in ("https://app.clickup.com/t/86x", "https://[app"):
        with pytest.raises(InputError, match="not the address of a List"):
            clickup.lists.find(address)


def test_a_task_is_found_by_its_address(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, team_id: str
) -> None:
    """Also by one with a custom id."""
    clickup_sandbox.control.ui_actions.set_task_prefix("Team", "ML")
    task = clickup.tasks.create(list_id, "x")
    addresses = (task.id, task.url, f"https://app.clickup.com/t/{team_id}/ML-1")

    assert {clickup.tasks.find(address).id for address in addresses} == {task.id}
    for address in ("https://app.clickup.com/9012/v/li/1", "https://[app"):
        with pytest.raises(InputError, match="not the address of a task"):
            clickup.tasks.find(address)


# Dates


def test_times_are_dates_beside_milliseconds(clickup: ClickUp, list_id: str) -> None:
    """With a time zone, whichever; a whole day has no time."""
    east = timezone(timedelta(hours=9))
    task = clickup.tasks.create(
        list_id, "x", due=CHRISTMAS.astimezone(east), start=date(2026, 12, 1)
    )
    read = clickup.tasks.get(task.id)

    assert (read.due, read.due_ms) == (CHRISTMAS, int(CHRISTMAS.timestamp() * 1000))
    assert read.start and read.start.date() == date(2026, 12, 1)
    assert read.created and read.updated and read.created.tzinfo is UTC
    assert read.closed is None
    clickup.tasks.update(task.id, due=None)
    assert clickup.tasks.get(task.id).due is None


def test_a_date_that_cannot_be_right_is_refused(clickup: ClickUp) -> None:
    """Without a time zone, or beside milliseconds; nothing is sent."""
    with pytest.raises(InputError, match="2026-12-24 18:00 has no time zone"):
        clickup.tasks.update("86x", due=CHRISTMAS.replace(tzinfo=None))
    with pytest.raises(InputError, match="due date as a date or in ms, not both"):
        clickup.tasks.update("86x", due=CHRISTMAS, due_ms=1)
    assert clickup.calls == 0


# Changes


def test_a_list_is_watched(clickup_sandbox: Sandbox, list_id: str) -> None:
    """New and changed tasks come once each, closed ones too; what was before does not."""
    control = clickup_sandbox.control
    control.clock.freeze(1_796_000_000_000)
    maria = control.as_user("Maria")
    old = maria.create_task("Tasks", "old")
    control.clock.advance(60_000)
    steps: Iterator[object] = iter(
        (
            lambda: maria.create_task("Tasks", "new"),
            lambda: maria.update(old, name="renamed"),
            lambda: None,
            lambda: maria.set_status("new", "complete"),
        )
    )

    def sleep(_seconds: float) -> None:
        control.clock.advance(2_000)
        next(steps)()  # type: ignore[operator]

    with ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url, sleep=sleep) as clickup:
        clickup.clock.own_ms = control.clock.now_ms
        changes = [task.name for task in islice(clickup.tasks.watch(list_id), 3)]

    assert changes == ["new", "renamed", "new"]
