"""`contradictory`: automations that want different values of one thing in one situation."""

from collections.abc import Iterator
from typing import Any

from clickup_mlops.automations.lint.model import Actions, Check, Remark, Subject
from clickup_mlops.automations.model import Action, Automation

NAME = "contradictory"


def look(subject: Subject) -> Iterator[Remark]:
    """Each pair once, with the first situation that shows it."""
    for one, other in subject.pairs:
        for sample, first, second in subject.both(one, other):
            clash = _clash(subject, first, second)
            if clash is not None:
                yield _remark(one, other, sample.name, *clash, kept=_keeps(second))
                break


def _clash(subject: Subject, first: Actions, second: Actions) -> tuple[Action, Action] | None:
    wanted = {_what(action): action for action in first}
    for action in second:
        against = wanted.get(_what(action))
        is_value = bool(subject.effects[action.change.effect].touches)
        if is_value and against and against.change.after != action.change.after:
            return against, action
    return None


def _what(action: Action) -> tuple[Any, ...]:
    return action.task_id, action.change.kind


def _keeps(actions: Actions) -> bool:
    """Whether what is written last is then left alone, so that there is no back and forth."""
    return any(action.change.effect == "hold" for action in actions)


def _remark(
    one: Automation, other: Automation, where: str, first: Action, second: Action, *, kept: bool
) -> Remark:
    text = f"{first.change.kind}: {one.name} wants {first.change.text}, {other.name} wants "
    hint = f"Make one condition exclude the other. As it is, {other.name} writes last."
    names = one.name, other.name
    return Remark(NAME, "note" if kept else "error", names, text + second.change.text, hint, where)


CHECK = Check("Two automations that want different values of the same thing.", look)
