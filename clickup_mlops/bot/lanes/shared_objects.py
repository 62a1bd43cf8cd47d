"""Objects that many tasks share, such as a doc: whoever looks for one and creates it if there is
none does that alone, in all processes. Each object has a lane of its own for it.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from clickup_mlops.automations.model import Change, Effect
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.lanes.worker import HOLDER, Postponed
from clickup_mlops.store import Store

LANE: Final = "object:"
"""Names of these lanes begin like this; Workspace and object follow."""
BUSY_MS: Final = 250
"""So long somebody waits who finds the lane taken: about as long as a doc is looked for."""
UNKNOWN_MS: Final = 1_000
"""So long somebody waits who finds a write that was cut off."""
LEASE_MS: Final = 120_000
"""The lease of who runs in no lane, which nobody renews."""
FORGOTTEN_MS: Final = 600_000
"""A write that was cut off so long ago, and that nobody reconciles, holds up no other."""


class SharedObjects:
    """Call it with the object, as `Effect.shared` names it: inside, the object's lane is held.

    `workspace` gives the Workspace's id; `lease_ms` is as long as a worker's leases.
    """

    def __init__(
        self,
        store: Store,
        effects: Mapping[str, Effect],
        workspace: Callable[[], str],
        clock: Clock,
        *,
        lease_ms: int,
    ) -> None:
        self._store, self._effects = store, effects
        self._workspace, self._clock, self._lease_ms = workspace, clock, lease_ms

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Hold the object's lane.

        Raises:
            Postponed: somebody else writes it, or was cut off while writing it: the object may come
                to be until that is reconciled.
        """
        lane, now = f"{LANE}{self._workspace()}:{name}", self._clock()
        held = HOLDER.get()
        # A worker's own name: it renews all leases of that name, however long a call takes.
        owner, lease_ms = (held[1], self._lease_ms) if held else (_owner_name(), LEASE_MS)
        if not self._store.leases.take(lane, owner, now, now + lease_ms):
            raise Postponed(now + BUSY_MS)
        try:
            if self._is_unknown(name, now):
                raise Postponed(now + UNKNOWN_MS)
            yield
        finally:
            self._store.leases.release(lane, owner)

    def _is_unknown(self, name: str, now_ms: int) -> bool:
        """Whether a write of this object was begun whose end is not known."""
        return any(
            row.begun_ms > now_ms - FORGOTTEN_MS
            and self._named(Change(row.kind, row.before, row.after, "", {})) == name
            for row in self._store.journal.unfinished()
        )

    def _named(self, change: Change) -> str:
        effect = self._effects.get(change.effect)
        return effect.shared(change) if effect else ""


def _owner_name() -> str:
    return f"alone:{secrets.token_hex(6)}"
