"""How a task stands now: its priority, what became of the newest decision, who holds it. Pure."""

from dataclasses import dataclass
from typing import Final

from clickup_mlops.routing.decision import Decision, moment, title
from clickup_mlops.routing.explain import explain
from clickup_mlops.routing.facts import Override
from clickup_mlops.routing.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Muted:
    """An automation that leaves the task alone until then (Unix ms), and on whose word."""

    automation: str
    until_ms: int
    user: str = ""
    because: str = ""
    by_undo: bool = False

    @property
    def sentence(self) -> str:
        """For people."""
        by_whom = f", muted by {self.user}" if self.user else ""
        whose = f", after an undo ({self.user})" if self.by_undo else by_whom
        because = f", because {self.because}" if self.because else ""
        until = f"until {moment(self.until_ms)}"
        return f"`{self.automation}` leaves this task alone {until}{whose}{because}."


@dataclass(frozen=True, slots=True)
class Standing:
    """What is so on a task, as far as the bot knows; `priority` is what the task has."""

    priority: int | None
    outcome: Outcome
    """Of the newest decision."""
    changed_by: str = ""
    """Who has set this priority since that decision, if it is known."""
    override: Override | None = None
    muted: tuple[Muted, ...] = ()


UNKNOWN: Final = Standing(None, Outcome("unknown"))


def tell(decision: Decision, standing: Standing) -> str:
    """Why the task has its priority, or what kept the decided one from it; what holds it now."""
    lines = explain(decision).splitlines()
    if standing.priority != decision.priority or not standing.outcome.has:
        lines = [*_apart(decision, standing), *_decided(lines[1:])]
    return "\n".join([*lines, *holds(standing)])


def holds(standing: Standing) -> list[str]:
    """A sentence about the priority that is held, and one for each automation that is muted."""
    muted = [f"{one.sentence} `/unmute {one.automation}` ends that." for one in standing.muted]
    return [*held(standing.override), *muted]


def held(override: Override | None) -> list[str]:
    """A sentence about the priority that is held; none if there is none."""
    if override is None or override.priority is None:
        return []
    return [f"{title(override.priority)} is {holding(override)}. `/release` ends that."]


def holding(override: Override) -> str:
    """For whom or by what a priority is kept, until when, and why."""
    if override.automation:
        whose = f"held by the automation `{override.automation}`"
    else:
        whose = f"kept after an undo ({override.user})" if override.undo else _kept(override)
    until = "" if override.until_ms is None else f" until {moment(override.until_ms)}"
    because = _BECAUSE.get(override.origin) or override.because
    return f"{whose}{until}{f', because {because}' if because else ''}"


_BECAUSE = {
    "creation": "the task was created with it",
    "existing": "the task had it before the bot came",
}


def _kept(override: Override) -> str:
    return {
        "change": f"kept for {override.user}",
        "creation": "kept",
        "existing": "kept",
        "import": "imported",
    }[override.origin]


def _apart(decision: Decision, standing: Standing) -> list[str]:
    """The task has another priority, or has it for another reason."""
    now, wanted = title(standing.priority), title(decision.priority)
    head = f"Task {decision.task_id}: {now} now. Decided: {wanted}, by {decision.decided_by}."
    if standing.priority == decision.priority:
        return [head]
    outcome = standing.outcome
    since = f" {standing.changed_by} changed the priority since." if standing.changed_by else ""
    if outcome.has and not since:
        since = " The priority was changed since."
    return [head, f"{outcome.sentence}{since}"]


def _decided(lines: list[str]) -> list[str]:
    return [line.replace("Set by event ", "Decided at event ", 1) for line in lines]
