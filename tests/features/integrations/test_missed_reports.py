"""Which alerts are over: those of an integration alone, and nothing gets lost on the way."""

from collections.abc import Iterable
from typing import Any

from pydantic import HttpUrl, SecretStr

from clickup_mlops.errors import StoreUnavailable
from clickup_mlops.features.integrations.missed_reports import ENOUGH, MissedReports
from clickup_mlops.features.integrations.tools import IntegrationTable, Kind, Report
from clickup_mlops.store import Store
from clickup_mlops.store.tables.notes import ALERTS

NOW = 1_700_000_000_000
STARTS = "2026-03-01T09:00:00Z"


def quiet(*_arguments: Any) -> Any:
    """A tool for which nothing fires."""
    return ()


class Looking:
    """Looks for what was missed in tools of which only `am` can be asked."""

    def __init__(self, store: Store, *alerts: str) -> None:
        for key in alerts:
            store.notes.put(f"{ALERTS}task", key, {"state": "firing", "starts": STARTS}, NOW)
        token = SecretStr("secret")
        integration_table = IntegrationTable(
            kind="quiet", token=token, api=HttpUrl("http://127.0.0.1:9")
        )
        tables = {"am": integration_table, "am-eu": IntegrationTable(kind="quiet", token=token)}
        kind = Kind("Quiet.", IntegrationTable, quiet, quiet, "alert", missed=quiet)
        self.over: list[tuple[str, str]] = []
        self.is_away = False
        self._missed = MissedReports(tables, {"quiet": kind}, store, self._report, lambda: NOW)

    def look(self, times: int) -> None:
        for _ in range(times):
            self._missed.look()

    def _report(self, name: str, reports: Iterable[Report]) -> None:
        if self.is_away:
            raise StoreUnavailable("away")
        self.over += [(name, report.key) for report in reports]


def test_a_tool_does_not_end_alerts_of_one_whose_name_begins_alike(store: Store) -> None:
    """`am` does not know the alerts of `am-eu`."""
    looking = Looking(store, "am-1", "am-eu-2")
    looking.look(ENOUGH)

    assert looking.over == [("am", "1")]


def test_an_end_that_could_not_be_stored_is_reported_again(store: Store) -> None:
    """The look that counted it was cut off."""
    looking = Looking(store, "am-1")
    looking.look(ENOUGH - 1)
    looking.is_away = True
    looking.look(1)
    looking.is_away = False
    looking.look(1)

    assert looking.over == [("am", "1")]
