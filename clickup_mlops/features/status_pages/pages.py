"""What a status page says: read, kept, and asked for.

`GET /api/v2/incidents.json` lists the newest 50 incidents of a Statuspage (the page's own `/api`
documents it): `name`, `impact` (`none`, `minor`, `major`, `critical`, `maintenance`), `started_at`
or `created_at`, and `resolved_at`, which is null while it goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Final

import orjson

from clickup_mlops import logs
from clickup_mlops.features.status_pages.settings import StatusPage
from clickup_mlops.json_types import Json
from clickup_mlops.ports.bounded_get import SourceAway, fetch_json
from clickup_mlops.store import Store

HOLDS_MS: Final = 3_600_000
"""How long the last answer of a page that is away says that an incident goes on."""
LONGEST_MS: Final = 2 * 86_400_000
"""Longer incidents are not what new reports are about: some pages leave them open for months."""
_IMPACTS: Final = ("minor", "major", "critical")
_LONGEST_NAME: Final = 200
_log = logs.get()


@dataclass(frozen=True, slots=True)
class PageIncident:
    """An incident of a page, from `begin_ms` to `end_ms` (Unix ms)."""

    name: str
    begin_ms: int
    end_ms: int


def read(url: str, now_ms: int) -> list[PageIncident]:
    """The incidents of the page at this address, the newest first. Raises SourceAway."""
    answer = fetch_json(f"{url.rstrip('/')}/api/v2/incidents.json", {})
    incidents = answer.get("incidents") if isinstance(answer, dict) else None
    if not isinstance(incidents, list):
        raise SourceAway("the answer is not that of a status page")
    return [incident for raw in incidents if (incident := _parse(raw, now_ms))]


def _parse(raw: Json, now_ms: int) -> PageIncident | None:
    """An incident that users notice; None: it is none, or nothing says when it began."""
    if not isinstance(raw, dict) or raw.get("impact") not in _IMPACTS:
        return None
    begin_ms = _read_time(raw.get("started_at")) or _read_time(raw.get("created_at"))
    if begin_ms is None:
        return None
    end_ms = _read_time(raw.get("resolved_at")) or now_ms + HOLDS_MS
    name = f"{raw.get('name') or 'an incident'}"[:_LONGEST_NAME]
    return PageIncident(name, begin_ms, min(end_ms, begin_ms + LONGEST_MS))


def _read_time(text: Json) -> int | None:
    try:
        return round(datetime.fromisoformat(f"{text}").timestamp() * 1000)
    except ValueError:
        return None


class Pages:
    """The last answer of each page, by its name in the settings."""

    def __init__(self, store: Store) -> None:
        self._cursors = store.cursors

    def keep(self, page: str, incidents: Sequence[PageIncident]) -> None:
        """What it says now. Raises StoreUnavailable."""
        self._cursors.set(_cursor(page), orjson.dumps([*map(astuple, incidents)]).decode())

    def incidents(self, page: str) -> list[PageIncident]:
        """What it said last, the newest first. Raises StoreUnavailable."""
        stored = self._cursors.get(_cursor(page))
        return [PageIncident(*fields) for fields in orjson.loads(stored)] if stored else []


def _cursor(page: str) -> str:
    return f"status_page:{page}"


def poll(pages: Mapping[str, StatusPage], store: Store, now_ms: int) -> None:
    """Reads one page after the other; each ends in seconds. Raises StoreUnavailable."""
    for name, page in pages.items():
        try:
            incidents = read(str(page.url), now_ms)
        except SourceAway as problem:
            _log.warning("status_page_away", page=name, problem=str(problem))
        else:
            Pages(store).keep(name, incidents)
