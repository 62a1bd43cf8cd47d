"""Decoders of times and of what is logged. See `values.Decoder`."""

import datetime as dt

from clickup_mlops.json_types import Json, JsonObject

_SHAPES = ("%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S %Z")


def moment_ms(text: Json) -> int | None:
    """A time of Monday.com, in ISO 8601 or as it is shown in a log, in Unix ms; None: there is
    none. Raises ValueError.
    """
    if not text:
        return None
    try:
        found = dt.datetime.fromisoformat(str(text))
    except ValueError:
        found = _shown(str(text))
    aware = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    return int(aware.timestamp() * 1000)


def date(raw: Json, found: JsonObject) -> Json:
    """A calendar day, or a day and a time in UTC. The typed fields are in the caller's zone."""
    if raw is None or not raw.get("date"):
        return None
    day, clock = _day(raw["date"]), raw.get("time") or None
    return {
        "date": day,
        "time": None if clock is None else dt.time.fromisoformat(clock).isoformat(),
    }


def timeline(raw: Json, found: JsonObject) -> Json:
    """Two days, or a milestone."""
    if raw is None or not (raw.get("from") or raw.get("to")):
        return None
    days: dict[str, Json] = {"from": _day(raw["from"]), "to": _day(raw["to"])}
    return days | ({"milestone": True} if raw.get("visualization_type") == "milestone" else {})


def week(raw: Json, found: JsonObject) -> Json:
    """The first and the last day."""
    days = None if raw is None else raw.get("week") or None
    if days is None or not days.get("startDate"):
        return None
    return {"from": _day(days["startDate"]), "to": _day(days["endDate"])}


def hour(raw: Json, found: JsonObject) -> Json:
    """A time of day."""
    if raw is None or raw.get("hour") is None:
        return None
    clock = dt.time(int(raw["hour"]), int(raw.get("minute") or 0))
    return {"hour": clock.hour, "minute": clock.minute}


def time_tracking(raw: Json, found: JsonObject) -> Json:
    """The sum and its entries. One that still runs has no end and is left to `running`."""
    known = raw or {}
    running, seconds = _first(found, known, "running"), _first(found, known, "duration")
    entries = [_entry(one) for one in found.get("history") or ()]
    if not (seconds or entries or running in (True, "true")):
        return None
    ended = [one for one in entries if one["from_ms"] is not None and one["to_ms"] is not None]
    started = running in (True, "true")
    return {"seconds": int(seconds or 0), "running": started, "entries": ended}


def creation_log(raw: Json, found: JsonObject) -> Json:
    """When and by whom the item was created."""
    known = raw or {}
    at = found.get("created") or known.get("created_at") or found.get("text")
    return _log(at, found.get("creator") or known.get("creator_id"))


def last_updated(raw: Json, found: JsonObject) -> Json:
    """When and by whom the item was changed."""
    known = raw or {}
    at = found.get("updated") or known.get("updated_at") or found.get("text")
    return _log(at, found.get("updater") or known.get("updater_id"))


def _log(at: Json, by: Json) -> Json:
    at_ms = moment_ms(at)
    return None if at_ms is None else {"at_ms": at_ms, "person": str(by or "")}


def _entry(one: JsonObject) -> dict[str, Json]:
    manual = any(one.get(f"manually_entered_{end}_{part}") for end, part in _ENTERED)
    return {
        "from_ms": moment_ms(one.get("started_at")),
        "to_ms": moment_ms(one.get("ended_at")),
        "person": str(one.get("started_user_id") or ""),
        "manual": manual,
    }


_ENTERED = (("start", "time"), ("end", "time"), ("start", "date"), ("end", "date"))


def _first(found: JsonObject, raw: JsonObject, key: str) -> Json:
    typed = found.get(key)
    return raw.get(key) if typed is None else typed


def _day(text: str) -> str:
    return dt.date.fromisoformat(text[:10]).isoformat()


def _shown(text: str) -> dt.datetime:
    for shape in _SHAPES:
        try:
            return dt.datetime.strptime(text, shape).replace(tzinfo=dt.UTC)
        except ValueError:
            continue
    raise ValueError(f"{text:.40} is no time")
