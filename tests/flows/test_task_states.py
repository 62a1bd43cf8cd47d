"""What the bot says about a task is so: never a wish as a fact, and everybody by name."""

from pathlib import Path

import pytest

from clickup_mlops.bot.handle.results import task_states
from clickup_mlops.commands.model import Role
from clickup_mlops.routing import task_state
from clickup_mlops.routing.decision import Decision
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team
from tests.flows.test_commands import say

ROUTE = """on = ["taskCreated", "taskUpdated", "taskTagUpdated", "reevaluation"]
do = [{ action = "route" }]
"""
URGENT = """on = ["taskCreated"]
when = 'task.workload == "training"'
do = [{ action = "set_priority", level = "urgent" }]
"""
HOLD = """on = ["taskCreated"]
do = [{ action = "set_priority", level = "urgent", keep = "P3D" }]
"""


def why(team: Team, task: str) -> str:
    """What `clickup-mlops why` says."""
    store, now = team.bot.store, team.bot.now_ms()
    row = store.decisions.latest(task)
    assert row is not None
    priority, policy = task_states.known_priority(store, task), team.bot.settings.routing
    state = task_states.task_state(store, task, priority, policy, now)
    assert row.body["written"] == state.outcome.is_applied
    return task_state.describe(Decision.from_dict(row.body), state)


def shadow(team: Team) -> None:
    """The whole bot only looks. Before any event."""
    team.configure(mode="shadow")


@pytest.fixture
def task(team: Team) -> str:
    """A training task that had no priority, and that the policy has made Low."""
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    assert team.priority(task) == 4
    return task


def test_an_undo_says_what_it_mutes_and_how_to_end_that(team: Team, task: str) -> None:
    """In the reply, and to whoever asks afterwards."""
    (reply,) = say(team, task, "/undo")
    assert team.priority(task) is None
    (_taken_back, muted) = reply.splitlines()
    assert muted.startswith("inference_first is muted on this task until 20")
    assert muted.endswith("UTC. /unmute inference_first ends that.")

    (answer,) = say(team, task, "/why")
    first, second, *_ = answer.splitlines()
    assert first == f"Task {task}: None now. Decided: Low, by training.normal."
    assert second == f"Written. An undo ({team.member.user.username}) changed the priority since."
    assert (
        f"UTC, after an undo ({team.member.user.username}). /unmute inference_first ends that."
        in answer
    )


def test_a_priority_that_an_undo_brought_back_is_told(team: Team) -> None:
    """Until when it is kept, and how to end that; `/unmute` alone does not, and says so."""
    (task,) = team.control.add_tasks(LIST, [{"name": TRAINING, "priority": 2}])
    for number in range(2):
        team.control.clock.advance(8 * 86_400_000)  # what it had before the bot came is over
        team.member.update(task, name=f"{TRAINING} {number}")
        team.settle()
    (reply,) = say(team, task, "/undo")
    assert team.priority(task) == 2
    assert "High is held until 20" in reply
    assert reply.endswith("UTC. /release ends that.")

    name = team.member.user.username
    (reply,) = say(team, task, "/unmute inference_first")
    assert f"High is held after an undo ({name}) until" in reply
    assert f"an undo ({name}) restored High, which wins until" in why(team, task)
    assert reply.endswith("/release ends that.")
    say(team, task, "/release")
    assert team.priority(task) == 3  # Low, and lifted because it waits


def test_release_ends_what_an_undo_has_muted(team: Team, task: str) -> None:
    """The policy really decides again, at once."""
    say(team, task, "/undo")
    (reply,) = say(team, task, "/release")
    assert reply.splitlines() == [
        "No priority is held.",
        "inference_first is no longer muted.",
        "The policy decides again.",
    ]
    assert team.priority(task) == 4
    assert why(team, task).startswith(f"Task {task}: Low")


@pytest.mark.parametrize("role", ["member", "admin"])
def test_release_unmutes_for_those_who_may_unmute(team: Team, role: Role) -> None:
    """Everybody else is told who stays muted, until when."""
    commands = team.bot.settings.commands.model_copy(update={"allow": {"unmute": "admin"}})
    team.restart(team.bot.settings.model_copy(update={"commands": commands}))
    team.member.user.role = 2 if role == "admin" else 3
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    say(team, task, "/undo")

    (reply,) = say(team, task, "/release")
    if role == "admin":
        assert team.priority(task) == 4
        return
    assert team.priority(task) is None
    assert "The policy does not apply to this task now." in reply
    assert "inference_first is muted on this task until" in reply
    assert "/unmute" not in reply


def test_release_leaves_what_a_person_has_muted(team: Team, task: str) -> None:
    """And says so, with the reason."""
    say(team, task, "/mute inference_first for 2d because it flips")
    (reply,) = say(team, task, "/release")

    assert "The policy decides again" not in reply
    assert f"by {team.member.user.username}, because it flips. /unmute inference_first" in reply
    team.member.update(task, name=INFERENCE)
    team.settle()
    assert team.priority(task) == 4

    (reply,) = say(team, task, "/unmute inference_first")
    assert reply == "inference_first acts on this task again."
    assert team.priority(task) == 3
    (reply,) = say(team, task, "/unmute inference_first")
    assert reply == "inference_first was not muted on this task."


def test_shadow_mode_says_so(team: Team) -> None:
    """In words: what was decided is not what the task has."""
    shadow(team)
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    first, second, *_ = why(team, task).splitlines()

    assert team.priority(task) is None
    assert first == f"Task {task}: None now. Decided: Low, by training.normal."
    assert second == "Not written: the bot is in shadow mode."
    assert "Set by event" not in why(team, task)


CANARY = f'{ROUTE}mode = "canary"\n[canary]\nlists = ["Elsewhere"]'


@pytest.mark.parametrize(
    ("automations", "reason"),
    [
        ({"a": f'{ROUTE}mode = "shadow"'}, "Not written: the automation `a` is in shadow mode."),
        (
            {"a": CANARY},
            "Not written: the automation `a` is a canary, and does not include this task.",
        ),
        (
            {"a": 'on = ["taskCreated"]\ndo = [{ action = "route" }]', "b": URGENT},
            "The automation `b` set Urgent instead.",
        ),
        (
            {"b": URGENT.replace("urgent", "low").replace('"training"', '"data"')},
            "Not written: no active automation applied it to this task.",
        ),
    ],
)
def test_why_it_was_not_written_is_said(
    team: Team, tmp_path: Path, automations: dict[str, str], reason: str
) -> None:
    """Whatever kept the decided priority from the task."""
    team.use(tmp_path, **automations)
    task = team.member.create_task(LIST, TRAINING)
    team.settle()

    assert team.priority(task) != 4
    assert why(team, task).splitlines()[1] == reason


def test_a_cap_is_told_and_what_comes_of_it_later(team: Team, tmp_path: Path) -> None:
    """Once the task has the priority, that is what is said."""
    team.use(tmp_path, a=f"{ROUTE}cap = 1")
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    two = team.member.create_task(LIST, TRAINING)
    team.settle()
    assert "had reached its hourly cap" in why(team, two)
    assert why(team, task).startswith(f"Task {task}: Low, before None.")

    team.control.clock.advance(2 * 3_600_000)
    team.member.update(two, name=f"{TRAINING} again")
    team.settle()
    assert why(team, two).startswith(f"Task {two}: Low, before None.")


def test_a_muted_automation_is_told_though_another_one_asks(team: Team, tmp_path: Path) -> None:
    """A condition may ask routing; nobody writes the answer."""
    asking = ROUTE.replace('{ action = "route" }', '{ action = "add_tag", tag = "seen" }')
    team.use(tmp_path, a=ROUTE, b=asking + "when = 'task.workload == \"inference\"'")
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    say(team, task, "/mute a")
    team.member.update(task, name=INFERENCE)
    team.settle()

    assert "Not written: the automation `a` was muted on this task." in why(team, task)
    assert "`a` is muted on this task until" in why(team, task)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (403, "Not written, refused: "),
        (500, "Not written yet, retrying: "),
    ],
)
def test_a_refusal_is_told_with_its_reason(team: Team, status: int, reason: str) -> None:
    """As long as it lasts."""
    team.control.faults.add("status", status_code=status, method="PUT", path="*", times=None)
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    assert reason in why(team, task)
    assert why(team, task).startswith(f"Task {task}: None now. Decided: Low")

    team.control.faults.clear()
    team.control.clock.advance(3_600_000)
    team.member.update(task, name=f"{TRAINING} again")
    team.settle()
    assert team.priority(task) == 4
    assert why(team, task).startswith(f"Task {task}: Low")


def test_what_an_automation_holds_is_told_as_its_own(team: Team, tmp_path: Path) -> None:
    """By name; it is no person's choice."""
    team.use(tmp_path, firm=HOLD, route=ROUTE)
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    team.member.update(task, name=f"{TRAINING} again")
    team.settle()

    reason = why(team, task)
    assert "Decided by automation." in reason
    assert "automation: firm holds Urgent until" in reason
    assert "Urgent is held by the automation `firm` until" in reason
    assert "person" not in reason and "somebody" not in reason
    assert team.bot.store.stats.overrides(team.bot.now_ms()) == 0

    (reply,) = say(team, task, "/release")
    assert reply.startswith("Released: Urgent, held by the automation firm until")
    assert team.priority(task) == 4


def test_people_are_named_with_their_reason(team: Team, task: str) -> None:
    """By hand or by command, in each answer."""
    name = team.member.user.username
    say(team, task, "/priority high for 3d because the [demo](https://evil.example) is near")
    hold_text = f"held for {name} until"
    because = "because the demo(https://evil.example) is near"
    (answer,) = say(team, task, "/why")
    assert f"person: {name} set High, which wins until" in answer
    assert hold_text in answer and because in answer

    (reply,) = say(team, task, "/release")
    assert reply.startswith(f"Released: High, {hold_text}") and because in reply

    team.member.set_priority(task, "urgent")
    team.settle()
    assert f"Urgent is {hold_text}" in say(team, task, "/why")[0]
    other_member = team.control.as_user(team.control.members[2].id)
    other_member.set_priority(task, "high")
    team.control.clock.advance(1_000)
    other_member.set_priority(task, "urgent")
    team.settle()
    assert f"person: {other_member.user.username} set Urgent" in why(team, task)


def test_a_command_that_clickup_refuses_is_not_called_done(team: Team, task: str) -> None:
    """The reply says so, and nothing is kept that the task does not have."""
    path = f"/api/v2/task/{task}"
    team.control.faults.add("status", status_code=403, method="PUT", path=path, times=None)
    (reply,) = say(team, task, "/priority urgent")

    assert reply.startswith("Not done, because it was refused: ")
    assert team.bot.store.overrides.list(team.bot.now_ms()) == []
    assert team.priority(task) == 4


def test_undoing_a_command_brings_back_what_was_held_before(team: Team, task: str) -> None:
    """With its person, its reason and its time."""
    say(team, task, "/priority high for 3d because of the demo")
    say(team, task, "/priority urgent for 1d")
    (reply,) = say(team, task, "/undo")

    assert "Undone: change" in reply
    assert team.priority(task) == 2
    assert f"High is held for {team.member.user.username}" in why(team, task)
    assert "because of the demo" in why(team, task)
    team.member.update(task, name=f"{TRAINING} again")
    team.settle()
    assert team.priority(task) == 2
