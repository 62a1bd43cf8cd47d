"""Keeps over time what a pass has measured: one batch, after what is written to ClickUp."""

from collections.abc import Iterable
from itertools import islice

from clickup_mlops import logs
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.metrics.placement.placing import Placed
from clickup_mlops.features.metrics.placement.recorded import recorded
from clickup_mlops.features.metrics.read.collect import Collected
from clickup_mlops.store import Store

_log = logs.get()


class Recording:
    """At most `most` series of a pass: the values of fields first."""

    def __init__(self, store: Store, workspace: str, most: int) -> None:
        self._store, self._workspace, self._most = store, workspace, most

    def record(self, placed: Iterable[Placed], collected: Iterable[Collected]) -> None:
        """What these scrapes said. A store that does not take it is logged: a chart gets a gap."""
        readings = {source.source: source.readings for source in collected if source.readings}
        if not readings or not self._most:
            return
        rows = recorded(self._workspace, placed, readings)
        retained = list(islice(rows, self._most))
        dropped = sum(1 for _row in rows)
        if dropped:
            hint = "Raise metrics.history_series, or scrape less."
            _log.warning("history_is_full", kept=len(retained), left_out=dropped, hint=hint)
        try:
            self._store.history.put(retained)
        except ClickUpMlopsError as problem:
            _log.warning("history_not_kept", problem=str(problem))
