"""`unheard`: what an automation waits for never comes."""

from collections.abc import Iterator

from clickup_mlops.automations.events import (
    BACKFILL,
    INTEGRATION,
    MANUAL,
    REEVALUATION,
    SCHEDULE,
    is_of_any_system,
)
from clickup_mlops.automations.lint.model import Check, Known, Remark, Subject, Weight
from clickup_mlops.automations.model import Automation
from clickup_mlops.automations.vocabulary import own_events

NAME = "unheard"
_OWN = {REEVALUATION, BACKFILL, MANUAL}
"""Events that the bot creates itself, besides those of features."""


def look(subject: Subject) -> Iterator[Remark]:
    """Events that nobody asks for, systems that may not report, schedules that are over."""
    for automation in subject.active:
        missing = [kind for kind in sorted(automation.on) if not _comes(kind, automation, subject)]
        if missing and len(missing) == len(automation.on):
            text = f"never fires: {', '.join(missing)} cannot come"
            yield Remark(NAME, "error", (automation.name,), text, _hint(missing))
        elif missing:
            text = f"does not receive {', '.join(missing)}"
            yield Remark(NAME, _weight(missing), (automation.name,), text, _hint(missing))


def _weight(missing: list[str]) -> Weight:
    # A report is often the second source of the same news; an event is missed.
    reports = all(kind.startswith(f"{INTEGRATION}:") for kind in missing)
    return "note" if reports else "warning"


def _comes(kind: str, automation: Automation, subject: Subject) -> bool:
    family, _, source = kind.partition(":")
    if family == SCHEDULE:
        return (
            automation.schedule is None or automation.schedule.next_ms(subject.now_ms) is not None
        )
    if family == INTEGRATION:
        sources = subject.known.sources
        if is_of_any_system(kind):
            return sources is None or bool(sources)
        return sources is None or source.partition(".")[0] in sources
    return kind in _OWN | own_events() or _asked_for(kind, subject.known)


def _asked_for(kind: str, environment: Known) -> bool:
    return environment.events is None or bool(environment.events & {kind, "*"})


def _hint(missing: list[str]) -> str:
    """For the first of them; the others are like it or seldom."""
    family, _, source = missing[0].partition(":")
    if family == SCHEDULE:
        return "Its `cron` names no time that is still to come."
    if family == INTEGRATION:
        if is_of_any_system(missing[0]):
            return "Configure a system that reports: [integrations.<name>]."
        return f"Configure [integrations.{source.partition('.')[0]}], or take it out of `on`."
    return f'Add "{missing[0]}" to `hooks.events` in the configuration.'


CHECK = Check("Events that never come: not asked for, not configured, or over.", look)
