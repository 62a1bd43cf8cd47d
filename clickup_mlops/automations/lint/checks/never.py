"""`never`: a rule's condition does not hold in any situation that is known."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.automations.cel import Condition
from clickup_mlops.automations.lint.model import Check, Remark, Subject
from clickup_mlops.automations.model import Rule

NAME = "never"
ENOUGH: Final = 50
"""So many recorded situations say something."""


def look(subject: Subject) -> Iterator[Remark]:
    """Conditions that are always false, and rules that never act."""
    for rule in subject.active:
        if rule.when and is_never(rule.when):
            hint = "Write a condition that can hold, or remove the rule."
            yield Remark(NAME, "error", (rule.name,), "never fires: `when` is always false", hint)
        else:
            yield from _idle(subject, rule)
        if rule.until and is_never(rule.until):
            text = "acts once for each task and never again: `until` is always false"
            hint = "Write an `until` that can hold."
            yield Remark(NAME, "warning", (rule.name,), text, hint)


def is_never(condition: Condition) -> bool:
    """Whether it mentions no variable and is false."""
    return not condition.needs and condition.holds({}) is not True


def _idle(subject: Subject, rule: Rule) -> Iterator[Remark]:
    own = [one for one in subject.samples if one.owner == rule.name]
    if own and not any(subject.acts(rule, one, one.example.event.kind) for one in own):
        text = f"never fires: it acts in none of its {len(own)} examples"
        hint = f"`clickup-mlops rules test {rule.name}` shows what happens in each."
        yield Remark(NAME, "error", (rule.name,), text, hint)
        return
    yield from _never_yet(subject, rule)


def _never_yet(subject: Subject, rule: Rule) -> Iterator[Remark]:
    heard = [s for s in subject.samples if not s.owner and s.example.event.kind in rule.on]
    if len(heard) >= ENOUGH and not any(
        subject.acts(rule, one, one.example.event.kind) for one in heard
    ):
        text = f"acts in none of the {len(heard)} recorded situations of which it hears"
        hint = "Right for a rule about rare events; else compare its condition with real tasks."
        yield Remark(NAME, "note", (rule.name,), text, hint)


CHECK = Check("Rules whose condition never holds.", look)
