"""Column values as Monday.com answers them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.monday import values
from clickup_mlops.monday.values import DECODERS, OLD_TYPES, Value, decode
from clickup_mlops.monday.values.times import parse_moment_ms

AT = {"changed_at": "2025-05-24T14:07:26.376Z"}


def raw(kind: str, value: Any, text: str | None = None, **typed: Any) -> dict[str, Any]:
    encoded = None if value is None else json.dumps(value)
    return {"id": "c", "type": kind, "text": text, "value": encoded, **typed}


CASES: dict[str, tuple[dict[str, Any], Any]] = {
    "status": (raw("status", {"index": 1, "post_id": None, **AT}, "Done"), "1"),
    "status 0": (raw("status", {"index": 0, **AT}, "Working on it"), "0"),
    "status, typed only": (raw("status", None, None, index=5, label=""), "5"),
    "status, old name": (raw("color", {"index": 2}), "2"),
    "dropdown": (raw("dropdown", {"ids": [1, 3]}, "Marketing, Design"), ["1", "3"]),
    "people": (
        raw("people", {**AT, "personsAndTeams": [{"id": 48202303, "kind": "person"}]}, "Ann"),
        [{"id": "48202303", "kind": "person"}],
    ),
    "people, typed": (
        raw("people", None, "Bot", persons_and_teams=[{"id": "7", "kind": "agent"}]),
        [{"id": "7", "kind": "agent"}],
    ),
    "person": (raw("person", None, "Ann", person_id="5"), [{"id": "5", "kind": "person"}]),
    "team": (raw("team", {"team_id": 12}, "A team"), [{"id": "12", "kind": "team"}]),
    "date": (
        raw("date", {"date": "2026-06-15", "time": "09:00:00", **AT}, "2026-06-15 12:00"),
        {"date": "2026-06-15", "time": "09:00:00"},
    ),
    "day": (
        raw("date", {"date": "2026-06-15", "icon": "x", **AT}, "2026-06-15"),
        {"date": "2026-06-15", "time": None},
    ),
    "timeline": (
        raw("timeline", {"to": "2026-03-15", "from": "2026-03-01", **AT}),
        {"from": "2026-03-01", "to": "2026-03-15"},
    ),
    "milestone": (
        raw(
            "timerange",
            {"to": "2026-03-15", "from": "2026-03-15", "visualization_type": "milestone"},
        ),
        {"from": "2026-03-15", "to": "2026-03-15", "milestone": True},
    ),
    "timeline, cleared": (raw("timeline", AT, ""), None),
    "week": (
        raw("week", {"week": {"startDate": "2026-01-05", "endDate": "2026-01-11"}, **AT}),
        {"from": "2026-01-05", "to": "2026-01-11"},
    ),
    "week, cleared": (raw("week", {"week": ""}), None),
    "numbers": (raw("numbers", "1231", "1231"), "1231"),
    "numbers, decimal": (raw("numeric", "-0.50", "-0.50"), "-0.50"),
    "numbers, as a number": (raw("numbers", 12.5), "12.5"),
    "text": (raw("text", "57 lenox ave", "57 lenox ave"), "57 lenox ave"),
    "long text": (raw("long_text", {"text": "a\nb", **AT}, "a\nb"), "a\nb"),
    "checkbox": (raw("checkbox", {"checked": True, **AT}, "v"), True),
    "checkbox, old": (raw("boolean", {"checked": "true"}, "v"), True),
    "checkbox, off": (raw("checkbox", {"checked": "false"}, ""), False),
    "tags": (
        raw("tags", {"tag_ids": [1, 2]}, "a, b", tags=[{"name": "a,b"}, {"name": "c"}]),
        ["a,b", "c"],
    ),
    "tags, by text": (raw("tag", {"tag_ids": [12345, 12346]}, "tag1, tag2"), ["tag1", "tag2"]),
    "link": (
        raw("link", {"url": "https://a.example", "text": "A", **AT}, "A - https://a.example"),
        {"url": "https://a.example", "text": "A"},
    ),
    "email": (
        raw("email", {"email": "a@example.com", "text": "A", **AT}),
        {"email": "a@example.com", "text": "A"},
    ),
    "phone": (
        raw("phone", {"phone": "+18637777777", "countryShortName": "US", **AT}, "18637777777"),
        {"phone": "+18637777777", "country": "US"},
    ),
    "location": (
        raw("location", {"lat": "29.97", "lng": "31.13", "address": "Giza"}, "Giza"),
        {"lat": 29.97, "lng": 31.13, "address": "Giza"},
    ),
    "location, picked": (
        raw(
            "location",
            {"lat": "0", "lng": "0", "address": "x", "city": {"long_name": "Nowhere"}},
        ),
        {"lat": 0.0, "lng": 0.0, "address": "x", "city": "Nowhere"},
    ),
    "country": (
        raw("country", {"countryCode": "US", "countryName": "United States", **AT}),
        {"code": "US", "name": "United States"},
    ),
    "rating": (raw("rating", {"rating": 4, **AT}, "4"), 4),
    "hour": (
        raw("hour", {"hour": 16, "minute": 42, **AT}, "04:42 PM"),
        {"hour": 16, "minute": 42},
    ),
    "midnight": (raw("hour", {"hour": 0, "minute": 0}), {"hour": 0, "minute": 0}),
    "world clock": (raw("world_clock", {"timezone": "Europe/London", **AT}), "Europe/London"),
    "colour": (raw("color_picker", {"color": {"hex": "#FF5733"}, **AT}), "#ff5733"),
    "colour, RGB": (raw("color_picker", {"color": {"r": 255, "g": 0, "b": 16}}), "#ff0010"),
    "file": (
        raw(
            "file",
            {"files": [{"name": "a.jpg", "assetId": 125951865, "fileType": "ASSET"}]},
        ),
        [{"asset": "125951865"}],
    ),
    "files of all kinds": (
        raw(
            "file",
            None,
            "x",
            files=[
                {"asset_id": "1", "name": "a"},
                {"object_id": "2", "url": "https://d.example"},
                {"kind": "google_drive", "name": "g", "link": "https://g.example"},
            ],
        ),
        [
            {"asset": "1"},
            {"doc": "2", "url": "https://d.example"},
            {"url": "https://g.example", "name": "g", "kind": "google_drive"},
        ],
    ),
    "link file, raw": (
        raw("file", {"files": [{"fileType": "BOX", "linkToFile": "https://b", "name": "b"}]}),
        [{"url": "https://b", "name": "b", "kind": "box"}],
    ),
    "dependency": (
        raw(
            "dependency",
            None,
            linked_item_ids=["1", "2"],
            dependency_links=[{"linked_item_id": "2", "dependency_type": 3, "lag": 4}],
        ),
        [
            {"item": "2", "type": "SF", "lag_days": 4},
            {"item": "1", "type": "FS", "lag_days": 0},
        ],
    ),
    "dependency, old": (
        raw("dependency", {"linkedPulseIds": [{"linkedPulseId": 123}]}),
        [{"item": "123", "type": "FS", "lag_days": 0}],
    ),
    "connected": (
        raw(
            "board_relation",
            None,
            linked_item_ids=["1", "9"],
            linked_items=[{"id": "1", "name": "One", "board": {"id": "5"}}],
        ),
        [
            {"item": "1", "board": "5", "name": "One"},
            {"item": "9", "board": "", "name": ""},
        ],
    ),
    "connected, old": (
        raw("board-relation", {"linkedPulseIds": [{"linkedPulseId": 1}]}),
        [{"item": "1", "board": "", "name": ""}],
    ),
    "mirror": (raw("mirror", None, None, display_value="a, b"), "a, b"),
    "formula": (raw("formula", None, "", display_value="42"), "42"),
    "time tracking": (
        raw(
            "time_tracking",
            {"running": "false", "duration": 3600, **AT},
            "01:00:00",
            running=False,
            duration=3600,
            history=[
                {
                    "started_at": "2026-01-05T08:00:00Z",
                    "ended_at": "2026-01-05T09:00:00Z",
                    "started_user_id": "7",
                    "manually_entered_start_time": True,
                },
                {"started_at": "2026-01-06T08:00:00Z", "ended_at": None},
            ],
        ),
        {
            "seconds": 3600,
            "running": False,
            "entries": [
                {
                    "from_ms": 1767600000000,
                    "to_ms": 1767603600000,
                    "person": "7",
                    "manual": True,
                }
            ],
        },
    ),
    "time tracking, running": (
        raw("duration", {"running": "true", "duration": 0}),
        {"seconds": 0, "running": True, "entries": []},
    ),
    "vote": (
        raw("vote", {"voter_ids": [12345], **AT}, "1"),
        {"count": 1, "voters": ["12345"]},
    ),
    "vote, none": (raw("vote", None, "0", vote_count=0, voter_ids=[]), None),
    "created": (
        raw("creation_log", None, "x", created="2025-01-01T10:00:00Z", creator="7"),
        {"at_ms": 1735725600000, "person": "7"},
    ),
    "created, by text": (
        raw("pulse-log", None, "2025-01-01 10:00:00 UTC"),
        {"at_ms": 1735725600000, "person": ""},
    ),
    "updated": (
        raw("last_updated", {"updated_at": "2025-01-01T10:00:00Z", "updater_id": 7}),
        {"at_ms": 1735725600000, "person": "7"},
    ),
    "item id": (raw("item_id", None, "99", item_id="99"), "99"),
    "doc": (
        raw("doc", None, "x", doc={"object_id": "5", "url": "https://d"}),
        {"doc": "5", "url": "https://d"},
    ),
    "direct doc": (
        raw("direct_doc", {"files": [{"fileType": "MONDAY_DOC", "objectId": 5}]}),
        {"doc": "5", "url": ""},
    ),
    "integration": (
        raw("integration", None, None, issue_id="GH-1", issue_api_url="https://i"),
        {"url": "https://i", "text": "GH-1"},
    ),
    "roll-up of one status": (
        raw("status", None, None, battery_value=[{"key": "1", "count": 3}]),
        "1",
    ),
    "roll-up of several": (
        raw(
            "status",
            None,
            None,
            battery_value=[{"key": "1", "count": 3}, {"key": "2", "count": 1}],
        ),
        None,
    ),
    "button": (raw("button", None, None, label="Start"), "Start"),
    "a type that nobody knows": (raw("hologram", {"a": 1}, "shown"), "shown"),
    "a value that is decoded already": (
        {"id": "c", "type": "rating", "text": "4", "value": {"rating": 4}},
        4,
    ),
}
"""Raw value, and the plain value that becomes of it."""


@pytest.mark.parametrize(("column_value", "value"), CASES.values(), ids=CASES)
def test_each_type_becomes_its_plain_value(column_value: dict[str, Any], value: Any) -> None:
    """From whichever of the three forms has it."""
    decoded = decode(column_value)

    assert decoded.value == value
    assert decoded.problem == ""


def test_every_decoder_has_a_case() -> None:
    """A new column type comes with what it was read from."""
    assert {
        values.current_type(str(column_value["type"])) for column_value, _value in CASES.values()
    } >= set(DECODERS)


@pytest.mark.parametrize("kind", [*DECODERS, "mirror", "hologram"])
def test_an_empty_value_is_none(kind: str) -> None:
    """Both ways in which Monday.com says that there is none."""
    assert decode(raw(kind, None, "")) == Value()
    assert decode({"id": "c", "type": kind, "text": None, "value": ""}) == Value()


MALFORMED = {
    "status": {"index": "one"},
    "date": {"date": "15 June"},
    "timeline": {"from": "2026-03-01"},
    "week": {"week": {"startDate": "2026"}},
    "numbers": "many",
    "color_picker": {"color": {"hex": "red"}},
    "location": {"lat": "100", "lng": "0", "address": "x"},
    "hour": {"hour": 25},
    "people": {"personsAndTeams": [{"kind": "person"}]},
    "dropdown": {"ids": ["a"]},
    "tags": {"tag_ids": [1, 2]},
    "file": {"files": [{"fileType": "ASSET"}]},
    "rating": [4],
    "creation_log": {"created_at": "yesterday"},
    "link": {"url": ["x"]},
}


@pytest.mark.parametrize(("kind", "value"), MALFORMED.items(), ids=MALFORMED)
def test_a_malformed_value_keeps_its_text_and_says_why(kind: str, value: Any) -> None:
    """It never raises."""
    text = "only one" if kind == "tags" else "as shown"

    decoded = decode(raw(kind, value, text))

    assert decoded.value is None and decoded.text == text and decoded.problem


def test_an_address_without_coordinates_is_no_place() -> None:
    """Its text says where."""
    decoded = decode(raw("location", {"address": "Giza"}, "Giza"))

    assert decoded.text == "Giza" and "coordinates" in decoded.problem


KEYS = st.sampled_from(
    [
        "index", "ids", "date", "time", "from", "to", "week", "startDate", "endDate", "text", "url",
        "email", "phone", "lat", "lng", "checked", "color", "hex", "r", "g", "b", "files", "id",
        "personsAndTeams", "linkedPulseIds", "linkedPulseId", "rating", "hour", "minute", "running",
        "duration", "voter_ids", "created_at", "updated_at", "tag_ids", "timezone", "countryCode",
        "asset_id", "object_id", "link", "name", "key", "count", "started_at", "ended_at",
    ]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
TYPED = st.dictionaries(
    st.sampled_from(
        [
            "index", "label", "display_value", "persons_and_teams", "linked_item_ids", "item_id",
            "dependency_links", "linked_items", "files", "doc", "history", "running", "duration",
            "tags", "vote_count", "voter_ids", "battery_value", "created", "updated", "creator",
        ]
    ),
    JSON,
    max_size=3,
)  # fmt: skip


@given(
    kind=st.sampled_from([*DECODERS, *OLD_TYPES]),
    value=JSON | st.text(),
    is_text=st.booleans(),
    text=st.none() | st.text(),
    typed=TYPED,
)
def test_no_value_makes_a_decoder_raise(
    kind: str, value: Any, is_text: bool, text: str | None, typed: dict[str, Any]
) -> None:
    """And what comes of it can be kept as JSON."""
    encoded = json.dumps(value) if is_text else value

    decoded = decode({"id": "c", "type": kind, "text": text, "value": encoded, **typed})

    assert decoded.text or not (text or "").strip() or decoded.text == text
    json.dumps(decoded.value)


@given(st.dates(), st.none() | st.times().map(lambda time: time.replace(microsecond=0)))
def test_every_date_is_kept_as_it_is(day: Any, clock: Any) -> None:
    """No zone of a caller comes in between."""
    value = {"date": day.isoformat(), **({"time": clock.isoformat()} if clock else {})}

    decoded = decode(raw("date", value, "anything"))

    assert decoded.value == {"date": day.isoformat(), "time": clock and clock.isoformat()}


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2025-01-01T10:00:00Z", 1735725600000),
        ("2025-01-01T12:00:00+02:00", 1735725600000),
        ("2025-01-01 10:00:00 UTC", 1735725600000),
        ("2025-01-01 10:00:00", 1735725600000),
        ("", None),
        (None, None),
    ],
)
def test_times_are_unix_milliseconds(text: Any, ms: int | None) -> None:
    """Without a zone they are UTC."""
    assert parse_moment_ms(text) == ms
