"""Current state of a task: priority, outcome of the latest decision, holds, mutes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from clickup_mlops.routing.decision import Decision, format_moment, format_priority
from clickup_mlops.routing.explain import explain
from clickup_mlops.routing.facts import Override
from clickup_mlops.routing.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Muted:
    """An automation that is muted on the task until then (Unix ms), by whom and why."""

    automation: str
    until_ms: int
    user: str = ""
    because: str = ""
    by_undo: bool = False

    @property
    def sentence(self) -> str:
        """The mute as a sentence."""
        by_whom = f", by {self.user}" if self.user else ""
        author = f", after an undo ({self.user})" if self.by_undo else by_whom
        because = f", because {self.because}" if self.because else ""
        until = f"until {format_moment(self.until_ms)}"
        return f"`{self.automation}` is muted on this task {until}{author}{because}."


@dataclass(frozen=True, slots=True)
class Standing:
    """The place of a task in a lane, 1 is first, and how many open tasks the lane has."""

    lane: str
    place: int
    total: int

    @property
    def sentence(self) -> str:
        """The place as a sentence."""
        tasks = "task" if self.total == 1 else "tasks"
        return f"Place {self.place} of {self.total} open {self.lane} {tasks}."


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person said about the task by a command, and why."""

    claim: str | bool
    """The workload, or whether it is a live incident."""
    user: str
    because: str = ""

    @property
    def sentence(self) -> str:
        """It as a sentence."""
        if isinstance(self.claim, bool):
            about = "that this is a live incident" if self.claim else "that this is no incident"
        else:
            about = f"that the workload is {self.claim}"
        return f"{self.user} said {about}{f', because {self.because}' if self.because else ''}."

    def holds(self, decision: Decision) -> bool:
        """Whether the decision is still what the person said."""
        if isinstance(self.claim, bool):
            return (decision.tier == "incident") == self.claim
        return decision.workload == self.claim


@dataclass(frozen=True, slots=True)
class TaskState:
    """The state of a task as far as the bot knows; `priority` is the priority in ClickUp."""

    priority: int | None
    outcome: Outcome
    """Of the latest decision."""
    changed_by: str = ""
    """Who has set this priority since that decision, if known."""
    override: Override | None = None
    muted: tuple[Muted, ...] = ()
    waiting: tuple[tuple[str, int], ...] = ()
    """The automations that will be evaluated because their `after` is over then (Unix ms)."""
    place: Standing | None = None
    """Where it stands in its lane, if it is in one."""
    statements: tuple[Statement, ...] = ()
    """By `/workload` and `/incident`."""
    numbers: tuple[str, ...] = ()
    """A sentence about each number that the bot fills in: whence, and when it was read."""


UNKNOWN: Final = TaskState(None, Outcome("unknown"))


def describe(decision: Decision, state: TaskState) -> str:
    """Why the task has its priority, or why the decision was not written; its place among the open
    tasks; holds and mutes.
    """
    lines = explain(decision).splitlines()
    if state.priority != decision.priority or not state.outcome.is_applied:
        lines = [*_explain_difference(decision, state), *lines[1:]]
    place = [state.place.sentence] if state.place else []
    statements = [statement.sentence for statement in state.statements if statement.holds(decision)]
    return "\n".join([*lines, *place, *statements, *describe_holds_and_mutes(state)])


def describe_holds_and_mutes(state: TaskState) -> list[str]:
    """A sentence about the held priority, and one for each automation that is muted or waits, and
    for each number that the bot fills in.
    """
    waiting = [
        f"`{name}` is evaluated again at {format_moment(until_ms)}."
        for name, until_ms in state.waiting
    ]
    muted = [f"{mute.sentence} `/unmute {mute.automation}` ends that." for mute in state.muted]
    return [*describe_hold(state.override), *muted, *waiting, *state.numbers]


def describe_hold(override: Override | None) -> list[str]:
    """A sentence about the held priority; none if no priority is held."""
    if override is None or override.priority is None:
        return []
    return [
        f"{format_priority(override.priority)} is {format_hold(override)}. `/release` ends that."
    ]


def format_hold(override: Override) -> str:
    """Who or what holds a priority, until when, and why."""
    if override.automation:
        holder = f"held by the automation `{override.automation}`"
    else:
        holder = (
            f"held after an undo ({override.user})" if override.undo else _describe_origin(override)
        )
    until = "" if override.until_ms is None else f" until {format_moment(override.until_ms)}"
    if until and override.automation:
        until += " at most"  # one that was set for an alert ends with it
    because = BECAUSE.get(override.origin) or override.because
    return f"{holder}{until}{f', because {because}' if because else ''}"


BECAUSE: Final[Mapping[str, str]] = {
    "creation": "the task was created with it",
    "existing": "the task had it before the bot was installed",
}
"""Why a priority is held that nobody set since, by its origin."""


def _describe_origin(override: Override) -> str:
    return {
        "change": f"held for {override.user}",
        "creation": "held",
        "existing": "held",
        "import": "imported",
    }[override.origin]


def _explain_difference(decision: Decision, state: TaskState) -> list[str]:
    """The lines for a task whose priority is not the result of the decision."""
    now, decided_title = format_priority(state.priority), format_priority(decision.priority)
    head = (
        f"Task {decision.task_id}: {now} now. Decided: {decided_title}, by {decision.decided_by}."
    )
    if state.priority == decision.priority:
        return [head]
    outcome = state.outcome
    since = f" {state.changed_by} changed the priority since." if state.changed_by else ""
    if outcome.is_applied and not since:
        since = " The priority was changed since."
    return [head, f"{outcome.sentence}{since}"]
