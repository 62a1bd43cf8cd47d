"""People steer the bot by comments; each is answered once, in its thread."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.bot.handle.commands import CommandRun
from clickup_mlops.bot.write.undo import targets
from clickup_mlops.features.undo.package import UndoPackage
from clickup_mlops.store import Filter
from tests.flows.conftest import INFERENCE, LIST, POSSIBLE, TRAINING, Team

DAY_MS = 86_400_000


@pytest.fixture
def task(team: Team) -> str:
    """A training task that the policy has made Low."""
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    assert team.priority(task) == 4
    return task


def say(team: Team, task: str, text: str, *, author: Any = None) -> list[str]:
    """Comment, let the bot work, and give the replies in the comment's thread, oldest first."""
    comment = (author or team.member).comment(task, text)
    team.settle()
    return thread(team, comment)


def thread(team: Team, comment: str) -> list[str]:
    """The replies to a comment, oldest first."""
    return [reply.text.strip() for reply in reversed(team.bot.client.comments.replies(comment))]


def test_why_is_answered_in_the_thread(team: Team, task: str) -> None:
    """The same text as on the command line."""
    (reply,) = say(team, task, "/why")

    assert reply.startswith(f"Task {task}: Low")
    assert "Decided by training.normal." in reply


def test_a_priority_holds_for_its_time_and_then_ends(team: Team, task: str) -> None:
    """The policy leaves the task alone until then."""
    (reply,) = say(team, task, "/priority high for 3d because the demo is on Friday")
    assert team.priority(task) == 2
    assert "High until" in reply
    assert "Reason: the demo is on Friday" in reply

    team.member.update(task, name=TRAINING + ", second try")
    team.settle()
    assert team.priority(task) == 2

    team.control.clock.advance(4 * DAY_MS)
    team.member.update(task, name=TRAINING + ", third try")
    team.settle()
    assert team.priority(task) == 4


@pytest.mark.parametrize("command", ["/priority low", "/release"])
def test_a_command_that_comes_late_leaves_a_newer_choice_alone(
    team: Team, task: str, command: str
) -> None:
    """It counts from the time of its comment."""
    team.control.faults.add("late", event="taskComment*", wait_s=1.5)
    team.control.faults.add("drop", event="taskUpdated")
    comment = team.member.comment(task, command)
    team.control.clock.advance(1_000)
    team.control.as_user("Jonas").set_priority(task, 1)
    team.settle()

    assert team.priority(task) == 1
    assert thread(team, comment)[0].startswith("Left as it is: Urgent is newer, held for Jonas")
    assert team.bot_writes(task) == team.bot_writes(task)[:1]


LATE = {"/workload inference": ("data", "/workload data"), "/incident yes": ("", "/incident no")}


@pytest.mark.parametrize("how", ["by hand", "by another command"])
@pytest.mark.parametrize("command", LATE)
def test_a_label_that_comes_late_leaves_a_newer_one_alone(
    team: Team, task: str, command: str, how: str
) -> None:
    """A workload, or whether it is an incident: by the time of its comment, like a priority."""
    jonas, (tag, newer) = team.control.as_user("Jonas"), LATE[command]
    delivery_count = len(team.control.delivery_log())
    team.control.faults.add("drop", times=None)
    comment = team.member.comment(task, command)
    assert team.control.deliveries.wait_idle()
    team.control.faults.clear()
    late = team.control.delivery_log()[delivery_count:]
    team.control.clock.advance(60_000)
    if how == "by another command":
        jonas.comment(task, newer)
    else:
        jonas.tag(task, tag or "not-incident")
    team.settle()
    for delivery in late:
        team.control.deliveries.resend(delivery.id)
    team.settle()

    assert thread(team, comment)[0].startswith("Left as it is: somebody has said ")
    assert [tag["name"] for tag in team.control.task(task)["tags"]] == [tag or "not-incident"]


def test_labels_that_come_together_follow_each_other(team: Team, task: str) -> None:
    """The first is no newer one, though it is executed after the second was written."""
    team.member.comment(task, "/workload data")
    team.control.clock.advance(1_000)
    team.member.comment(task, "/workload inference")
    team.settle()

    assert [tag["name"] for tag in team.control.task(task)["tags"]] == ["inference"]


@pytest.mark.parametrize("command", ["/priority high", "/release"])
def test_a_command_whose_answer_fails_is_not_done_again_over_a_newer_choice(
    team: Team, task: str, command: str
) -> None:
    """What it wanted was done; its answer is tried again. No event told of the choice."""
    team.member.set_priority(task, 3)
    team.settle()
    team.control.clock.advance(60_000)
    team.control.faults.add("status", path="*/reply", status_code=503, times=None)
    comment = team.member.comment(task, command)
    team.settle()
    team.control.faults.clear()
    team.control.faults.add("drop", times=None)
    team.control.as_user("Jonas").set_priority(task, 1)
    team.control.faults.clear()
    for _ in range(3):
        team.control.clock.advance(600_000)
        team.settle()

    assert team.priority(task) == 1
    (reply,) = thread(team, comment)
    assert ("It was changed again since." in reply) == (command != "/release")


def test_a_release_that_was_cut_off_is_newer_than_an_older_command(
    team: Team, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was written, but the bot died before it had noted when."""
    say(team, task, "/hold for 2d")
    delivery_count = len(team.control.delivery_log())
    team.control.faults.add("drop", times=None)
    comment = team.member.comment(task, "/priority urgent")
    assert team.control.deliveries.wait_idle()
    team.control.faults.clear()
    late = team.control.delivery_log()[delivery_count:]
    team.control.clock.advance(60_000)

    def die(_run: CommandRun, _subject: str) -> None:
        raise KeyboardInterrupt

    team.member.comment(task, "/release")
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(CommandRun, "note_time", die)
        team.settle()
    team.control.clock.advance(600_000)
    team.restart()
    team.settle()
    for delivery in late:
        team.control.deliveries.resend(delivery.id)
    team.settle()

    assert team.priority(task) == 4
    assert thread(team, comment) == ["Left as it is: a newer command says otherwise."]


@pytest.mark.parametrize("is_decided", [True, False])
def test_a_priority_that_could_not_be_written_yet_is_written_later(
    team: Team, is_decided: bool
) -> None:
    """ClickUp is away after the hold was noted: what the task still shows is nobody's choice."""
    task = team.member.create_task(LIST, TRAINING)
    if is_decided:
        team.settle()
    team.control.faults.add("status", method="PUT", status_code=503, times=None)
    team.control.clock.advance(60_000)
    comment = team.member.comment(task, "/priority high")
    team.settle()
    team.control.faults.clear()
    for _ in range(3):
        team.control.clock.advance(600_000)
        team.settle()

    assert team.priority(task) == 2
    (reply,) = thread(team, comment)
    assert reply.startswith("Priority High until")
    assert "changed again" not in reply


def test_commands_that_come_together_follow_each_other(team: Team, task: str) -> None:
    """The second one counts on what the first one wrote, and is undone back to it."""
    team.member.comment(task, "/priority high")
    team.control.clock.advance(1_000)
    team.member.comment(task, "/priority low because a typo")
    team.settle()
    assert team.priority(task) == 4

    (reply,) = say(team, task, "/undo")
    assert "by /priority, priority: Low -> High" in reply
    assert team.priority(task) == 2


def test_an_undo_brings_back_why_it_was_held(team: Team) -> None:
    """A task that was created with its priority is not held for anybody's word afterwards."""
    task = team.member.create_task(LIST, TRAINING, priority=2)
    team.settle()
    (before,) = say(team, task, "/why")
    say(team, task, "/hold for 1d because planning")
    say(team, task, "/undo")

    (after,) = say(team, task, "/why")
    assert "because the task was created with it" in before
    assert after.splitlines()[-1] == before.splitlines()[-1]


def test_an_undo_after_an_undo_ends_the_hold_that_the_first_brought_back(
    team: Team, task: str
) -> None:
    """Else the priority of that hold would come back with the next event."""
    say(team, task, "/priority high")
    say(team, task, "/priority urgent")
    say(team, task, "/undo")
    assert team.priority(task) == 2
    (reply,) = say(team, task, "/undo")

    assert "Left as it is" not in reply
    assert team.bot.store.overrides.get(task, team.bot.now_ms()) is None
    team.member.update(task, name=f"{TRAINING} 2")
    team.settle()
    assert team.priority(task) == 4


def test_hold_and_release(team: Team, task: str) -> None:
    """What is held stays though the text is now about inference; released, it is evaluated."""
    say(team, task, "/hold for 2d")
    team.member.update(task, name=INFERENCE)
    team.settle()
    assert team.priority(task) == 4

    say(team, task, "/release")
    assert team.priority(task) == 3


def test_a_notice_comes_once_before_a_hold_runs_out(team: Team, task: str) -> None:
    """A day before, as a comment where that is wished; what the bot holds itself has none."""
    commands = team.bot.settings.commands.model_copy(update={"hold_notice": "comment"})
    team.restart(team.bot.settings.model_copy(update={"commands": commands}))
    say(team, task, "/priority high for 5d")

    def notices() -> list[str]:
        team.job("reevaluate")
        texts = [comment.text for comment in team.bot.client.comments.of_task(task)]
        return [text for text in texts if "the policy decides again" in text]

    assert notices() == []
    team.control.clock.advance(4 * DAY_MS + 1)
    (notice,) = notices()
    assert notice.startswith("High, set by ")
    assert notices() == [notice]
    assert say(team, task, "/undo")[0].startswith("Undone: change")  # of the priority
    team.control.clock.advance(DAY_MS)
    assert notices() == [notice]


def test_a_workload_is_written_and_the_priority_follows(team: Team, task: str) -> None:
    """As a tag where the List has no such field."""
    (reply,) = say(team, task, "/workload inference")

    assert reply == "Workload inference (before: training)."
    assert [tag["name"] for tag in team.control.task(task)["tags"]] == ["inference"]
    assert team.priority(task) == 3


def test_a_workload_goes_into_its_field_where_there_is_one(team: Team, task: str) -> None:
    """With the option's own name."""
    choices = ("Inference", "Training")
    team.control.create_field("Workload", "drop_down", list_name=LIST, choices=choices)
    say(team, task, "/workload inference")

    assert team.bot.client.tasks.get(task).field("Workload") == "Inference"
    assert team.control.task(task)["tags"] == []
    assert team.priority(task) == 3

    (_reply, entry) = team.bot.store.audit.list(Filter(task_id=task, automation="/workload"), 2)
    (reply,) = say(team, task, f"/undo {entry.seq}")
    assert reply.endswith("by /workload, field Workload: Inference -> None.")


def test_a_possible_incident_is_confirmed_or_refused(team: Team) -> None:
    """High until somebody has looked; then by the person's word, whatever the text says."""
    team.never_sure()
    task = team.member.create_task(LIST, POSSIBLE)
    team.settle()
    assert team.priority(task) == 2
    (why,) = say(team, task, "/why")
    assert "possible incident" in why and "/incident yes or /incident no" in why

    (reply,) = say(team, task, "/incident yes")
    assert reply == "Confirmed: a live incident."
    assert [tag["name"] for tag in team.control.task(task)["tags"]] == ["incident"]
    assert team.priority(task) == 1

    (reply,) = say(team, task, "/incident no")
    assert reply == "Noted: no incident."
    assert [tag["name"] for tag in team.control.task(task)["tags"]] == ["not-incident"]
    assert team.priority(task) == 3


def test_undo_takes_back_the_last_change(team: Team, task: str) -> None:
    """And says what it was; with a number, that one."""
    say(team, task, "/priority urgent")
    (reply,) = say(team, task, "/undo")
    assert team.priority(task) == 4
    assert "Undone: change" in reply

    (reply,) = say(team, task, "/undo 999")
    assert reply == "Nothing to undo: no change 999 of this task is recorded."


def test_an_undo_that_is_repeated_says_all_that_it_did(team: Team, task: str) -> None:
    """It goes on where it was cut off, and names no part as done by somebody else. The answer to
    the command that it undoes stays, also in an undo of everything that the comment led to.
    """
    comment = team.member.comment(task, "/priority high")
    team.settle()
    answers = thread(team, comment)
    path = f"/api/v2/task/{task}"
    team.control.faults.add("status", status_code=400, method="PUT", path=path, times=None)
    name = team.member.user.username
    first = team.bot.get(UndoPackage).command(task, None, name, "comment-1", ["priority"])
    team.control.faults.clear()
    assert ("Undone: " in first, "Not done: " in first) == (True, True)

    for _ in range(2):
        reply = team.bot.get(UndoPackage).command(task, None, name, "comment-1", ["priority"])

        assert reply.count("Undone: ") == 2
        assert ("Left as it is" in reply, "reply:" in reply) == (False, False)
    (event,) = {e.cause for e in team.bot.store.audit.select(Filter(automation="/priority"))}
    for target in (event, "/priority"):
        entries = targets.find(team.bot.store.audit, target, since_ms=0)
        assert sorted(entry.kind for entry in entries) == ["hold", "priority"]
    assert (team.priority(task), thread(team, comment)) == (4, answers)


def test_an_undo_is_answered_in_words_that_people_know(
    team: Team, tmp_path: Path, task: str
) -> None:
    """Names for ids, no keys of the bot."""
    actions = ["""{ action = "assign", user = "Jonas" }"""]
    actions.append("""{ action = "checklist", name = "Steps", items = ["look", "roll back"] }""")
    actions.append("""{ action = "comment", text = "Look", mode = "new" }""")
    team.use(tmp_path, many=f'on = ["taskTagUpdated"]\ndo = [{", ".join(actions)}]')
    team.member.tag(task, "hot")
    team.settle()
    (reply,) = say(team, task, "/undo")

    sentences = sorted(line.partition("many, ")[2] for line in reply.splitlines() if ", " in line)
    assert sentences == [
        "- assignee Jonas Weber.",
        "- checklist Steps: look, roll back.",
        "- comment: Look.",
    ]


def test_a_muted_automation_leaves_the_task_alone(team: Team, task: str) -> None:
    """Until its time is over, or it is unmuted."""
    say(team, task, "/mute inference_first for 1d")
    team.member.update(task, name=INFERENCE)
    team.settle()
    assert team.priority(task) == 4

    say(team, task, "/unmute inference_first")
    assert team.priority(task) == 3


def test_an_edited_command_is_a_new_one(team: Team, task: str) -> None:
    """Told under the item and the date of the posted comment, it counts from when it was edited."""
    comment = team.member.comment(task, "/priority high for 3h")
    team.settle()
    assert team.priority(task) == 2
    team.control.clock.advance(DAY_MS)

    team.member.edit_comment(comment, "/priority low for 3h")
    team.settle()
    assert team.priority(task) == 4
    team.member.edit_comment(comment, "/priority urgent for 3h")
    team.settle()
    assert team.priority(task) == 1
    assert len(thread(team, comment)) == 3
    override = team.bot.store.overrides.get(task, team.bot.now_ms())
    assert override is not None
    assert override.since_ms >= team.bot.now_ms() - 60_000


def test_an_edit_that_leaves_the_command_is_no_new_one(team: Team, task: str) -> None:
    """Nor is one that goes back to a command which was executed."""
    comment = team.member.comment(task, "/priority high\nfor the demo")
    team.settle()
    for text in ("/priority high\nfor the fair", "/PRIORITY high", "/why", "/priority high"):
        team.member.edit_comment(comment, text)
        team.settle()

    assert len(thread(team, comment)) == 2
    assert team.priority(task) == 2


def test_a_question_that_is_edited_is_answered_once(team: Team, task: str) -> None:
    """Whatever is said behind it; another question is another one."""
    comment = team.member.comment(task, "/why")
    team.settle()
    for text in ("/why please", "/why, since it was Low yesterday", "/why"):
        team.member.edit_comment(comment, text)
        team.settle()
    assert len(thread(team, comment)) == 1
    team.member.edit_comment(comment, "/help why")
    team.settle()
    assert len(thread(team, comment)) == 2


def test_a_comment_that_becomes_a_command_is_one(team: Team, task: str) -> None:
    """Whoever forgot the slash need not write it again."""
    comment = team.member.comment(task, "priority urgent")
    team.settle()
    team.member.edit_comment(comment, "/priority urgent")
    team.settle()

    assert len(thread(team, comment)) == 1
    assert team.priority(task) == 1


def test_redeliveries_are_answered_once(team: Team, task: str) -> None:
    """Whatever ClickUp repeats."""
    comment = team.member.comment(task, "/priority urgent")
    team.settle()
    writes = len(team.bot_writes(task))
    team.member.edit_comment(comment, "/priority low")
    team.member.edit_comment(comment, "/priority urgent")
    team.settle()
    log = team.control.delivery_log
    for delivery in [*log("taskCommentPosted", task), *log("taskCommentUpdated", task)] * 3:
        team.control.deliveries.resend(delivery.id)
        team.settle()

    assert len(thread(team, comment)) == 2
    assert len(team.bot_writes(task)) == writes + 1
    assert team.priority(task) == 4


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_answer_that_was_cut_off_is_not_doubled(team: Team, task: str, when: str) -> None:
    """The thread is read before it is answered again."""
    team.control.faults.add(f"cut_{when}", path="*/reply", times=1)
    comment = team.member.comment(task, "/priority urgent")
    team.settle()
    for _ in range(4):
        team.control.clock.advance(60_000)
        team.settle()

    assert len(thread(team, comment)) == 1
    assert team.priority(task) == 1


def test_the_bots_words_do_not_answer_themselves(team: Team, task: str) -> None:
    """Even where a person's token is the bot's: one comment, one answer."""
    me = team.control.as_user(team.control.members[0].id)
    assert len(say(team, task, "/help", author=me)) == 1
    assert len(say(team, task, "/nonsense", author=me)) == 1


def test_guests_may_ask_and_members_may_steer(team: Team, task: str) -> None:
    """By the role in the Workspace."""
    user = team.control.members[-1]
    user.role = 4
    guest = team.control.as_user(user.id)

    assert "not allowed for the role guest" in say(team, task, "/priority urgent", author=guest)[0]
    assert say(team, task, "/why", author=guest)[0].startswith("Task")
    assert team.priority(task) == 4


def _admin(team: Team) -> Any:
    """An admin; whom the team sends usually is a member from now on."""
    _bot, member, admin = team.control.members[:3]
    member.role, admin.role = 3, 2
    return team.control.as_user(admin.id)


def _last(team: Team, by: str) -> str:
    """Number of the last change by a command."""
    return str(team.bot.store.audit.list(Filter(automation=by, kind="priority"), 1)[0].seq)


@pytest.mark.parametrize("revoke", ["/release", "/undo", "/undo N"])
def test_what_an_admin_has_set_is_not_revoked_by_a_member(
    team: Team, task: str, revoke: str
) -> None:
    """Where only admins may use `/priority`: undoing a thing needs the role for it."""
    allow = {"priority": "admin"}
    commands = team.bot.settings.commands.model_copy(update={"allow": allow})
    team.restart(team.bot.settings.model_copy(update={"commands": commands}))
    say(team, task, "/priority high", author=_admin(team))
    assert team.priority(task) == 2

    (reply,) = say(team, task, revoke.replace("N", _last(team, "/priority")))

    assert "/priority" in reply
    # Without a number, what others commanded is not meant.
    assert revoke == "/undo" or "a higher role than yours" in reply
    assert team.priority(task) == 2
    assert team.bot.store.overrides.get(task, team.bot.now_ms())


def test_a_mute_by_an_admin_is_not_ended_by_a_member(team: Team, task: str) -> None:
    """Where only admins may use `/mute`."""
    commands = team.bot.settings.commands.model_copy(update={"allow": {"mute": "admin"}})
    team.restart(team.bot.settings.model_copy(update={"commands": commands}))
    say(team, task, "/mute inference_first", author=_admin(team))

    (reply,) = say(team, task, "/unmute inference_first")

    assert "a higher role than yours" in reply
    assert set(team.bot.store.mutes.of(task, team.bot.now_ms())) == {"inference_first"}


@pytest.mark.parametrize("setting", ["/hold for 7d", "/priority high for 7d"])
@pytest.mark.parametrize(
    "replacing", ["/hold for 1m", "/priority low", "/release", "/undo", "/undo N"]
)
def test_what_an_admin_holds_is_not_replaced_by_a_member(
    team: Team, task: str, setting: str, replacing: str
) -> None:
    """Whatever command replaces or ends it, though a member may use it; another admin may."""
    admin = _admin(team)
    say(team, task, "/priority high", author=admin)
    say(team, task, setting, author=admin)
    override = team.bot.store.overrides.get(task, team.bot.now_ms())
    text = replacing.replace("N", str(team.bot.store.audit.list(Filter(kind="hold"), 1)[0].seq))

    (reply,) = say(team, task, text)

    assert "admin" in reply or "a higher role than yours" in reply or replacing == "/undo"
    assert team.bot.store.overrides.get(task, team.bot.now_ms()) == override
    assert team.priority(task) == 2

    owner = team.control.members[0]
    owner.role = 1
    say(team, task, "/priority low", author=team.control.as_user(owner.id))
    assert team.priority(task) == 4


@pytest.mark.parametrize(
    "replacing",
    ["/mute inference_first for 1m", "/unmute inference_first", "/release", "/undo", "/undo N"],
)
def test_what_an_admin_has_muted_is_not_unmuted_by_a_member(
    team: Team, task: str, replacing: str
) -> None:
    """Nor for a shorter time; another admin may."""
    admin = _admin(team)
    say(team, task, "/mute inference_first for 7d", author=admin)
    mutes = team.bot.store.mutes.of(task, team.bot.now_ms())

    muted = Filter(kind="mute:inference_first")
    text = replacing.replace("N", str(team.bot.store.audit.list(muted, 1)[0].seq))
    (reply,) = say(team, task, text)

    after = team.bot.store.mutes.of(task, team.bot.now_ms())
    assert (
        {name: replace(mute, until_ms=0) for name, mute in after.items()}
        == {name: replace(mute, until_ms=0) for name, mute in mutes.items()}
        != {}
    )
    assert all(mute.until_ms >= mutes[name].until_ms for name, mute in after.items())
    assert reply
    say(team, task, "/unmute inference_first", author=admin)
    assert team.bot.store.mutes.of(task, team.bot.now_ms()) == {}


def test_members_replace_what_members_have_set(team: Team, task: str) -> None:
    """And what somebody has set who has left, or is a member now."""
    admin = _admin(team)
    say(team, task, "/priority high for 7d", author=admin)
    team.control.members[2].role = 3
    team.control.clock.advance(11 * 60_000)
    say(team, task, "/priority low")
    assert team.priority(task) == 4


def test_a_comment_that_is_no_command_costs_no_call(team: Team, task: str) -> None:
    """People talk a lot."""
    before = team.control.stats.total
    assert say(team, task, "see /tmp/model.bin, and /why is it slow?") == []

    assert team.control.stats.total == before + 1  # the thread, which this test reads


def test_a_comment_deleted_before_its_answer_is_done(team: Team, task: str) -> None:
    """Nobody waits for the answer: what was asked is done, and nothing is parked."""
    comment = team.member.comment(task, "/priority urgent")
    team.bot.client.comments.delete(comment)
    team.settle()

    assert team.priority(task) == 1
    assert team.bot.store.inbox.depth(team.bot.now_ms()).parked == 0


def test_an_admin_runs_an_automation_at_once(team: Team, tmp_path: Path, task: str) -> None:
    """Once for a comment; its condition holds as ever. Members may not, unless configured."""
    team.use(
        tmp_path,
        acts='on = ["taskMoved"]\ndo = [{ action = "comment", mode = "new", text = "By hand" }]',
        idle='on = ["taskMoved"]\nmode = "off"\ndo = [{ action = "route" }]',
    )

    admin = _admin(team)
    (refused,) = say(team, task, "/run acts")
    (unknown,) = say(team, task, "/run act", author=admin)
    (off,) = say(team, task, "/run idle", author=admin)
    (answer,) = say(team, task, "/run acts", author=admin)

    assert "not allowed for the role member" in refused
    assert "Did you mean acts" in unknown
    assert "idle is off" in off
    assert "is evaluated for this task now" in answer
    first_lines = [
        comment.text.splitlines()[0] for comment in team.bot.client.comments.of_task(task)
    ]
    assert first_lines.count("By hand") == 1


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("/incident no", "Maria Keller said that this is no incident"),
        ("/workload training, please,", "Maria Keller said that the workload is training"),
        ("/priority high 2h", "held for Maria Keller until"),
        ("/hold for 2h", "held for Maria Keller until"),
        ("/mute inference_first", "by Maria Keller"),
    ],
)
def test_a_reason_is_in_the_answer_in_why_and_in_the_audit(
    team: Team, task: str, command: str, sentence: str
) -> None:
    """Whatever the command; and in the timeline of an incident."""
    team.configure(by_name={"live_incident": {"mode": "on"}})
    team.member.tag(task, "incident")
    team.settle()
    (reply,) = say(team, task, f"{command} because it was a drill, thanks!")
    assert "Reason: it was a drill" in reply
    (why,) = say(team, task, "/why")
    (line,) = (line for line in why.splitlines() if sentence in line)
    assert "because it was a drill" in line
    entries = team.bot.store.audit.list(Filter(task_id=task), 50)
    assert any("Reason: it was a drill" in str(entry.after) for entry in entries)
    timeline = team.bot.store.timeline.of_task(task, 0, team.bot.now_ms() + 1)
    comments = [entry.text for entry in timeline if entry.kind == "comment"]
    assert comments == [f"{command} because it was a drill, thanks!"]


def test_why_does_not_repeat_what_a_person_said_once_it_does_not_hold(
    team: Team, task: str
) -> None:
    """Another tag was set since."""
    say(team, task, "/incident no because it was a drill")
    team.member.untag(task, "not-incident")
    team.member.tag(task, "incident")
    team.settle()
    (why,) = say(team, task, "/why")
    assert "drill" not in why


def test_who_asks_for_the_status_of_an_incident_gets_it(team: Team, task: str) -> None:
    """Without a change of anything."""
    assert say(team, task, "/incident status") == ["This task is part of no incident."]
    live = {"live_incident": {"mode": "on", "settings": {"runbook": "https://wiki.example.org"}}}
    team.configure(by_name=live)
    team.member.tag(task, "incident")
    team.settle()
    (reply,) = say(team, task, "/incident status, please")
    assert reply.startswith("Live incident since")
    assert "Runbook: https://wiki.example.org" in reply
