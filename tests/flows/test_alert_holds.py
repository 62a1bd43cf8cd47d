"""A hold for an alert, where other things happen to its task: crashes, mutes, nights, people."""

import shutil
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops import content
from clickup_mlops.bot.app import build
from clickup_mlops.bot.handle.alerts import Alerts, read_alerts
from clickup_mlops.bot.handle.package import HandlingPackage
from clickup_mlops.bot.members import member
from clickup_mlops.bot.packages import Builds
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.store import Mute
from tests.flows.test_alert_priority import (
    LOW,
    NORMAL,
    URGENT,
    adopt,
    decided,
    fire,
    keep_open,
    list_written_priorities,
    say,
    team,
)
from tests.flows.test_executor import Crash, Fate, go_on
from tests.flows.test_incident_crashes import Mortal
from tests.flows.test_integrations import DAY, Reporting
from tests.flows.test_person_races import Racing
from tests.soak import crash_steps

__all__ = ["team"]

HOUR = 3_600_000


class MortalHandling(HandlingPackage):
    """Each write about a hold for an alert may be the last step."""

    def __init__(self, *of: Any, fate: Fate) -> None:
        super().__init__(*of)
        self._fate = fate

    @member
    def alerts(self) -> Alerts:
        core, fate = self.core, self._fate
        store = Mortal(core.store, fate)
        store.overrides = Mortal(core.store.overrides, fate, "put")
        store.notes = Mortal(core.store.notes, fate, "put")
        inbox: Any = Mortal(core.inbox_writer, fate, "put")
        return Alerts(store, inbox, core.now_ms)  # type: ignore[arg-type]


@pytest.mark.parametrize("last", crash_steps(6))
@pytest.mark.parametrize("begins", [True, False])
def test_a_hold_begins_or_ends_once_wherever_it_dies(
    team: Reporting, last: int, *, begins: bool
) -> None:
    """Event, hold, note: before and after each."""
    keep_open(team)
    task = fire(team)
    if begins:
        say(team, "resolved")
    before = len(list_written_priorities(team, task))
    fate = Fate(last)
    team.restart(builds=Builds(handling=partial(MortalHandling, fate=fate)))
    with suppress(Crash):
        say(team, "firing" if begins else "resolved", 60 * begins)
    assert fate.steps == last

    team.control.clock.advance(60_000)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        go_on(team, again)
        assert team.priority(task) == (URGENT if begins else LOW)
        assert len(list_written_priorities(team, task)) == before + 1
        assert again.inbox.depth(again.now_ms()).parked == 0


def test_a_muted_task_is_left_alone_until_it_is_not(team: Reporting) -> None:
    """What the end of the alert changes is not lost."""
    keep_open(team)
    task = fire(team)
    until_ms = team.bot.now_ms() + HOUR
    team.bot.store.mutes.put(Mute(task, "inference_first", until_ms, "/mute", "Maria"))
    say(team, "resolved")
    assert team.priority(task) == URGENT

    team.control.clock.advance(2 * HOUR)
    team.job("reevaluate")
    assert team.priority(task) == LOW


def test_what_was_resolved_at_night_wakes_nobody_in_the_morning(
    team: Reporting, tmp_path: Path
) -> None:
    """`live_incident` with quiet hours: the alert of the night is over."""
    folder = tmp_path / "automations"
    shutil.copytree(content.find_folder("automations"), folder)
    live = folder / "live_incident.toml"
    live.write_text(f"quiet = true\n{live.read_text('utf-8')}", encoding="utf-8")
    task, clock = adopt(team), team.control.clock
    clock.advance(HOUR - clock.now_ms() % HOUR + 60_000)
    now = datetime.fromtimestamp(clock.now_ms() / 1000, UTC)
    quiet = {"from": now.replace(minute=0).time(), "to": now.replace(minute=59).time()}
    team.configure(folder=folder, quiet=quiet)
    say(team, "firing", clickup_task=task)
    say(team, "resolved", clickup_task=task)
    clock.advance(HOUR)
    team.settle()

    assert team.bot.store.table(Incidents).open_of(task) is None
    assert list_written_priorities(team, task) == [LOW]


def test_who_reopens_a_task_finds_it_as_its_alert_is(team: Reporting) -> None:
    """Closed by a person while the alert fires; reopened while it fires, and after its end."""
    task = fire(team)
    for state, priority in (("firing", URGENT), ("resolved", LOW)):
        team.member.set_status(task, "complete")
        team.settle()
        say(team, state, 60)
        team.member.set_status(task, "to do")
        team.settle()
        team.job("reevaluate")
        assert team.priority(task) == priority, state


def test_a_deleted_task_leaves_nothing(team: Reporting) -> None:
    """Its alert is resolved afterwards."""
    task = adopt(team)
    say(team, "firing", clickup_task=task)
    team.member.delete(task)
    team.settle()
    say(team, "resolved", clickup_task=task)
    team.control.clock.advance(DAY)
    team.job("reevaluate")

    store, now = team.bot.store, team.bot.now_ms()
    assert store.overrides.get(task, now) is None
    assert store.table(Incidents).open_of(task) is None
    assert read_alerts(store, task) == {}
    depth = team.bot.inbox.depth(now)
    assert (depth.ready, depth.parked) == (0, 0)


def test_a_person_who_releases_it_is_heard(team: Reporting) -> None:
    """The hold that was released does not come back with the next description."""
    task = fire(team)
    team.member.set_priority(task, None)
    team.settle()
    fire(team, 60)
    team.member.update(task, description="Half of the payments fail.")
    team.settle()

    assert decided(team, task)["decided_by"] == "other.incident"


@pytest.mark.parametrize("arrives", ["choice", "echo"])
def test_who_chooses_while_an_alert_takes_the_task_keeps_the_choice(
    team: Reporting, arrives: str
) -> None:
    """Between the bot's read and its write, with one event of the two lost."""
    deliveries_by_kind: dict[str, list[Any]] = {}

    def race(task: str, write: Any) -> None:
        for name, change in (
            ("choice", partial(team.member.set_priority, task, 3)),
            ("echo", write),
        ):
            team.control.clock.advance(500)
            delivery_count = len(team.control.delivery_log())
            team.control.faults.add("drop", event="*", times=None)
            change()
            team.control.faults.clear()
            deliveries_by_kind[name] = team.control.delivery_log()[delivery_count:]

    task = adopt(team)
    team.restart(builds=Builds(execution=partial(Racing, race=race)))
    say(team, "firing", clickup_task=task)
    assert team.priority(task) == URGENT
    for delivery in deliveries_by_kind[arrives]:
        team.control.deliveries.resend(delivery.id)
    team.settle()

    assert team.priority(task) == NORMAL
    assert decided(team, task)["decided_by"] == "person"
