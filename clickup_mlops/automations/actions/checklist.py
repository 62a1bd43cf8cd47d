"""`checklist`: add a checklist to the task, or items to it."""

from pydantic import Field

from clickup_mlops.automations.effects.checklist import of
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered
from clickup_mlops.automations.text import Title
from clickup_mlops.config import Table
from clickup_mlops.spelling import format_count


class Options(Table):
    """Its name and items."""

    name: Title
    """Name of the checklist."""
    items: tuple[Title, ...] = Field(min_length=1)
    """Its items. Those that are missing are added; checked ones and others stay as they are."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the task has the checklist with all items."""
    name = options.name.fill(situation).strip()
    if not name:
        raise Unanswered(f'name: "{options.name}" gives no name here')
    existing = of(situation.task, name)
    have = None if existing is None else [item.name for item in existing.items]
    desired = dict.fromkeys(item.fill(situation).strip() for item in options.items)
    missing = [item for item in desired if item and item not in (have or ())]
    if existing is not None and not missing:
        return None
    # As the task spells it: the change is about that checklist, not about another one.
    kind = f"checklist:{existing.name if existing else name}"
    text = f'checklist "{name}": + {format_count(len(missing), "item")}'
    return Change(kind, have, [*(have or ()), *missing], text, {"name": name, "items": missing})


ACTION = ActionType(
    "Add a checklist to the task, or items to it.", Options, plan, writes=("checklist",)
)
