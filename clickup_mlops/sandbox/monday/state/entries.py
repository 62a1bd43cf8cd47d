"""What a column accepts, and the raw value that it keeps.

The forms are those of `change_column_value` (JSON, also as text) and `change_simple_column_value`
(plain text).
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from clickup_mlops.sandbox.monday.state import labels, times
from clickup_mlops.sandbox.monday.state.model import Column, Json
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.world import World

JsonObject = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody sets a column."""

    world: World
    column: Column
    user_id: int
    new_labels: bool

    @property
    def stamp(self) -> JsonObject:
        """What most raw values hold beside their own."""
        return {"changed_at": times.iso_ms(self.world.now_ms())}


def accept(
    world: World, column: Column, given: Json, user_id: int, *, new_labels: bool = False
) -> Json:
    """The raw value to keep, or None to clear the column.

    Raises:
        Refusal: the column is computed, or the value does not fit: ColumnValueException.
    """
    given = _decoded(given)
    if given == {} and column.type == "timeline":
        return {"changed_at": times.iso_ms(world.now_ms())}  # so does Monday.com
    if given is None or given in ("", {}):
        return None
    reader = _READERS.get(column.type)
    if reader is None:
        raise Refusal("ColumnValueException", f"column {column.id} ({column.type}) is read-only")
    try:
        return reader(Change(world, column, user_id, new_labels), given)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refusal(
            "ColumnValueException",
            f"invalid value for column {column.id} ({column.type}): {json.dumps(given)[:80]}",
            column_id=column.id,
        ) from None


def _decoded(given: Json) -> Json:
    if isinstance(given, str) and given[:1] in '{["':
        try:
            return json.loads(given)
        except json.JSONDecodeError:
            return given
    return given


def _object(given: Json, key: str) -> JsonObject:
    return dict(given) if isinstance(given, Mapping) else {key: given}


def _status(change: Change, given: Json) -> Json:
    sent = _object(given, "label")
    wanted = sent.get("label", sent.get("index"))
    index = labels.status(change.column, wanted, new=change.new_labels)
    return {"index": index, "post_id": sent.get("post_id")} | change.stamp


def _dropdown(change: Change, given: Json) -> Json:
    sent = _object(given, "labels")
    wanted = sent.get("ids") or sent["labels"]
    names = wanted if isinstance(wanted, list) else [one.strip() for one in str(wanted).split(",")]
    return {"ids": [labels.dropdown(change.column, one, new=change.new_labels) for one in names]}


def _people(change: Change, given: Json) -> Json:
    if not isinstance(given, Mapping):
        ids = [int(one) for one in str(given).split(",")]
        given = {"personsAndTeams": [{"id": one, "kind": "person"} for one in ids]}
    found = [
        {"id": int(one["id"]), "kind": one.get("kind", "person")}
        for one in given["personsAndTeams"]
    ]
    return change.stamp | {"personsAndTeams": found}


def _date(change: Change, given: Json) -> Json:
    sent = given
    if not isinstance(given, Mapping):
        day, _, time = str(given).partition(" ")
        sent = {"date": day, "time": time or None}
    times.parse(f"{sent['date']}T{sent.get('time') or '00:00:00'}")
    found: JsonObject = {"date": sent["date"]}
    if sent.get("time"):
        found["time"] = sent["time"]
    if sent.get("icon"):
        found["icon"] = sent["icon"]
    return found | change.stamp


def _timeline(change: Change, given: Json) -> Json:
    times.parse(given["from"])
    times.parse(given["to"])
    found = {"to": given["to"], "from": given["from"]} | change.stamp
    if given.get("visualization_type"):
        found["visualization_type"] = given["visualization_type"]
    return found


def _week(change: Change, given: Json) -> Json:
    week = given.get("week", given)
    first = date.fromisoformat(week["startDate"])
    last = week.get("endDate") or str(first + timedelta(days=6))
    return {"week": {"startDate": str(first), "endDate": last}} | change.stamp


def _hour(change: Change, given: Json) -> Json:
    found = {"hour": int(given["hour"]), "minute": int(given.get("minute", 0))}
    if not (0 <= found["hour"] < 24 and 0 <= found["minute"] < 60):
        raise ValueError(found)
    return found | change.stamp


def _numbers(change: Change, given: Json) -> Json:
    float(given)
    return str(given)


def _text(change: Change, given: Json) -> Json:
    if isinstance(given, Mapping | list):
        raise TypeError(given)
    return str(given)


def _long_text(change: Change, given: Json) -> Json:
    return {"text": str(_object(given, "text")["text"])} | change.stamp


def _checkbox(change: Change, given: Json) -> Json:
    checked = _object(given, "checked")["checked"]
    if checked in (True, "true"):
        return {"checked": True} | change.stamp
    return None


def _tags(change: Change, given: Json) -> Json:
    ids = _object(given, "tag_ids")["tag_ids"]
    return {"tag_ids": [change.world.tags[int(one)].id for one in ids]}


def _pair(key: str, other: str) -> Callable[[Change, Json], Json]:
    def read(change: Change, given: Json) -> Json:
        if not isinstance(given, Mapping):
            first, _, rest = str(given).partition(" ")
            given = {key: first, other: rest or first}
        return {key: str(given[key]), other: given.get(other, "")} | change.stamp

    return read


def _location(change: Change, given: Json) -> Json:
    float(given["lat"])
    float(given["lng"])
    return {key: str(value) for key, value in given.items()} | change.stamp


def _country(change: Change, given: Json) -> Json:
    return {"countryCode": given["countryCode"], "countryName": given["countryName"]} | change.stamp


def _rating(change: Change, given: Json) -> Json:
    rating = int(_object(given, "rating")["rating"])
    if not 0 <= rating <= int(change.column.settings.get("limit", 5)):
        raise ValueError(rating)
    return {"rating": rating} | change.stamp if rating else None


def _world_clock(change: Change, given: Json) -> Json:
    return {"timezone": str(_object(given, "timezone")["timezone"])} | change.stamp


def _color(change: Change, given: Json) -> Json:
    color = given.get("color", given) if isinstance(given, Mapping) else {"hex": given}
    if "hex" in color and not re.fullmatch(r"#[0-9a-fA-F]{6}", color["hex"]):
        raise ValueError(color)
    return {"color": dict(color)} | change.stamp


def _files(change: Change, given: Json) -> Json:
    """Each a raw entry of the column: `{"assetId"}`, `{"url", "name", "fileType"}` or a doc."""
    found = [_file(change, one) for one in given["files"]]
    return {"files": found} if found else None


def _file(change: Change, given: Mapping[str, Json]) -> JsonObject:
    entry = {"createdAt": change.world.now_ms(), "createdBy": str(change.user_id)} | dict(given)
    if "assetId" not in given or "fileType" in given:
        return entry  # also one whose file was deleted meanwhile
    asset = change.world.assets[int(given["assetId"])]
    return {
        "name": asset.name,
        "assetId": asset.id,
        "isImage": str(asset.name.lower().endswith((".png", ".jpg", ".gif"))).lower(),
        "fileType": "ASSET",
    } | entry


def _links(change: Change, given: Json) -> Json:
    """Ids of items, or `links` with the kind (0 FS, 1 SS, 2 FF, 3 SF) and lag in days."""
    sent = _object(given, "item_ids")
    links = sent.get("links") or [{"item": one} for one in sent["item_ids"]]
    found = [
        {"item": int(one["item"]), "type": one.get("type", 0), "lag": one.get("lag", 0)}
        for one in links
    ]
    return {"links": found, "changed_at": times.iso_ms(change.world.now_ms())} if found else None


def _vote(change: Change, given: Json) -> Json:
    voters = [int(one) for one in _object(given, "voter_ids")["voter_ids"]]
    return {"voter_ids": voters} | change.stamp if voters else None


def _time_tracking(change: Change, given: Json) -> Json:
    """Entries `{"from_ms", "to_ms", "user", "manual"}`; without `to_ms` it still runs."""
    entries = [dict(one) for one in given["entries"]]
    ended = [one for one in entries if one.get("to_ms")]
    running = [one for one in entries if not one.get("to_ms")]
    return {
        "running": str(bool(running)).lower(),
        "startDate": running[0]["from_ms"] // 1000 if running else None,
        "duration": sum((one["to_ms"] - one["from_ms"]) // 1000 for one in ended),
        "entries": entries,
    } | change.stamp


def _kept(change: Change, given: Json) -> Json:
    """Values that only the application itself sets: kept as they are."""
    return dict(given) if isinstance(given, Mapping) else given


def _team(change: Change, given: Json) -> Json:
    return {"team_id": change.world.teams[int(_object(given, "team_id")["team_id"])].id}


_READERS: Final[Mapping[str, Callable[[Change, Json], Json]]] = {
    "name": _text,
    "status": _status,
    "dropdown": _dropdown,
    "people": _people,
    "person": _people,
    "team": _team,
    "date": _date,
    "timeline": _timeline,
    "week": _week,
    "hour": _hour,
    "numbers": _numbers,
    "text": _text,
    "long_text": _long_text,
    "checkbox": _checkbox,
    "tags": _tags,
    "link": _pair("url", "text"),
    "email": _pair("email", "text"),
    "phone": _pair("phone", "countryShortName"),
    "location": _location,
    "country": _country,
    "rating": _rating,
    "world_clock": _world_clock,
    "color_picker": _color,
    "file": _files,
    "doc": _files,
    "direct_doc": _files,
    "dependency": _links,
    "board_relation": _links,
    "vote": _vote,
    "time_tracking": _time_tracking,
    "integration": _kept,
}
