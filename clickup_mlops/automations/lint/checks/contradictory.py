"""`contradictory`: automations that want different values of one thing in one situation."""

from collections.abc import Iterator
from typing import Any

from clickup_mlops.automations.lint.model import Actions, Check, Remark, Subject
from clickup_mlops.automations.model import Action, Automation

NAME = "contradictory"


def look(subject: Subject) -> Iterator[Remark]:
    """Each pair once, with the first situation that shows it."""
    for first_automation, second_automation in subject.pairs:
        for sample, first, second in subject.both(first_automation, second_automation):
            clash = _clash(subject, first, second)
            if clash is not None:
                yield _remark(
                    first_automation, second_automation, sample.name, *clash, is_kept=_keeps(second)
                )
                break


def _clash(subject: Subject, first: Actions, second: Actions) -> tuple[Action, Action] | None:
    by_kind = {_target(action): action for action in first}
    for action in second:
        against = by_kind.get(_target(action))
        is_value = bool(subject.effects[action.change.effect].touches)
        if is_value and against and against.change.after != action.change.after:
            return against, action
    return None


def _target(action: Action) -> tuple[Any, ...]:
    return action.task_id, action.change.kind


def _keeps(actions: Actions) -> bool:
    """Whether what is written last is then left alone, so that there is no back and forth."""
    return any(action.change.effect == "hold" for action in actions)


def _remark(
    first_automation: Automation,
    second_automation: Automation,
    where: str,
    first: Action,
    second: Action,
    *,
    is_kept: bool,
) -> Remark:
    names = first_automation.name, second_automation.name
    text = f"{first.change.kind}: {names[0]} wants {first.change.text}, {names[1]} wants "
    hint = f"Make one condition exclude the other. As it is, {names[1]} writes last."
    return Remark(
        NAME, "note" if is_kept else "error", names, text + second.change.text, hint, where
    )


CHECK = Check("Two automations that want different values of the same thing.", look)
