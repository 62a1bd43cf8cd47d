"""`/incident`: whether this task is a live incident, of which one it is a part, how it stands and
how people handle it.
"""

from collections.abc import Sequence
from typing import Final

from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.commands import phrases
from clickup_mlops.commands.model import (
    Arguments,
    Reply,
    Request,
    SlashCommand,
    UsageError,
)
from clickup_mlops.features.incidents.commands import (
    JoinIncident,
    LeadIncident,
    ReportIncident,
    SetIncident,
    SplitIncident,
)
from clickup_mlops.features.incidents.course import STAGES
from clickup_mlops.features.incidents.model import IncidentView
from clickup_mlops.features.incidents.names import count_name_words
from clickup_mlops.features.incidents.status import format_status, task_url
from clickup_mlops.routing.task_state import describe_hold

USAGE = (
    "/incident yes|no|status|split|join TASK|lead NAME|severity 1-5"
    "|investigating|identified|mitigated|update [TEXT]"
)
URGENT: Final = 1
_ANSWERS = {"yes": True, "no": False}
_JOIN: Final = "join"
_SPLIT: Final = "split"
_STATUS: Final = "status"
_LEAD: Final = "lead"
_SEVERITY: Final = "severity"
_UPDATE: Final = "update"
_SEVERITIES: Final = {
    spelling: f"SEV{number}"
    for number in range(1, 6)
    for spelling in (f"{number}", f"sev{number}", f"sev-{number}", f"s{number}")
}

Operation = SetIncident | JoinIncident | SplitIncident | LeadIncident | ReportIncident
Choice = Operation | None
"""What it is or is a part of; None: the question how it stands."""


def takes(words: Sequence[str]) -> int:
    """One word; `join` and the task, `severity` and its number, `lead` and a name."""
    word = words[0].lower() if words else ""
    if word == _LEAD:
        return 1 + count_name_words(words[1:])
    return 2 if word in (_JOIN, _SEVERITY) else 1


def read(arguments: Arguments) -> Choice:
    """The first word says what; see `USAGE`. A task is an id, a custom id or an address."""
    word = arguments.first_word.lower()
    if word == _STATUS:
        return None
    if word == _SPLIT:
        return SplitIncident()
    if word == _JOIN:
        if len(arguments.words) < takes(arguments.words):
            raise UsageError(f"which task's incident? Write `{USAGE}`")
        return JoinIncident(arguments.words[1])
    if (report := _read_report(word, arguments)) is not None:
        return report
    if word not in _ANSWERS:
        raise UsageError(f"`yes`, `no`, `status` or another word is missing: write `{USAGE}`")
    return SetIncident(_ANSWERS[word], arguments.because)


def _read_report(word: str, arguments: Arguments) -> LeadIncident | ReportIncident | None:
    """How people handle it; None: the word says something else."""
    if word == _LEAD:
        return LeadIncident(" ".join(arguments.words[1:]) or "me")
    if word == _SEVERITY:
        severity = _SEVERITIES.get(" ".join(arguments.words[1:]).lower())
        if severity is None:
            raise UsageError("how severe? Write a number from `1` (worst) to `5`")
        return ReportIncident("severity", severity, arguments.because)
    if word in STAGES:
        return ReportIncident("stage", word, arguments.because)
    if word == _UPDATE and not arguments.because:
        raise UsageError("the text is missing: write `/incident update TEXT`")
    return ReportIncident("text", "", arguments.because) if word == _UPDATE else None


def answer(request: Request, choice: Choice) -> Reply:
    """Written to the task, and kept as an example for the classifier; what is newer stays. What
    belongs together is answered when it is done.
    """
    if choice is None:
        return Reply(_status(request.view(IncidentView), request.task.id))
    if not isinstance(choice, SetIncident):
        return Reply("", (choice,), repeats_reason=isinstance(choice, ReportIncident))
    if later := phrases.said_later(request, "incident"):
        return Reply(later)
    text = "Confirmed: a live **incident**." if choice.live else "Noted: **no incident**."
    return Reply(f"{text}{_workload(request, choice.live)}{_hold(request, choice.live)}", (choice,))


def _status(view: IncidentView | None, task_id: str) -> str:
    if view is None:
        return "This task is part of no incident."
    if view.incident.is_open and not view.affects(task_id):
        link = f"**{escape_markdown(view.incident.title)}** {task_url(view.incident.task_id)}"
        return f"This task has left its incident, which goes on in {link}"
    return format_status(view, links=False)


def _hold(request: Request, live: bool) -> str:
    """That the priority of a person stays, if it is not the incident's."""
    held = request.state.override
    is_other = held is not None and not held.automation and held.priority not in (None, URGENT)
    return f" The hold wins: {' '.join(describe_hold(held))}" if live and is_other else ""


def _workload(request: Request, live: bool) -> str:
    workload = request.decision.workload if request.decision else "inference"
    if not live or workload == "inference":
        return ""
    return f" Its workload is {workload}; if a served model fails, write `/workload inference` too."


COMMAND = SlashCommand(
    "Confirms or refuses that this task is a live incident, from which `routing learn` learns; "
    "shows its status; joins its incident to that of another task, or splits it from its incident; "
    "says who leads, how severe it is, how far people are (`mitigated`) or what is going on.",
    USAGE,
    "member",
    read,
    answer,
    takes=takes,
    only_asks=lambda arguments: arguments.first_word.lower() == _STATUS,
)
