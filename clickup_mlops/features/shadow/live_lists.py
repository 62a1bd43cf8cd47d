"""The modes of Lists, as each write asks for them: read again every two seconds."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.shadow.tables.list_modes import ListMode, ListModes

if TYPE_CHECKING:
    from clickup_mlops.store import Store

_REMEMBERED_S: Final = 2.0
"""So long they are not read again: another process may change them."""


class LiveLists:
    """In which Lists the bot writes, or does not, whatever `automations.mode` says."""

    def __init__(self, store: Callable[[], "Store"]) -> None:
        self._store = store
        self._modes: Mapping[str, ListMode] = {}
        self._read_s = -_REMEMBERED_S

    def modes(self) -> Mapping[str, ListMode]:
        """The modes by List, as they were a moment ago."""
        if time.monotonic() - self._read_s >= _REMEMBERED_S:
            self._modes = self._store().table(ListModes).all()
            self._read_s = time.monotonic()
        return self._modes

    def is_shadow(self, task_id: str) -> bool | None:
        """As the task's List is; None: it has no mode of its own. Costs no look without modes."""
        if not (modes := self.modes()):
            return None
        row = self._store().mirror.get(task_id)
        mode = modes.get(Task.parse(row.raw).list_id or "") if row else None
        return None if mode is None else mode == "shadow"

    def set(self, list_id: str, mode: ListMode | None) -> None:
        """None: it is as the bot is."""
        table = self._store().table(ListModes)
        if mode is None:
            table.remove(list_id)
        else:
            table.put(list_id, mode)
        self._read_s = -_REMEMBERED_S
