"""What has to be written to undo changes. Pure: entries of the audit in, changes out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.automations.model import Change, Effect, swapped
from clickup_mlops.bot.write.descriptions import describe
from clickup_mlops.json_types import Json
from clickup_mlops.store.audit.chain import Entry
from clickup_mlops.store.journal_rows import DONE, UNDO

_AS_BEFORE: Final = "it is as it was before"


@dataclass(frozen=True, slots=True)
class Step:
    """One write that undoes a change, or several changes in a row."""

    entries: tuple[Entry, ...]
    """What it undoes, newest first."""
    change: Change
    """What we wrote: only where that is still there may it be undone."""
    back: Change

    @property
    def newest(self) -> Entry:
        """The last of them: its value is what the task must still have."""
        return self.entries[0]

    @property
    def text(self) -> str:
        """One line for people."""
        return describe(self.change.kind, self.back.before, self.back.after)


@dataclass(frozen=True, slots=True)
class Kept:
    """A change that stays as it is, and why."""

    entry: Entry
    why: str


Part = Step | Kept


def plan(
    entries: Iterable[Entry], effects: Mapping[str, Effect], newest: Mapping[tuple[str, str], Entry]
) -> dict[str, list[Part]]:
    """What is to be done about each task: its parts by task id, the newest change first.

    `newest` is the audit's last entry by task and kind: what was written again stays.
    """
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry.outcome == DONE:
            groups.setdefault((entry.task_id, entry.kind), []).append(entry)
    parts: dict[str, list[Part]] = {}
    for (task_id, kind), group in groups.items():
        group.sort(key=lambda entry: entry.seq, reverse=True)
        task_parts = _parts(group, effects.get(kind.partition(":")[0]), newest.get((task_id, kind)))
        parts.setdefault(task_id, []).extend(task_parts)
    for of_task in parts.values():
        of_task.sort(key=_order)
    return parts


def _parts(group: Sequence[Entry], effect: Effect | None, newest: Entry | None) -> list[Part]:
    if newest is not None and newest.seq > group[0].seq and not _restored(group[0], newest):
        return [Kept(entry, _overtaken(entry, newest)) for entry in group]
    if effect is None:
        return [Kept(entry, _no_effect(entry)) for entry in group]
    if effect.undo is swapped:
        return _undo_in_one_step(group)
    # Such as an incident that the task has joined and left: to join it again would change it.
    if not effect.makes_new and group[0].after is None and group[-1].before is None:
        return [Kept(entry, _AS_BEFORE) for entry in group]
    return [_undo_separately(entry, effect) for entry in group]


def _restored(entry: Entry, newest: Entry) -> bool:
    """Whether the last that happened was an undo that brought this entry's value back."""
    return newest.automation == UNDO and _is_in(entry.after, newest.after)


def _is_in(written_value: Json, later_value: Json) -> bool:
    """Whether this is what was written: as the value before the next change it says more, such as
    where a hold came from, or the id of a comment.
    """
    if isinstance(written_value, Mapping) and isinstance(later_value, Mapping):
        return all(
            name in later_value and later_value[name] == value
            for name, value in written_value.items()
        )
    return bool(written_value == later_value)


def _overtaken(entry: Entry, newest: Entry) -> str:
    if newest.automation == UNDO and newest.after == entry.before:
        return f"undone already, by change {newest.seq}"
    return f"written again since, by {newest.automation} (change {newest.seq})"


def _undo_in_one_step(group: Sequence[Entry]) -> list[Part]:
    """States that followed each other are left in one step, back to the first."""
    row = [group[0]]
    for older in group[1:]:
        if not _is_in(older.after, row[-1].before):
            break  # somebody changed it in between: that value is what comes back
        row.append(older)
    kept_parts = [Kept(entry, "somebody changed it afterwards") for entry in group[len(row) :]]
    before, after = group[0].after, row[-1].before
    if before == after:
        return [*(Kept(entry, _AS_BEFORE) for entry in row), *kept_parts]
    change = change_of(group[0])
    back = swapped(Change(change.kind, after, before, change.text, {}), None)
    return [Step(tuple(row), change, back), *kept_parts]


def _undo_separately(entry: Entry, effect: Effect) -> Part:
    change = change_of(entry)
    back = effect.undo(change, entry.receipt)
    return Step((entry,), change, back) if back else Kept(entry, "it cannot be undone")


def can_be_undone(entry: Entry, effects: Mapping[str, Effect]) -> bool:
    """Whether there is a way back from the change, if nobody has changed it since."""
    effect = effects.get(entry.kind.partition(":")[0])
    return effect is not None and effect.undo(change_of(entry), entry.receipt) is not None


def change_of(entry: Entry) -> Change:
    """The change that an entry records."""
    text = describe(entry.kind, entry.before, entry.after)
    return Change(entry.kind, entry.before, entry.after, text, {})


def _no_effect(entry: Entry) -> str:
    if entry.kind.startswith("provision:"):
        return "made by provisioning: `clickup-mlops provision undo`"
    return f"nothing is known about changes of kind {entry.kind}"


def _order(part: Part) -> tuple[bool, int]:
    # A hold goes first: the priority that comes back is held anew.
    entry = part.entry if isinstance(part, Kept) else part.newest
    return entry.kind != "hold", -entry.seq
