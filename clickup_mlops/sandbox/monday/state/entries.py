"""What a column accepts, and the raw value that it keeps.

The forms are those of `change_column_value` (JSON, also as text) and `change_simple_column_value`
(plain text).
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from clickup_mlops.sandbox.monday.state import labels, times
from clickup_mlops.sandbox.monday.state.model import Column
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.world import World

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a column's value, as a reader of values needs it."""

    world: World
    column: Column
    user_id: int
    new_labels: bool

    @property
    def stamp(self) -> JsonObject:
        """What most raw values hold beside their own."""
        return {"changed_at": times.format_iso_ms(self.world.now_ms())}


def accept(
    world: World, column: Column, value: Any, user_id: int, *, new_labels: bool = False
) -> Any:
    """The raw value to keep, or None to clear the column.

    Raises:
        Refusal: the column is computed, or the value does not fit: ColumnValueException.
    """
    value = _decode(value)
    if value == {} and column.type == "timeline":
        return {"changed_at": times.format_iso_ms(world.now_ms())}  # so does Monday.com
    if value is None or value in ("", {}):
        return None
    parse = _PARSERS.get(column.type)
    if parse is None:
        raise Refusal("ColumnValueException", f"column {column.id} ({column.type}) is read-only")
    try:
        return parse(Change(world, column, user_id, new_labels), value)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refusal(
            "ColumnValueException",
            f"invalid value for column {column.id} ({column.type}): {json.dumps(value)[:80]}",
            column_id=column.id,
        ) from None


def _decode(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in '{["':
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value


def _to_object(value: Any, key: str) -> JsonObject:
    return dict(value) if isinstance(value, Mapping) else {key: value}


def _parse_status(change: Change, value: Any) -> Any:
    fields = _to_object(value, "label")
    label = fields.get("label", fields.get("index"))
    index = labels.resolve_status(change.column, label, new=change.new_labels)
    return {"index": index, "post_id": fields.get("post_id")} | change.stamp


def _parse_dropdown(change: Change, value: Any) -> Any:
    fields = _to_object(value, "labels")
    chosen = fields.get("ids") or fields["labels"]
    names = (
        chosen if isinstance(chosen, list) else [name.strip() for name in str(chosen).split(",")]
    )
    return {
        "ids": [
            labels.resolve_dropdown(change.column, name, new=change.new_labels) for name in names
        ]
    }


def _parse_people(change: Change, value: Any) -> Any:
    if not isinstance(value, Mapping):
        ids = [int(user_id) for user_id in str(value).split(",")]
        value = {"personsAndTeams": [{"id": user_id, "kind": "person"} for user_id in ids]}
    entries = [
        {"id": int(entry["id"]), "kind": entry.get("kind", "person")}
        for entry in value["personsAndTeams"]
    ]
    return change.stamp | {"personsAndTeams": entries}


def _parse_date(change: Change, value: Any) -> Any:
    fields = value
    if not isinstance(value, Mapping):
        day, _, time = str(value).partition(" ")
        fields = {"date": day, "time": time or None}
    times.parse_ms(f"{fields['date']}T{fields.get('time') or '00:00:00'}")
    raw: JsonObject = {"date": fields["date"]}
    if fields.get("time"):
        raw["time"] = fields["time"]
    if fields.get("icon"):
        raw["icon"] = fields["icon"]
    return raw | change.stamp


def _parse_timeline(change: Change, value: Any) -> Any:
    times.parse_ms(value["from"])
    times.parse_ms(value["to"])
    raw = {"to": value["to"], "from": value["from"]} | change.stamp
    if value.get("visualization_type"):
        raw["visualization_type"] = value["visualization_type"]
    return raw


def _parse_week(change: Change, value: Any) -> Any:
    week = value.get("week", value)
    first = date.fromisoformat(week["startDate"])
    last = week.get("endDate") or str(first + timedelta(days=6))
    return {"week": {"startDate": str(first), "endDate": last}} | change.stamp


def _parse_hour(change: Change, value: Any) -> Any:
    raw = {"hour": int(value["hour"]), "minute": int(value.get("minute", 0))}
    if not (0 <= raw["hour"] < 24 and 0 <= raw["minute"] < 60):
        raise ValueError(raw)
    return raw | change.stamp


def _parse_numbers(change: Change, value: Any) -> Any:
    float(value)
    return str(value)


def _parse_text(change: Change, value: Any) -> Any:
    if isinstance(value, Mapping | list):
        raise TypeError(value)
    return str(value)


def _parse_long_text(change: Change, value: Any) -> Any:
    return {"text": str(_to_object(value, "text")["text"])} | change.stamp


def _parse_checkbox(change: Change, value: Any) -> Any:
    is_checked = _to_object(value, "checked")["checked"]
    if is_checked in (True, "true"):
        return {"checked": True} | change.stamp
    return None


def _parse_tags(change: Change, value: Any) -> Any:
    ids = _to_object(value, "tag_ids")["tag_ids"]
    return {"tag_ids": [change.world.tags[int(tag_id)].id for tag_id in ids]}


def _build_pair_parser(key: str, second_key: str) -> Callable[[Change, Any], Any]:
    def read(change: Change, value: Any) -> Any:
        if not isinstance(value, Mapping):
            first, _, second = str(value).partition(" ")
            value = {key: first, second_key: second or first}
        return {key: str(value[key]), second_key: value.get(second_key, "")} | change.stamp

    return read


def _parse_location(change: Change, value: Any) -> Any:
    float(value["lat"])
    float(value["lng"])
    return {key: str(part) for key, part in value.items()} | change.stamp


def _parse_country(change: Change, value: Any) -> Any:
    return {"countryCode": value["countryCode"], "countryName": value["countryName"]} | change.stamp


def _parse_rating(change: Change, value: Any) -> Any:
    rating = int(_to_object(value, "rating")["rating"])
    if not 0 <= rating <= int(change.column.settings.get("limit", 5)):
        raise ValueError(rating)
    return {"rating": rating} | change.stamp if rating else None


def _parse_world_clock(change: Change, value: Any) -> Any:
    return {"timezone": str(_to_object(value, "timezone")["timezone"])} | change.stamp


def _parse_color(change: Change, value: Any) -> Any:
    color = value.get("color", value) if isinstance(value, Mapping) else {"hex": value}
    if "hex" in color and not re.fullmatch(r"#[0-9a-fA-F]{6}", color["hex"]):
        raise ValueError(color)
    return {"color": dict(color)} | change.stamp


def _parse_files(change: Change, value: Any) -> Any:
    """Each a raw entry of the column: `{"assetId"}`, `{"url", "name", "fileType"}` or a doc."""
    entries = [_parse_file(change, entry) for entry in value["files"]]
    return {"files": entries} if entries else None


def _parse_file(change: Change, value: Mapping[str, Any]) -> JsonObject:
    entry = {"createdAt": change.world.now_ms(), "createdBy": str(change.user_id)} | dict(value)
    if "assetId" not in value or "fileType" in value:
        return entry  # also one whose file was deleted meanwhile
    asset = change.world.assets[int(value["assetId"])]
    return {
        "name": asset.name,
        "assetId": asset.id,
        "isImage": str(asset.name.lower().endswith((".png", ".jpg", ".gif"))).lower(),
        "fileType": "ASSET",
    } | entry


def _parse_links(change: Change, value: Any) -> Any:
    """Ids of items, or `links` with the kind (0 FS, 1 SS, 2 FF, 3 SF) and lag in days."""
    fields = _to_object(value, "item_ids")
    links = fields.get("links") or [{"item": item_id} for item_id in fields["item_ids"]]
    entries = [
        {"item": int(link["item"]), "type": link.get("type", 0), "lag": link.get("lag", 0)}
        for link in links
    ]
    return (
        {"links": entries, "changed_at": times.format_iso_ms(change.world.now_ms())}
        if entries
        else None
    )


def _parse_vote(change: Change, value: Any) -> Any:
    voters = [int(voter_id) for voter_id in _to_object(value, "voter_ids")["voter_ids"]]
    return {"voter_ids": voters} | change.stamp if voters else None


def _parse_time_tracking(change: Change, value: Any) -> Any:
    """Entries `{"from_ms", "to_ms", "user", "manual"}`; without `to_ms` it still runs."""
    entries = [dict(entry) for entry in value["entries"]]
    ended_entries = [entry for entry in entries if entry.get("to_ms")]
    running_entries = [entry for entry in entries if not entry.get("to_ms")]
    return {
        "running": str(bool(running_entries)).lower(),
        "startDate": running_entries[0]["from_ms"] // 1000 if running_entries else None,
        "duration": sum((entry["to_ms"] - entry["from_ms"]) // 1000 for entry in ended_entries),
        "entries": entries,
    } | change.stamp


def _parse_unchecked(change: Change, value: Any) -> Any:
    """Values that only the application itself sets: kept as they are."""
    return dict(value) if isinstance(value, Mapping) else value


def _parse_team(change: Change, value: Any) -> Any:
    return {"team_id": change.world.teams[int(_to_object(value, "team_id")["team_id"])].id}


_PARSERS: Final[Mapping[str, Callable[[Change, Any], Any]]] = {
    "name": _parse_text,
    "status": _parse_status,
    "dropdown": _parse_dropdown,
    "people": _parse_people,
    "person": _parse_people,
    "team": _parse_team,
    "date": _parse_date,
    "timeline": _parse_timeline,
    "week": _parse_week,
    "hour": _parse_hour,
    "numbers": _parse_numbers,
    "text": _parse_text,
    "long_text": _parse_long_text,
    "checkbox": _parse_checkbox,
    "tags": _parse_tags,
    "link": _build_pair_parser("url", "text"),
    "email": _build_pair_parser("email", "text"),
    "phone": _build_pair_parser("phone", "countryShortName"),
    "location": _parse_location,
    "country": _parse_country,
    "rating": _parse_rating,
    "world_clock": _parse_world_clock,
    "color_picker": _parse_color,
    "file": _parse_files,
    "doc": _parse_files,
    "direct_doc": _parse_files,
    "dependency": _parse_links,
    "board_relation": _parse_links,
    "vote": _parse_vote,
    "time_tracking": _parse_time_tracking,
    "integration": _parse_unchecked,
}
