"""`/undo` without a number: the person's last command, or what an incident led to; what cannot be
undone is named and passed over, and what would have ended by itself does not come back.
"""

from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.features.undo.operations import Target
from clickup_mlops.features.undo.operations import undo as undo_changes
from clickup_mlops.store import Filter
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team
from tests.flows.test_commands import say

DAY_MS, MINUTE_MS = 86_400_000, 60_000
URGENT, HIGH, NORMAL, LOW = 1, 2, 3, 4
ROUTE = """
on = ["taskCreated", "taskUpdated", "taskPriorityUpdated", "taskTagUpdated", "reevaluation"]
do = [{ action = "route" }]
"""
MARK = """
on = ["taskTagUpdated"]
when = '"seen" in task.tags'
do = [{ action = "add_tag", tag = "marked" }]
"""
RUN = """
on = ["taskDueDateUpdated"]
do = [{ action = "add_tag", tag = "ran" }]
"""


@pytest.fixture
def admin(team: Team) -> Any:
    """Who may use every command."""
    return team.control.as_user(team.control.members[1].id)


def _look(team: Team, task: str) -> dict[str, Any]:
    """What commands change; without what the other automation did."""
    state, now, store = team.control.task(task), team.bot.now_ms(), team.bot.store
    held = store.overrides.get(task, now)
    return {
        "priority": team.priority(task),
        "tags": {tag["name"] for tag in state["tags"]} - {"seen", "marked"},
        "held": held and (held.priority, held.until_ms),
        "muted": {name: mute.until_ms for name, mute in store.mutes.of(task, now).items()},
    }


COMMANDS = {
    "/priority urgent": (),
    "/priority high for 30m": (),
    "/hold for 2d": (),
    "/workload inference": (),
    "/incident yes": (),
    "/incident no": (),
    "/mute routes for 1d": (),
    "/run runs": (),
    "/release": ("/priority urgent for 2d",),
    "/unmute runs": ("/mute runs for 2d",),
    "/priority low": ("/priority urgent for 2d",),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_undone_though_automations_wrote_since(
    team: Team, tmp_path: Path, admin: Any, command: str
) -> None:
    """The other automation's write stays, and how to undo that is said."""
    team.use(tmp_path, routes=ROUTE, marks=MARK, runs=RUN)
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    for earlier in COMMANDS[command]:
        say(team, task, earlier, author=admin)
    before = _look(team, task)
    say(team, task, command, author=admin)
    assert _look(team, task) != before
    admin.tag(task, "seen")
    team.settle()

    (reply,) = say(team, task, "/undo", author=admin)

    after = _look(team, task)
    if command == "/run runs":  # as after every undo of an automation's write
        assert list(after.pop("muted")) == ["runs"] and not before.pop("muted")
    assert after == before
    assert "marked" in {tag["name"] for tag in team.control.task(task)["tags"]}
    assert "Since then marks changed + tag marked: /undo " in reply


def test_another_undo_goes_to_the_command_before(team: Team, tmp_path: Path, admin: Any) -> None:
    """And so on; then to what the bot did last."""
    team.use(tmp_path, routes=ROUTE, marks=MARK)
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    before = _look(team, task)
    say(team, task, "/workload inference", author=admin)
    admin.tag(task, "seen")
    team.settle()
    say(team, task, "/mute marks", author=admin)
    for _ in range(2):
        say(team, task, "/undo", author=admin)
    assert _look(team, task) == before

    say(team, task, "/undo", author=admin)
    assert "marked" not in {tag["name"] for tag in team.control.task(task)["tags"]}


def test_who_gave_no_command_undoes_what_the_bot_did_last(
    team: Team, tmp_path: Path, admin: Any
) -> None:
    """Not what another person wanted before."""
    team.use(tmp_path, marks=MARK)
    task = team.member.create_task(LIST, TRAINING)
    say(team, task, "/priority urgent", author=admin)
    admin.tag(task, "seen")
    team.settle()
    other_member = team.control.as_user(team.control.members[2].id)

    (reply,) = say(team, task, "/undo", author=other_member)

    assert "+ tag marked" not in {tag["name"] for tag in team.control.task(task)["tags"]}
    assert "by marks" in reply
    assert team.priority(task) == URGENT


CALL = """
on = ["taskTagUpdated"]
when = '"call" in task.tags'
do = [{ action = "invite", url = "https://meet.example.org/${task.id}" }]
"""


def test_an_invitation_is_named_and_passed_over(team: Team, tmp_path: Path) -> None:
    """The change before it is undone by the same `/undo`."""
    team.use(tmp_path, marks=MARK, calls=CALL)
    task = team.member.create_task(LIST, TRAINING)
    for tag in ("seen", "call"):
        team.member.tag(task, tag)
        team.settle()

    (reply,) = say(team, task, "/undo")

    kept_line, undone = sorted(reply.splitlines()[:2])
    assert kept_line.startswith("Left as it is:") and kept_line.endswith("it cannot be undone.")
    assert undone.startswith("Undone:") and "marked" in undone
    assert "marked" not in {tag["name"] for tag in team.control.task(task)["tags"]}


OPENS = """
on = ["taskTagUpdated"]
when = '"down" in task.tags'
do = [
  { action = "set_priority", level = "urgent", keep = "P1D" },
  { action = "open_incident" },
]
"""
ROOM = """
on = ["incidentOpened"]
do = [
  { action = "post_room", text = "It is down." },
  { action = "comment", text = "The room is open." },
  { action = "invite", url = "https://meet.example.org/${task.id}" },
]
"""


@pytest.mark.parametrize("earlier", ["", "/workload training"])
def test_an_incidents_writes_are_undone_together(team: Team, tmp_path: Path, earlier: str) -> None:
    """All but the invitation; a command from before the incident is not meant."""
    team.use(tmp_path, opens=OPENS, room=ROOM, marks=MARK)
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    if earlier:
        say(team, task, earlier)
    team.member.tag(task, "down")
    team.settle()
    assert team.priority(task) == URGENT

    (reply,) = say(team, task, "/undo incident")

    assert team.priority(task) is None
    assert team.bot.store.table(Incidents).open_of(task) is None
    assert team.bot.store.overrides.get(task, team.bot.now_ms()) is None
    texts = [comment.text for comment in team.bot.client.comments.of_task(task)]
    assert not any("The room is open." in text for text in texts)
    (line,) = [line for line in reply.splitlines() if line.startswith("Left as it is")]
    assert line.endswith("it cannot be undone.")
    tags = {tag["name"] for tag in team.control.task(task)["tags"]}
    assert ("training" in tags) == bool(earlier)


HELD = """
on = ["taskTagUpdated"]
when = '"hot" in task.tags'
do = [{ action = "set_priority", level = "urgent", keep = "PT30M" }]
"""


@pytest.mark.parametrize("holds", ["/priority urgent for 30m", "an automation"])
@pytest.mark.parametrize("how", ["/undo", "/undo N", "command line", "the policy's"])
def test_what_was_held_for_half_an_hour_is_not_held_for_a_week(
    team: Team, tmp_path: Path, holds: str, how: str
) -> None:
    """It is over, and the policy has decided again: that stays."""
    team.use(tmp_path, routes=ROUTE, held=HELD)
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    if holds.startswith("/"):
        say(team, task, holds)
    else:
        team.member.tag(task, "hot")
        team.settle()
        team.member.untag(task, "hot")
    assert team.priority(task) == URGENT
    audit = team.bot.store.audit
    (urgent,) = [e for e in audit.list(Filter(task_id=task, kind="priority"), 9) if e.after == 1]
    team.control.clock.advance(31 * MINUTE_MS)
    team.member.update(task, name=f"{TRAINING} 2")
    team.settle()
    assert team.priority(task) == LOW
    (low, *_older) = audit.list(Filter(task_id=task, kind="priority"), 9)

    if how == "command line":
        begun = undo_changes(team.bot, Target(f"change:{low.seq}"), actor="ann")
        assert [change.state for change in begun.changes] == ["kept"]
    else:
        number = {"/undo N": urgent.seq, "the policy's": low.seq}.get(how, "")
        say(team, task, f"/undo {number}".strip())
    team.member.update(task, name=f"{TRAINING} 3")
    team.settle()

    assert team.priority(task) == LOW
    held = team.bot.store.overrides.get(task, team.bot.now_ms())
    assert held is None or held.priority != URGENT


def test_an_older_hold_that_is_over_meanwhile_is_not_brought_back(team: Team) -> None:
    """The undo releases the task instead: the policy decides."""
    task = team.member.create_task(LIST, INFERENCE)
    say(team, task, "/priority low for 1h")
    say(team, task, "/priority urgent for 2d")
    team.control.clock.advance(2 * 60 * MINUTE_MS)
    say(team, task, "/undo")

    assert team.bot.store.overrides.get(task, team.bot.now_ms()) is None
    assert team.priority(task) == NORMAL
