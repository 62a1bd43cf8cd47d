"""Decoders of times and of what is logged. See `values.Decoder`."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

_SHAPES = ("%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S %Z")


def parse_moment_ms(text: Any) -> int | None:
    """A time of Monday.com, in ISO 8601 or as it is shown in a log, in Unix ms; None: there is
    none. Raises ValueError.
    """
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        moment = _parse_shown(str(text))
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return int(aware.timestamp() * 1000)


def decode_date(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """A calendar day, or a day and a time in UTC. The typed fields are in the caller's zone."""
    if raw is None or not raw.get("date"):
        return None
    day, clock = _parse_day(raw["date"]), raw.get("time") or None
    return {
        "date": day,
        "time": None if clock is None else dt.time.fromisoformat(clock).isoformat(),
    }


def decode_timeline(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """Two days, or a milestone."""
    if raw is None or not (raw.get("from") or raw.get("to")):
        return None
    days: dict[str, Any] = {"from": _parse_day(raw["from"]), "to": _parse_day(raw["to"])}
    return days | ({"milestone": True} if raw.get("visualization_type") == "milestone" else {})


def decode_week(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """The first and the last day."""
    days = None if raw is None else raw.get("week") or None
    if days is None or not days.get("startDate"):
        return None
    return {"from": _parse_day(days["startDate"]), "to": _parse_day(days["endDate"])}


def decode_hour(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """A time of day."""
    if raw is None or raw.get("hour") is None:
        return None
    clock = dt.time(int(raw["hour"]), int(raw.get("minute") or 0))
    return {"hour": clock.hour, "minute": clock.minute}


def decode_time_tracking(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """The sum and its entries. One that still runs has no end and is left to `running`."""
    fields = raw or {}
    running, seconds = (
        _get_first(column_value, fields, "running"),
        _get_first(column_value, fields, "duration"),
    )
    entries = [_build_entry(entry) for entry in column_value.get("history") or ()]
    if not (seconds or entries or running in (True, "true")):
        return None
    ended = [
        entry for entry in entries if entry["from_ms"] is not None and entry["to_ms"] is not None
    ]
    started = running in (True, "true")
    return {"seconds": int(seconds or 0), "running": started, "entries": ended}


def decode_creation_log(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """When and by whom the item was created."""
    fields = raw or {}
    at = column_value.get("created") or fields.get("created_at") or column_value.get("text")
    return _build_log(at, column_value.get("creator") or fields.get("creator_id"))


def decode_last_updated(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """When and by whom the item was changed."""
    fields = raw or {}
    at = column_value.get("updated") or fields.get("updated_at") or column_value.get("text")
    return _build_log(at, column_value.get("updater") or fields.get("updater_id"))


def _build_log(at: Any, by: Any) -> Any:
    at_ms = parse_moment_ms(at)
    return None if at_ms is None else {"at_ms": at_ms, "person": str(by or "")}


def _build_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    manual = any(entry.get(f"manually_entered_{end}_{part}") for end, part in _ENTERED)
    return {
        "from_ms": parse_moment_ms(entry.get("started_at")),
        "to_ms": parse_moment_ms(entry.get("ended_at")),
        "person": str(entry.get("started_user_id") or ""),
        "manual": manual,
    }


_ENTERED = (("start", "time"), ("end", "time"), ("start", "date"), ("end", "date"))


def _get_first(column_value: Mapping[str, Any], raw: Mapping[str, Any], key: str) -> Any:
    typed = column_value.get(key)
    return raw.get(key) if typed is None else typed


def _parse_day(text: str) -> str:
    return dt.date.fromisoformat(text[:10]).isoformat()


def _parse_shown(text: str) -> dt.datetime:
    for shape in _SHAPES:
        try:
            return dt.datetime.strptime(text, shape).replace(tzinfo=dt.UTC)
        except ValueError:
            continue
    raise ValueError(f"{text:.40} is no time")
