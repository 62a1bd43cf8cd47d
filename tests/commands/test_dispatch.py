"""Every command answers with a text and the operations to execute."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.commands import parsing
from clickup_mlops.commands.dispatch import answer, find_commands, select_allowed
from clickup_mlops.commands.model import (
    ROLES,
    Operation,
    Reply,
    Role,
    no_words,
)
from clickup_mlops.commands.parsing import Invocation
from clickup_mlops.errors import ConfigError
from clickup_mlops.features.corrections.commands import Hold, Mute, Release, SetWorkload
from clickup_mlops.features.incidents.commands import SetIncident
from clickup_mlops.features.undo.slash.undo import Undo
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.facts import Override
from clickup_mlops.routing.outcome import Outcome
from clickup_mlops.routing.task_state import Muted, TaskState
from tests.automations.support import NOW_MS, task
from tests.commands.support import DAY_MS, request

COMMANDS = find_commands()


def reply_to(text: str, role: Role = "member", **more: object) -> Reply:
    """The reply to a comment."""
    command = parsing.find(text)
    assert command is not None
    return answer(command, request(role, **more), COMMANDS)


@pytest.mark.parametrize(
    ("text", "operations"),
    [
        (
            "/priority high for 3d because of the demo",
            [Hold(2, NOW_MS + 3 * DAY_MS, "of the demo")],
        ),
        ("/priority Urgent", [Hold(1, NOW_MS + 7 * DAY_MS, "")]),
        ("/hold for 1d", [Hold(3, NOW_MS + DAY_MS, "", "/hold")]),
        ("/release", [Release()]),
        ("/workload training", [SetWorkload("training")]),
        ("/incident yes", [SetIncident(True)]),
        ("/incident No", [SetIncident(False)]),
        ("/incident no because it was a drill", [SetIncident(False, "it was a drill")]),
        ("/hold 2h customer demo", [Hold(3, NOW_MS + DAY_MS // 12, "customer demo", "/hold")]),
        ("/release please, the demo is over", [Release()]),
        ("/undo that was wrong", [Undo(None)]),
        ("/undo 41 because it was wrong", [Undo(41)]),
        ("/workload training: it only fine-tunes", [SetWorkload("training", "it only fine-tunes")]),
        ("/incident status please", []),
        ("/undo", [Undo(None)]),
        ("/undo #41", [Undo(41)]),
        ("/mute inference_first for 7d", [Mute("inference_first", NOW_MS + 7 * DAY_MS)]),
        ("/mute inference_first", [Mute("inference_first", NOW_MS + 30 * DAY_MS)]),
        ("/unmute inference_first", [Mute("inference_first", 0)]),
        ("/mute metrics for 7d", [Mute("metrics", NOW_MS + 7 * DAY_MS)]),
        ("/unmute metrics", [Mute("metrics", 0)]),
        ("/why", []),
        ("/help", []),
    ],
)
def test_a_command_leads_to_its_operations(text: str, operations: list[Operation]) -> None:
    """Times count from the comment on."""
    assert list(reply_to(text).operations) == operations


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/priority", "the priority is missing"),
        ("/priority asap", "`asap` is not a priority"),
        ("/priority high for 3 moons", "`3moons` is not a duration"),
        ("/hold urgent for 1d", "`/priority urgent` sets another"),
        ("/workload fun", "the workload is missing"),
        ("/incident perhaps", "write `/incident yes|no|status|split|join TASK"),
        ("/undo 4x", "`4x` is not the number of a change"),
        ("/mute", "write `/mute AUTOMATION"),
        ("/mute inference_frist", "Did you mean `inference_first`?"),
        ("/pirority high", "no command `/pirority`. Did you mean `/priority`?"),
    ],
)
def test_a_misused_command_is_answered_with_the_way_out(text: str, told: str) -> None:
    """And does nothing."""
    reply = reply_to(text)
    assert told in reply.text
    assert reply.operations == ()


def test_a_reason_is_repeated_as_plain_text() -> None:
    """Nobody can hide a link in the bot's words."""
    reply = reply_to("/priority high because [see here](https://evil.example) **now**")
    assert reply.text.endswith("Reason: see here(https://evil.example) now")


def test_an_incident_of_another_workload_leads_to_the_workload() -> None:
    """The classifier learns incidents of inference only."""
    decision = Decision("t1", 3, 3, "other", "normal", "other.normal")
    assert "`/workload inference` too" in reply_to("/incident yes", decision=decision).text
    assert "/workload" not in reply_to("/incident no", decision=decision).text


def test_a_task_without_priority_cannot_be_held() -> None:
    """There is nothing to keep."""
    assert reply_to("/hold", task=task(priority=None)).operations == ()


def test_a_guest_may_ask_but_not_steer() -> None:
    """The refusal says so, once, and what is possible."""
    reply = reply_to("/priority urgent", "guest")
    assert reply.text.startswith("`/priority` is not allowed for the role guest. `/help` lists")
    assert reply.operations == ()
    assert reply_to("/why", "guest").text
    assert "/priority" not in reply_to("/help", "guest").text


def test_the_team_can_say_who_may_do_what() -> None:
    """By command; a command that does not exist is an error that lists those that do."""
    assert "mute" not in select_allowed(COMMANDS, {"mute": "admin"}, "member")
    assert "mute" in select_allowed(COMMANDS, {"mute": "admin"}, "owner")
    with pytest.raises(ConfigError, match='no command "mtue"'):
        select_allowed(COMMANDS, {"mtue": "admin"}, "member")


def test_why_tells_the_decision_and_the_person_who_wins() -> None:
    """The same text as `clickup-mlops why`, and until when a choice holds."""
    decision = Decision("t1", 2, 3, "inference", "due", "inference.due", ("Due today.",))
    override = Override(1, "Bo", NOW_MS, NOW_MS + DAY_MS)
    state = TaskState(2, Outcome("written"), override=override)
    reply = reply_to("/why", decision=decision, state=state)
    assert "Decided by inference.due." in reply.text
    assert "Urgent is held for Bo until 2026-01-06 12:00 UTC" in reply.text
    assert reply_to("/why").text.startswith("There is no decision about this task yet")


def test_why_tells_of_a_task_that_nobody_judges() -> None:
    """An automation that is muted or switched off will not decide when the task changes."""
    muted = Muted("inference_first", NOW_MS + DAY_MS, "Bo", "it flips")
    text = reply_to("/why", state=TaskState(None, Outcome("unknown"), muted=(muted,))).text
    assert "no active automation applies the policy to it" in text
    assert "until 2026-01-06 12:00 UTC, by Bo, because it flips." in text
    assert "no active automation applies" in reply_to("/why", modes={"inference_first": "off"}).text


@pytest.mark.parametrize(
    ("mode", "told"), [("shadow", "only in shadow mode here"), ("off", "switched off")]
)
def test_no_answer_promises_an_automation_that_does_nothing(mode: str, told: str) -> None:
    """Neither that the policy decides, nor that it acts."""
    for text in ("/release", "/unmute inference_first"):
        reply = reply_to(text, modes={"inference_first": mode}).text
        assert told in reply
        assert "decides again" not in reply and "acts on" not in reply


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_no_answer_is_a_command_itself(name: str, role: Role) -> None:
    """So the bot never answers itself, even where it writes with a person's token."""
    for remainder in ("", "high", "inference_first", "nonsense"):
        reply = answer(Invocation(name, remainder), request(role), COMMANDS)
        assert parsing.find(reply.text) is None


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_says_what_it_does(name: str) -> None:
    """For `/help` and the reference page."""
    assert COMMANDS[name].usage.startswith(f"/{name}")
    assert COMMANDS[name].summary.endswith(".")


ARGUMENTS = {
    "ack": ["", "for 2h", "2h"],
    "hold": ["", "for 2h", "2h"],
    "incident": ["yes", "no", "status", "split", "join 86dd5yi6a"],
    "mute": ["inference_first", "metrics for 7d"],
    "oncall": ["", "take", "take 4h", "take rotation serving for 2h", "take until 18:00"],
    "priority": ["high", "low for 3d", "Urgent 2w"],
    "run": ["inference_first"],
    "silence": ["", "for 2h", "2h"],
    "undo": ["", "41", "#41"],
    "unmute": ["inference_first"],
    "workload": ["training", "Infra"],
}
"""Valid arguments of each command that takes some."""
NAMED = {"lead"}
"""Their argument is a name of several words, which ends where a word such as `because` begins."""
VALID = {
    name: ARGUMENTS[name] if command.has_time or command.takes is not no_words else [""]
    for name, command in COMMANDS.items()
    if name not in NAMED
}
WORDS = st.text("abcdefgxyzäß ", min_size=3, max_size=40).filter(str.strip)
REASONS = st.builds("R{}".format, WORDS)
POLITE = ["", "please ", "Bitte ", "por favor, ", "s'il vous plaît "]
LAST = ["", " please", ", thanks!", " danke schön", ", gracias.", " svp, merci"]
BEFORE = [" because ", " ", ", ", ": ", " weil ", " porque "]


@given(st.data(), st.sampled_from(sorted(VALID)), REASONS)
def test_text_after_the_arguments_of_any_command_is_the_reason(
    data: st.DataObject, name: str, reason: str
) -> None:
    """However it is introduced, and however polite: the operations are those of the arguments,
    and the answer, which the audit keeps, repeats the reason.
    """
    arguments = data.draw(st.sampled_from(VALID[name]))
    first, last, before = (
        data.draw(st.sampled_from(phrases)) for phrases in (POLITE, LAST, BEFORE)
    )
    decided = {"role": "admin", "commands": COMMANDS}
    plain = reply_to(f"/{name} {arguments}", **decided)
    polite = reply_to(f"/{name} {first}{arguments}{before}{reason}{last}", **decided)

    assert [*map(_without_reason, polite.operations)] == [*plain.operations]
    message = " ".join(reason.split())
    becauses = {
        operation.because for operation in polite.operations if hasattr(operation, "because")
    }
    assert {" ".join(because.split()) for because in becauses} <= {message}
    if polite.operations:
        assert polite.text == f"{plain.text} Reason: {message}".strip()
    else:
        assert polite == plain


def _without_reason(operation: Operation) -> Operation:
    return replace(operation, because="") if hasattr(operation, "because") else operation
