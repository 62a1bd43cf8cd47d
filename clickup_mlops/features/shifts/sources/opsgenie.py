"""Opsgenie: who is on call now; it says neither until when, nor who is next.

Wire: docs.opsgenie.com/docs/who-is-on-call-api. With `flat` the answer has e-mails alone; the first
one is used.
"""

from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from clickup_mlops.bot.handle.context.on_call import Shift
from clickup_mlops.features.shifts.model import FOREVER
from clickup_mlops.features.shifts.sources._table import ShiftSource
from clickup_mlops.ports.bounded_get import SourceAway, fetch_json

_API: Final = "https://api.opsgenie.com"


def _read(source: ShiftSource, _begin_ms: int, _end_ms: int) -> tuple[Shift, ...]:
    api = (source.url.get_secret_value() or _API).rstrip("/")
    answer: Any = fetch_json(
        f"{api}/v2/schedules/{quote(source.schedule, safe='')}/on-calls",
        {"Authorization": f"GenieKey {source.token.get_secret_value()}"},
        [("scheduleIdentifierType", _identifier_type(source.schedule)), ("flat", "true")],
    )
    try:
        recipients = answer["data"]["onCallRecipients"][:1]
    except (KeyError, TypeError):
        raise SourceAway("Opsgenie's answer has no recipients") from None
    return tuple(Shift(str(mail), 0, FOREVER) for mail in recipients)


def _identifier_type(schedule: str) -> str:
    try:
        UUID(schedule)
    except ValueError:
        return "name"
    return "id"


SOURCE: Final = _read
