"""The names of ClickUp's task templates: a task that was created from one shows nothing else."""

from collections.abc import Callable, Iterable
from typing import Final

import orjson

from clickup_mlops.bot.clock import Clock
from clickup_mlops.clickup.hierarchy import Template
from clickup_mlops.store.tables.cursors import Cursors

_REMEMBER_MS: Final = 3_600_000


class TemplateNames:
    """The names, case-folded. `ask` gives the templates, a call for each 100: at most once an hour,
    for all processes.
    """

    def __init__(
        self,
        ask: Callable[[], Iterable[Template]],
        memory: Cursors,
        *,
        workspace: Callable[[], str],
        clock: Clock,
    ) -> None:
        self._ask, self._memory = ask, memory
        self._workspace, self._clock = workspace, clock

    def __call__(self) -> frozenset[str]:
        """Raises ApiError: ClickUp does not answer."""
        cursor, now = f"task_templates:{self._workspace()}", self._clock()
        cached = orjson.loads(self._memory.get(cursor) or "null")
        if cached is None or now - cached["at_ms"] > _REMEMBER_MS:
            names = sorted({" ".join(template.name.split()).casefold() for template in self._ask()})
            cached = {"at_ms": now, "names": names}
            self._memory.set(cursor, orjson.dumps(cached).decode())
        return frozenset(cached["names"])
