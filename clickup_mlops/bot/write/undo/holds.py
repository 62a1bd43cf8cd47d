"""What keeps an undo from being undone by the next event: mutes, and a person's priority."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from clickup_mlops.automations.model import Change
from clickup_mlops.bot.ports import Choice, EventConsumer
from clickup_mlops.bot.write.executor import latch_name
from clickup_mlops.store import Entry, Mute, Store
from clickup_mlops.store.journal_rows import UNDO
from clickup_mlops.store.tables.journal import UNDO as CAUSE
from clickup_mlops.store.tables.notes import LATCH

PRIORITY: Final = "priority"


def origins(
    entries: Iterable[Entry], get: Callable[[int], Entry | None]
) -> tuple[frozenset[str], bool]:
    """The automations whose changes these are in the end, and whether they are undos themselves.

    The undo of an undo is a change of the automation again. A slash command such as `/priority` is
    no automation: it does nothing again by itself.
    """
    automations, again = set(), False
    for entry in entries:
        path = [step.automation for step in _path(entry, get)]
        again = again or path.count(UNDO) % 2 == 1
        if path[-1] != UNDO and not path[-1].startswith("/"):
            automations.add(path[-1])
    return frozenset(automations), again


def origin(entry: Entry, get: Callable[[int], Entry | None]) -> Entry:
    """The change that it is in the end: of an undo, what that undid, and so on."""
    return [*_path(entry, get)][-1]


def _path(entry: Entry, get: Callable[[int], Entry | None]) -> Iterator[Entry]:
    """The entry, what it undid, and so on, as far as the audit reaches back."""
    current: Entry | None = entry
    while current is not None:
        yield current
        undid = current.automation == UNDO
        current = get(int(current.cause.removeprefix(CAUSE))) if undid else None


def end(
    store: Store, automation: str, task_id: str | None, now_ms: int, *, release: bool
) -> list[str]:
    """The automation may act again on this task, or on all (None) where it is muted; their ids.

    `release`: the priorities that an undo keeps there are released, too.
    """
    tasks = [
        mute.task_id
        for mute in store.mutes.list(now_ms)
        if mute.automation == automation and task_id in (None, mute.task_id)
    ]
    for muted_task in tasks:
        store.mutes.end(muted_task, automation)
        override = store.overrides.get(muted_task, now_ms) if release else None
        if override is not None and override.set_by == UNDO:
            store.overrides.release(muted_task)
    return tasks


@dataclass
class Holds:
    """For one task: `begin` before the write, then `done` or `cancel`.

    `again` True: an undo is undone, so that the holds end. `mutes` False: the automations go on.
    """

    store: Store
    task_id: str
    automations: frozenset[str]
    again: bool
    now_ms: int
    until_ms: int
    actor: str
    consumer: EventConsumer
    mutes: bool = True
    begins_again: bool = False
    """What the automations ended goes on: they wait for its end again."""
    ended: frozenset[str] = frozenset()
    """Automations that began what is over now: they wait for its end no longer."""
    _before: dict[str, Mute | None] = field(default_factory=dict, init=False)

    def muted(self) -> dict[str, int]:
        """Which automations leave the task alone because of it, and until when at least."""
        if self.again or not self.mutes:
            return {}
        mutes = self.store.mutes.of(self.task_id, self.now_ms)
        ends = {name: mute.until_ms for name, mute in mutes.items()}
        return {
            automation: max(self.until_ms, ends.get(automation, 0))
            for automation in sorted(self.automations)
        }

    def unmuted(self) -> tuple[str, ...]:
        """Which automations may act on the task again because of it."""
        is_ended = self.again and self.mutes
        mutes = self.store.mutes.of(self.task_id, self.now_ms) if is_ended else {}
        return tuple(sorted(self.automations & set(mutes)))

    def keeps(self, back: Change) -> int | None:
        """The priority that is kept because of it; None: none is."""
        is_kept = back.kind == PRIORITY and self.automations and not self.again
        return back.after if is_kept else None

    def stored(self, back: Change) -> dict[str, Any]:
        """What is in force of an earlier try, as `Undone` has it: people may have ended it."""
        mutes = self.store.mutes.of(self.task_id, self.now_ms)
        muted = {name: mutes[name].until_ms for name in self.muted() if name in mutes}
        held = self.store.overrides.get(self.task_id, self.now_ms)
        if held is None or held.set_by != UNDO or self.keeps(back) != held.priority:
            return {"muted": muted}
        return {"muted": muted, "keeps": held.priority, "until_ms": held.until_ms or 0}

    def begin(self) -> None:
        """The automations leave the task alone, before its events can reach them."""
        mutes = self.store.mutes.of(self.task_id, self.now_ms)
        for automation, until_ms in self.muted().items():
            mute = Mute(self.task_id, automation, until_ms, UNDO, self.actor)
            before = self._before[automation] = mutes.get(automation)
            self.store.mutes.put(replace(before, until_ms=until_ms) if before else mute)

    def cancel(self) -> None:
        """Nothing was written: as before."""
        for automation, mute in self._before.items():
            if mute is None:
                self.store.mutes.end(self.task_id, automation)
            else:
                self.store.mutes.put(mute)

    def complete(self, back: Change) -> None:
        """A priority that came back is kept like a person's; one that was done again is not.

        An automation with `until` has not acted any more: it waits for nothing, and begins anew.
        """
        for automation in self.unmuted():
            self.store.mutes.end(self.task_id, automation)
        self.unlatch()
        for automation in self.automations if self.begins_again else ():
            self._latch(automation)
        if back.kind == PRIORITY and self.automations:
            self.store.overrides.release(self.task_id)
            if not self.again:
                self.consumer.chosen(
                    Choice(self.task_id, PRIORITY, back.after, self.actor, self.now_ms)
                )
        if (priority := self.keeps(back)) is not None:
            self.store.overrides.put(
                self.task_id,
                priority,
                None,
                self.now_ms,
                self.until_ms,
                set_by=UNDO,
                user_name=self.actor,
            )

    def unlatch(self) -> None:
        """The automations begin anew."""
        for automation in {*self.muted(), *self.ended}:
            self.store.notes.remove(LATCH, latch_name(automation, self.task_id))

    def _latch(self, automation: str) -> None:
        name = latch_name(automation, self.task_id)
        if self.again:
            self.store.notes.remove(LATCH, name)
        else:
            self.store.notes.put(LATCH, name, True, self.now_ms)
