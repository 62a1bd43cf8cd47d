"""What a status page says: read, kept, and asked for.

`GET /api/v2/incidents.json` lists the newest 50 incidents of a Statuspage (the page's own `/api`
documents it): `name`, `impact` (`none`, `minor`, `major`, `critical`, `maintenance`), `started_at`
or `created_at`, and `resolved_at`, which is null while it goes on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Final

import orjson

from clickup_mlops.json_types import Json
from clickup_mlops.ports.bounded_get import SourceAway, fetch_json
from clickup_mlops.store import Store

HOLDS_MS: Final = 3_600_000
"""How long the last answer of a page that is away says that an incident goes on."""
_IMPACTS: Final = ("minor", "major", "critical")
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class PageIncident:
    """An incident of a page, from `begin_ms` to `end_ms` (Unix ms)."""

    name: str
    begin_ms: int
    end_ms: int


def read(url: str, now_ms: int) -> list[PageIncident]:
    """The incidents of the page at this address, the newest first. Raises SourceAway."""
    answer = fetch_json(f"{url.rstrip('/')}/api/v2/incidents.json", {})
    try:
        return [*_parse(answer, now_ms)]
    except (KeyError, TypeError, ValueError):
        raise SourceAway("the answer is not that of a status page") from None


def _parse(answer: Json, now_ms: int) -> Iterator[PageIncident]:
    if not isinstance(answer, dict) or not isinstance(answer["incidents"], list):
        raise TypeError
    for raw in answer["incidents"]:
        if not isinstance(raw, dict) or raw["impact"] not in _IMPACTS:
            continue
        begin_ms = _to_ms(raw.get("started_at") or raw["created_at"])
        end = raw["resolved_at"]
        yield PageIncident(
            f"{raw['name']}"[:_LONGEST_NAME], begin_ms, _to_ms(end) if end else now_ms + HOLDS_MS
        )


def _to_ms(text: Json) -> int:
    return round(datetime.fromisoformat(f"{text}").timestamp() * 1000)


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
