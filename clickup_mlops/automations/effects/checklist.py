"""`checklist:<name>`: a checklist of the task: the names of its items, or None for no checklist.

ClickUp takes one call for the checklist and one for each item. What a cut left undone is done by
the next round, which reads what is there. ClickUp does not say to which checklist a reported item
belongs, so the events of items are not taken for our own; they find nothing to do.
"""

from contextlib import suppress
from dataclasses import replace

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, Lost, Receipt
from clickup_mlops.clickup.content import Checklist
from clickup_mlops.clickup.model import HistoryItem, Task
from clickup_mlops.errors import NotFound
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.store.tables.journal import ANY


def write(clickup: EffectClient, task_id: str, change: Change) -> str | None:
    """Brings the checklist to what is wanted; its id. One call more if there was one already."""
    # `before` has names only; the ids that a change needs are on the task.
    there = None if change.before is None else of(clickup.tasks.get(task_id), change.subject)
    if change.after is None:
        _remove(clickup, there)
        return None
    made = there or clickup.checklists.create(task_id, change.subject)
    have = [item.name for item in made.items]
    for name in change.after:
        if name not in have:
            clickup.checklists.add_item(made.id, name)
    for item in made.items:
        # Only what the bot knew of: an item that a person has added stays.
        if item.name not in change.after and item.name in (change.before or ()):
            clickup.checklists.delete_item(made.id, item.id)
    return made.id


def _remove(clickup: EffectClient, there: Checklist | None) -> None:
    if there is not None:
        with suppress(NotFound):  # a person may have removed it
            clickup.checklists.delete(there.id)


def of(task: Task, name: str) -> Checklist | None:
    """The task's checklist with this name, in any case."""
    all_of_them = map(Checklist.parse, task.raw.get("checklists") or ())
    wanted = name.casefold()
    return next((one for one in all_of_them if one.name.casefold() == wanted), None)


def find(_clickup: EffectClient, task: Task, change: Change, _lost: Lost) -> Receipt | bool:
    """The task shows it, with every item that is wanted and none that was to go."""
    there = of(task, change.subject)
    if change.after is None or there is None:
        return (there is None and change.after is None) or None
    names, wanted = {item.name for item in there.items}, set(change.after)
    gone = set(change.before or ()) - wanted
    return there.id if wanted <= names and not gone & names else None


def left(task: Task, change: Change) -> Change:
    """A part of it may be there: the checklist, perhaps with some of its items."""
    there = of(task, change.subject)
    if there is None or change.before is not None:
        return change
    return replace(change, before=[item.name for item in there.items])


def echo(item: HistoryItem) -> tuple[str, Json] | None:
    """ClickUp reports the new checklist's name."""
    return (f"checklist:{item.after}", ANY) if item.field == "checklist_added" else None


def patch(raw: JsonObject, change: Change) -> JsonObject:
    """With the items by name."""
    others = [
        one
        for one in raw.get("checklists") or ()
        if one["name"].casefold() != change.subject.casefold()
    ]
    if change.after is None:
        return {**raw, "checklists": others}
    items = [{"id": name, "name": name} for name in change.after]
    own = {"id": change.subject, "name": change.subject, "items": items}
    return {**raw, "checklists": [*others, own]}


EFFECT = Effect(
    summary="A checklist of the task.",
    write=write,
    find=find,
    left=left,
    echo=echo,
    patch=patch,
    makes_new=True,
    history=lambda _change: "checklist_added",
    events=("taskUpdated",),
)
