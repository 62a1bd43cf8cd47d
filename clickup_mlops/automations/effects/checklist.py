"""`checklist:<name>`: a checklist of the task: the names of its items, or None for no checklist.

ClickUp takes one call for the checklist and one for each item. What a cut left undone is done by
the next round, which reads what is there. ClickUp does not say to which checklist a reported item
belongs, so the events of items are not taken for our own; they find nothing to do.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, Receipt, Written
from clickup_mlops.clickup.content import Checklist
from clickup_mlops.clickup.model import HistoryItem, Task
from clickup_mlops.errors import NotFound
from clickup_mlops.store.journal_rows import ANY


def write(clickup: EffectClient, task_id: str, change: Change) -> str | None:
    """Brings the checklist to what is wanted; its id. One call more if there was one already."""
    # `before` has names only; the ids that a change needs are on the task.
    existing = None if change.before is None else of(clickup.tasks.get(task_id), change.subject)
    if change.after is None:
        _remove(clickup, existing)
        return None
    checklist = existing or clickup.checklists.create(task_id, change.subject)
    have = [item.name for item in checklist.items]
    for name in change.after:
        if name not in have:
            clickup.checklists.add_item(checklist.id, name)
    for item in checklist.items:
        # Only what the bot knew of: an item that a person has added stays.
        if item.name not in change.after and item.name in (change.before or ()):
            clickup.checklists.delete_item(checklist.id, item.id)
    return checklist.id


def _remove(clickup: EffectClient, existing: Checklist | None) -> None:
    if existing is not None:
        with suppress(NotFound):  # a person may have removed it
            clickup.checklists.delete(existing.id)


def of(task: Task, name: str) -> Checklist | None:
    """The task's checklist with this name, in any case."""
    all_of_them = map(Checklist.parse, task.raw.get("checklists") or ())
    folded = name.casefold()
    return next(
        (checklist for checklist in all_of_them if checklist.name.casefold() == folded), None
    )


def find(
    _clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite
) -> Receipt | bool:
    """The task shows it, with every item that is wanted and none that was to go."""
    existing = of(task, change.subject)
    if change.after is None or existing is None:
        return (existing is None and change.after is None) or None
    names, desired = {item.name for item in existing.items}, set(change.after)
    removed = set(change.before or ()) - desired
    return existing.id if desired <= names and not removed & names else None


def left(task: Task, change: Change) -> Change:
    """A part of it may be there: the checklist, perhaps with some of its items."""
    existing = of(task, change.subject)
    if existing is None or change.before is not None:
        return change
    return replace(change, before=[item.name for item in existing.items])


def onto(change: Change, last: Written) -> Change:
    """Its items come besides those that were added."""
    if change.after is None or last.after is None:
        return replace(change, before=last.after)
    return replace(change, before=last.after, after=[*dict.fromkeys([*last.after, *change.after])])


def echo(item: HistoryItem) -> tuple[str, Any] | None:
    """ClickUp reports the new checklist's name."""
    return (f"checklist:{item.after}", ANY) if item.field == "checklist_added" else None


def patch(raw: Mapping[str, Any], change: Change) -> Mapping[str, Any]:
    """With the items by name."""
    checklists = [
        checklist
        for checklist in raw.get("checklists") or ()
        if checklist["name"].casefold() != change.subject.casefold()
    ]
    if change.after is None:
        return {**raw, "checklists": checklists}
    items = [{"id": name, "name": name} for name in change.after]
    changed = {"id": change.subject, "name": change.subject, "items": items}
    return {**raw, "checklists": [*checklists, changed]}


EFFECT = Effect(
    summary="A checklist of the task.",
    write=write,
    find=find,
    left=left,
    echo=echo,
    patch=patch,
    makes_new=True,
    onto=onto,
    history=lambda _change: "checklist_added",
    events=("taskUpdated",),
)
