"""What an automation for the whole workspace cannot use, because there is no task. Pure."""

from collections.abc import Iterator

from clickup_mlops.automations.conditions.cel import Condition
from clickup_mlops.automations.model import Automation


def find_task_needs(automation: Automation) -> Iterator[tuple[str, str]]:
    """What an automation with `per = "workspace"` cannot use."""
    if automation.per != "workspace":
        return
    for name, step in (
        (f"{part}", candidate) for part in ("do", "then") for candidate in getattr(automation, part)
    ):
        if step.action.needs_task or step.target != "self":
            yield name, f'"{step.name}" needs a task, and with `per = "workspace"` there is none'
    for condition in automation.conditions:
        missing = [variable for variable in condition.needs if variable[:5] == "task."]
        if missing:
            yield (
                _key_of(automation, condition),
                f'there is no {missing[0]} with `per = "workspace"`',
            )


def _key_of(automation: Automation, condition: Condition) -> str:
    """Where a condition stands in the file."""
    keys = ("when", "unless", "until")
    own_key = next((key for key in keys if getattr(automation, key) is condition), "")
    return own_key or next(
        f"{part}.{number}.when"
        for part in ("do", "then")
        for number, step in enumerate(getattr(automation, part))
        if step.when is condition
    )
