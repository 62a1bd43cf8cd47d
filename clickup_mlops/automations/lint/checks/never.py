"""`never`: an automation's condition does not hold in any situation that is known."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.automations.conditions.cel import Condition
from clickup_mlops.automations.engine import listens
from clickup_mlops.automations.lint.model import Check, Remark, Subject
from clickup_mlops.automations.model import Automation
from clickup_mlops.spelling import format_count

NAME = "never"
ENOUGH: Final = 50
"""So many recorded situations say something."""


def look(subject: Subject) -> Iterator[Remark]:
    """Conditions that are always false, and automations that never act."""
    for automation in subject.active:
        if automation.when and is_never(automation.when):
            hint = "Write a condition that can hold, or remove the automation."
            yield Remark(
                NAME, "error", (automation.name,), "never fires: `when` is always false", hint
            )
        elif automation.unless and is_always(automation.unless):
            text, hint = "never acts: `unless` is always true", "Write an `unless` that can fail."
            yield Remark(NAME, "error", (automation.name,), text, hint)
        else:
            yield from _idle(subject, automation)
        if automation.until and is_never(automation.until):
            text = "acts once for each task and never again: `until` is always false"
            hint = "Write an `until` that can hold."
            yield Remark(NAME, "warning", (automation.name,), text, hint)


def is_never(condition: Condition) -> bool:
    """Whether it mentions no variable and is false."""
    return not condition.needs and condition.holds({}) is not True


def is_always(condition: Condition) -> bool:
    """Whether it mentions no variable and is true."""
    return not condition.needs and condition.holds({}) is True


def _idle(subject: Subject, automation: Automation) -> Iterator[Remark]:
    samples = [sample for sample in subject.samples if sample.owner == automation.name]
    if samples and not any(
        subject.acts(automation, sample, sample.example.event.kind) for sample in samples
    ):
        text = f"never fires: it acts in none of its {format_count(len(samples), 'example')}"
        hint = f"`clickup-mlops automations test {automation.name}` shows what happens in each."
        yield Remark(NAME, "error", (automation.name,), text, hint)
        return
    yield from _never_yet(subject, automation)


def _never_yet(subject: Subject, automation: Automation) -> Iterator[Remark]:
    recorded = [s for s in subject.samples if not s.owner and listens(automation, s.example.event)]
    if len(recorded) >= ENOUGH and not any(
        subject.acts(automation, sample, sample.example.event.kind) for sample in recorded
    ):
        text = f"acts in none of the {len(recorded)} recorded situations that it listens for"
        hint = (
            "Right for an automation about rare events; else compare its condition with real tasks."
        )
        yield Remark(NAME, "note", (automation.name,), text, hint)


CHECK = Check("Automations whose condition never holds.", look)
