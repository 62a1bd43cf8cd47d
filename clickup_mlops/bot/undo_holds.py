"""What keeps an undo from being undone by the next event: mutes, and a person's priority."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from clickup_mlops.bot.overruling import Overruling
from clickup_mlops.rules.model import Change
from clickup_mlops.rules.undo import UNDO
from clickup_mlops.store import Entry, Store
from clickup_mlops.store.journal import UNDO as CAUSE


def origins(
    entries: Iterable[Entry], get: Callable[[int], Entry | None]
) -> tuple[frozenset[str], bool]:
    """The rules whose changes these are in the end, and whether they are undos themselves.

    The undo of an undo is a change of the rule again. A slash command such as `/priority` is no
    rule: it does nothing again by itself.
    """
    rules, again = set(), False
    for entry in entries:
        origin: Entry | None = entry
        undos = 0
        while origin is not None and origin.rule == UNDO:
            origin, undos = get(int(origin.cause.removeprefix(CAUSE))), undos + 1
        again = again or undos % 2 == 1
        if origin is not None and not origin.rule.startswith("/"):
            rules.add(origin.rule)
    return frozenset(rules), again


@dataclass
class Holds:
    """For one task: `begin` before the write, then `done` or `never_mind`.

    `again` True: an undo is taken back, so that the holds end.
    """

    store: Store
    task_id: str
    rules: frozenset[str]
    again: bool
    now_ms: int
    until_ms: int
    actor: str
    _muted: frozenset[str] = field(default=frozenset(), init=False)

    def begin(self) -> None:
        """The rules leave the task alone, before they can hear of the write."""
        if not self.again:
            self._muted = self.rules - self.store.mutes.of(self.task_id, self.now_ms)
            for rule in self._muted:
                self.store.mutes.put(self.task_id, rule, self.until_ms)

    def never_mind(self) -> None:
        """Nothing was written: as before."""
        for rule in self._muted:
            self.store.mutes.end(self.task_id, rule)

    def done(self, back: Change) -> None:
        """A priority that came back is kept like a person's; one that was done again is not."""
        if self.again:
            for rule in self.rules:
                self.store.mutes.end(self.task_id, rule)
        if back.kind == "priority" and self.rules:
            self.store.overrides.release(self.task_id)
            if not self.again:
                Overruling(self.store).priority(self.task_id, back.after, self.actor, self.now_ms)
            if not self.again and back.after is not None:
                self.store.overrides.put(self.task_id, back.after, None, self.now_ms, self.until_ms)
