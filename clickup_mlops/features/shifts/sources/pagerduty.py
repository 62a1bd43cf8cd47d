"""PagerDuty: the final schedule, with its overrides.

Wire: developer.pagerduty.com/api-reference, "List all of the on-calls". An entry without an end is
a person who is always on call.
"""

from datetime import UTC, datetime
from typing import Any, Final

from clickup_mlops.bot.handle.context.on_call import Shift
from clickup_mlops.features.shifts.model import FOREVER
from clickup_mlops.features.shifts.sources._table import ShiftSource
from clickup_mlops.ports.bounded_get import SourceAway, fetch_json

_API: Final = "https://api.pagerduty.com"
_LIMIT: Final = 100
_PAGES: Final = 20


def _read(source: ShiftSource, begin_ms: int, end_ms: int) -> tuple[Shift, ...]:
    url = f"{(source.url.get_secret_value() or _API).rstrip('/')}/oncalls"
    headers = {
        "Accept": "application/vnd.pagerduty+json;version=2",
        "Authorization": f"Token token={source.token.get_secret_value()}",
    }
    parameters = [
        ("schedule_ids[]", source.schedule),
        ("include[]", "users"),
        ("since", _format(begin_ms)),
        ("until", _format(end_ms)),
        ("limit", str(_LIMIT)),
    ]
    shifts: set[Shift] = set()
    for page in range(_PAGES):
        answer: Any = fetch_json(url, headers, [*parameters, ("offset", str(page * _LIMIT))])
        try:
            shifts.update(_parse(entry) for entry in answer["oncalls"])
            is_last = not answer.get("more")
        except (AttributeError, KeyError, TypeError, ValueError):
            raise SourceAway("PagerDuty's answer has no on-calls") from None
        if is_last:
            break
    else:
        raise SourceAway(f"PagerDuty has more than {_PAGES * _LIMIT} on-calls")
    return tuple(sorted(shifts, key=lambda shift: shift.begin_ms))


def _parse(entry: Any) -> Shift:
    user, begin, end = entry["user"], entry.get("start"), entry.get("end")
    person = user.get("email") or user.get("name") or user["summary"]
    return Shift(str(person), _to_ms(begin) if begin else 0, _to_ms(end) if end else FOREVER)


def _format(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _to_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


SOURCE: Final = _read
