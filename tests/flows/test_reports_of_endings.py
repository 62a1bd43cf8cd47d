"""A milestone that is closed, and an incident that is over, are reported once."""

from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.features.reports.delivery.settings import ReportSettings
from clickup_mlops.features.reports.operations import sending
from tests.features.reports.delivery.maker import reports
from tests.flows.conftest import INFERENCE, LIST, Team

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


def follow(team: Team, every: str, **more: Any) -> None:
    """Go on with a report `ends` to a Doc and a channel, which is configured now."""
    targets = {"page": {"kind": "doc"}, "channel": {"kind": "chat", "channel": "ops"}}
    report_settings = ReportSettings.model_validate({"every": every, "targets": targets, **more})
    team.restart(team.bot.settings.model_copy(update={"reports": {"ends": report_settings}}))
    run_due(team)


def run_due(team: Team, after_ms: int = 0) -> None:
    """What the clock does each minute, and what follows."""
    team.control.clock.advance(after_ms)
    reports(team.bot).schedule.run_due()
    team.settle()


def list_sent(team: Team) -> list[str]:
    """The first lines of the messages; each has a page of the same name."""
    first_lines = sorted(
        message.content.partition("\n")[0] for message in team.sandbox.world.messages
    )
    assert len([*team.sandbox.world.pages]) == len(first_lines)
    return first_lines


def incident(team: Team, name: str, *tasks: str) -> Incident:
    """Opens, and its tasks join."""
    now = team.bot.now_ms()
    details = {"workspace": team.bot.workspace_id, "key": name, "title": f"p99 of {name}"}
    for number, task in enumerate(tasks):
        record = Incident(f"{name}{number}", task_id=task, opened_ms=now, **details)  # type: ignore[arg-type]
        entered = team.bot.store.table(Incidents).enter(record, now)
    return entered


def leave(team: Team, incident: Incident, *tasks: str) -> None:
    for task in tasks:
        team.bot.store.table(Incidents).leave(incident.id, task, team.bot.now_ms())


def test_an_incident_is_reported_once_some_time_after_it_is_over(team: Team) -> None:
    """Not while it lasts, and not if it was over before the report was configured."""
    leave(team, incident(team, "old", "t0"), "t0")
    team.control.clock.advance(MINUTE_MS)
    follow(team, "incident")
    ended = incident(team, "new", "t1")
    run_due(team, DAY_MS)
    leave(team, ended, "t1")
    run_due(team, 59 * MINUTE_MS)
    assert list_sent(team) == []

    for _ in range(3):
        run_due(team, 2 * MINUTE_MS)
    team.restart()
    run_due(team, DAY_MS)
    assert list_sent(team) == ["# Incident report: p99 of new"]


def test_an_incident_that_begins_again_is_reported_after_its_last_end(team: Team) -> None:
    """Flapping sends nothing; what begins again later changes the report in place."""
    follow(team, "incident")
    ended = incident(team, "new", "t1")
    for _ in range(4):
        leave(team, ended, "t1")
        run_due(team, 30 * MINUTE_MS)
        team.bot.store.table(Incidents).enter(ended, 0)
        run_due(team, 45 * MINUTE_MS)
    assert list_sent(team) == []
    leave(team, ended, "t1")
    run_due(team, 2 * HOUR_MS)
    ((message, before),) = [
        (message.id, message.content) for message in team.sandbox.world.messages
    ]

    team.bot.store.table(Incidents).enter(ended, 0)
    team.control.clock.advance(HOUR_MS)
    leave(team, ended, "t1")
    run_due(team, 2 * HOUR_MS)
    (after,) = team.sandbox.world.messages
    assert after.id == message and after.content != before
    assert list_sent(team) == ["# Incident report: p99 of new"]


def test_incidents_that_were_over_while_the_bot_was_away_are_made_up_for(team: Team) -> None:
    follow(team, "incident")
    first, two = incident(team, "one", "t1"), incident(team, "two", "t2")
    leave(team, first, "t1")
    leave(team, two, "t2")
    team.control.clock.advance(3 * DAY_MS)
    team.restart()
    run_due(team)

    assert list_sent(team) == ["# Incident report: p99 of one", "# Incident report: p99 of two"]


def test_a_milestone_is_reported_when_it_is_closed(team: Team, tmp_path: Path) -> None:
    """Two of the same name have two reports; a name that is a path writes no file elsewhere."""
    folder = tmp_path / "out"
    files = {"kind": "file", "folder": str(folder)}
    follow(team, "milestone")
    targets = team.bot.settings.reports["ends"].targets | {"files": files}
    follow(team, "milestone", targets=targets)
    name = "../../Ship 70B"
    tasks = [team.member.create_task(LIST, name, custom_item_id=1) for _ in range(2)]
    plain = team.member.create_task(LIST, INFERENCE)
    team.settle()
    run_due(team, DAY_MS)
    assert list_sent(team) == []

    for task in (*tasks, plain):
        team.member.update(task, status="complete")
    team.settle()
    run_due(team, 2 * HOUR_MS)
    run_due(team, 2 * HOUR_MS)
    assert list_sent(team) == ["# Milestone report ../../Ship 70B"] * 2
    names = {page.name for page in team.sandbox.world.pages}
    assert names == {f"Milestone report {name} ({task})" for task in tasks}
    assert {path.name for path in folder.iterdir()} == {f"ends-{task}.html" for task in tasks}


def test_one_is_sent_now_by_its_name_or_the_last_one(team: Team) -> None:
    """An incident also by a task that joined it; one that is not known is refused."""
    follow(team, "incident")
    with pytest.raises(InputError, match="no incident has ended"):
        sending.send(team.bot, "ends", wait=lambda _s: None)
    ended = incident(team, "new", "t1", "t2")
    result = sending.send(team.bot, "ends", period="t2", wait=lambda _s: None)
    assert [target.state for target in result.targets] == ["sent", "sent"]
    assert result.period.name == ended.id

    leave(team, ended, "t1", "t2")
    last = sending.send(team.bot, "ends", wait=lambda _s: None)
    assert last.period.name == ended.id
    with pytest.raises(InputError, match="no incident nope"):
        sending.send(team.bot, "ends", period="nope", wait=lambda _s: None)
    assert list_sent(team) == ["# Incident report: p99 of new"]
    (coming,) = sending.schedule(team.bot)
    assert (coming.run.at_ms, coming.every) == (None, "incident")
