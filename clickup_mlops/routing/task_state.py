"""Current state of a task: priority, outcome of the latest decision, holds, mutes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from clickup_mlops.routing.decision import Decision, moment, title
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
        whose = f", after an undo ({self.user})" if self.by_undo else by_whom
        because = f", because {self.because}" if self.because else ""
        until = f"until {moment(self.until_ms)}"
        return f"`{self.automation}` is muted on this task {until}{whose}{because}."


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
class Said:
    """What a person said about the task by a command, and why."""

    what: str | bool
    """The workload, or whether it is a live incident."""
    user: str
    because: str = ""

    @property
    def sentence(self) -> str:
        """It as a sentence."""
        if isinstance(self.what, bool):
            about = "that this is a live incident" if self.what else "that this is no incident"
        else:
            about = f"that the workload is {self.what}"
        return f"{self.user} said {about}{f', because {self.because}' if self.because else ''}."

    def holds(self, decision: Decision) -> bool:
        """Whether the decision is still what the person said."""
        if isinstance(self.what, bool):
            return (decision.tier == "incident") == self.what
        return decision.workload == self.what


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
    said: tuple[Said, ...] = ()
    """By `/workload` and `/incident`."""


UNKNOWN: Final = TaskState(None, Outcome("unknown"))


def describe(decision: Decision, state: TaskState) -> str:
    """Why the task has its priority, or why the decision was not written; its place among the open
    tasks; holds and mutes.
    """
    lines = explain(decision).splitlines()
    if state.priority != decision.priority or not state.outcome.has:
        lines = [*_apart(decision, state), *_decided(lines[1:])]
    place = [state.place.sentence] if state.place else []
    said = [one.sentence for one in state.said if one.holds(decision)]
    return "\n".join([*lines, *place, *said, *holds_and_mutes(state)])


def holds_and_mutes(state: TaskState) -> list[str]:
    """A sentence about the held priority, and one for each automation that is muted or waits."""
    waiting = [
        f"`{name}` is evaluated again at {moment(until_ms)}." for name, until_ms in state.waiting
    ]
    muted = [f"{one.sentence} `/unmute {one.automation}` ends that." for one in state.muted]
    return [*describe_hold(state.override), *muted, *waiting]


def describe_hold(override: Override | None) -> list[str]:
    """A sentence about the held priority; none if no priority is held."""
    if override is None or override.priority is None:
        return []
    return [f"{title(override.priority)} is {hold_phrase(override)}. `/release` ends that."]


def hold_phrase(override: Override) -> str:
    """Who or what holds a priority, until when, and why."""
    if override.automation:
        whose = f"held by the automation `{override.automation}`"
    else:
        whose = f"held after an undo ({override.user})" if override.undo else _kept(override)
    until = "" if override.until_ms is None else f" until {moment(override.until_ms)}"
    because = BECAUSE.get(override.origin) or override.because
    return f"{whose}{until}{f', because {because}' if because else ''}"


BECAUSE: Final[Mapping[str, str]] = {
    "creation": "the task was created with it",
    "existing": "the task had it before the bot was installed",
}
"""Why a priority is held that nobody set since, by its origin."""


def _kept(override: Override) -> str:
    return {
        "change": f"held for {override.user}",
        "creation": "held",
        "existing": "held",
        "import": "imported",
    }[override.origin]


def _apart(decision: Decision, state: TaskState) -> list[str]:
    """The lines for a task whose priority is not the result of the decision."""
    now, wanted = title(state.priority), title(decision.priority)
    head = f"Task {decision.task_id}: {now} now. Decided: {wanted}, by {decision.decided_by}."
    if state.priority == decision.priority:
        return [head]
    outcome = state.outcome
    since = f" {state.changed_by} changed the priority since." if state.changed_by else ""
    if outcome.has and not since:
        since = " The priority was changed since."
    return [head, f"{outcome.sentence}{since}"]


def _decided(lines: list[str]) -> list[str]:
    return [line.replace("Set by event ", "Decided at event ", 1) for line in lines]
