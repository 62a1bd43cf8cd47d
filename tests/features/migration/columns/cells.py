"""Cells of every documented shape, and what of a value must be found again after conversion."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from clickup_mlops.features.migration.columns._options import PRIORITIES
from clickup_mlops.features.migration.columns._samples import KnownPeople
from clickup_mlops.features.migration.records import Cell, Column, Option

PEOPLE = KnownPeople(
    users={"1": 101, "3": 103},
    names={"1": "Ann Lee", "2": "Bo Ito", "3": "Eve Sol", "9": "Infra", "8": "Nobody's team"},
    teams={"9": ("1", "2", "3")},
)
WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cf")), min_size=1, max_size=12
)
TEXT = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
LINES = st.lists(TEXT, min_size=1, max_size=3).map("\n".join)
PERSON = st.sampled_from(["1", "2", "3", "404", "-4"])
REFERENCE = st.one_of(
    st.fixed_dictionaries({"id": PERSON, "kind": st.sampled_from(["person", "agent"])}),
    st.fixed_dictionaries({"id": st.sampled_from(["9", "8"]), "kind": st.just("team")}),
)
DAY = st.dates().map(str)
MS = st.integers(0, 4_000_000_000_000)
ITEM = st.integers(1, 50).map(str)
OPTIONS = st.lists(
    st.tuples(
        st.one_of(st.just(""), TEXT, st.sampled_from(["High", "high", "Critical ⚠️", "Low"])),
        st.sampled_from(["", "#00c875", "red"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
).map(
    lambda value: tuple(
        Option(str(n), name, color, active=active) for n, (name, color, active) in enumerate(value)
    )
)
LINK = st.fixed_dictionaries(
    {"url": st.sampled_from(["https://example.org/a_b", "example.org", "", "HTTP://x.y"])}
    | {"text": st.one_of(st.just(""), TEXT)}
)
DOC = st.fixed_dictionaries({"doc": ITEM, "url": st.sampled_from(["https://a.example/docs/1", ""])})
PERIOD = st.fixed_dictionaries(
    {"from": DAY, "to": DAY}, optional={"milestone": st.just(True)}
) | st.fixed_dictionaries({"from": DAY, "to": st.none()})
EVENT = st.fixed_dictionaries({"at_ms": MS, "person": st.one_of(st.just(""), PERSON)})
ENTRY = st.fixed_dictionaries(
    {
        "from_ms": MS,
        "to_ms": st.one_of(st.none(), MS),
        "person": st.one_of(st.just(""), PERSON),
        "manual": st.booleans(),
    }
)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "date": st.fixed_dictionaries(
        {"date": DAY, "time": st.one_of(st.none(), st.times().map(lambda t: f"{t:%H:%M:%S}"))}
    ),
    "timeline": PERIOD,
    "week": st.fixed_dictionaries({"from": DAY, "to": DAY}),
    "numbers": st.one_of(
        st.integers().map(str),
        st.decimals(-(10**20), 10**20, allow_nan=False).map(str),
    ),
    "text": TEXT,
    "long_text": LINES,
    "checkbox": st.booleans(),
    "tags": st.lists(TEXT, max_size=4),
    "link": LINK,
    "integration": LINK,
    "email": st.fixed_dictionaries(
        {"email": st.sampled_from(["ann@example.org", "ann", ""])}
        | {"text": st.one_of(st.just(""), TEXT)}
    ),
    "phone": st.fixed_dictionaries(
        {
            "phone": st.from_regex(r"\+?[0-9]{3,15}", fullmatch=True),
            "country": st.sampled_from(["US", "CN", "DE", ""]),
        }
    ),
    "location": st.fixed_dictionaries(
        {
            "lat": st.floats(-100, 100) | st.integers(-90, 90),
            "lng": st.floats(-180, 180),
            "address": st.one_of(st.just(""), TEXT),
        },
        optional={"city": TEXT},
    ),
    "country": st.sampled_from([{"code": "US", "name": "United States"}]),
    "rating": st.integers(0, 10),
    "hour": st.fixed_dictionaries({"hour": st.integers(0, 23), "minute": st.integers(0, 59)}),
    "file": st.lists(
        st.one_of(
            st.fixed_dictionaries({"asset": ITEM}),
            st.fixed_dictionaries(
                {
                    "url": st.sampled_from(["https://drive.example/1", "x:1"]),
                    "name": TEXT,
                    "kind": st.sampled_from(["link", "google_drive"]),
                }
            ),
            DOC,
        ),
        max_size=3,
    ),
    "dependency": st.lists(
        st.fixed_dictionaries(
            {
                "item": ITEM,
                "type": st.sampled_from(["FS", "SS", "FF", "SF"]),
                "lag_days": st.integers(-3, 3),
            }
        ),
        max_size=3,
    ),
    "board_relation": st.lists(
        st.fixed_dictionaries({"item": ITEM, "board": ITEM, "name": TEXT}), max_size=3
    ),
    "time_tracking": st.fixed_dictionaries(
        {
            "seconds": st.integers(0, 10**6),
            "running": st.booleans(),
            "entries": st.lists(ENTRY, max_size=3),
        }
    ),
    "vote": st.lists(PERSON, unique=True, max_size=3).flatmap(
        lambda voters: st.fixed_dictionaries(
            {"voters": st.just(voters), "count": st.integers(len(voters), 5)}
        )
    ),
    "creation_log": EVENT,
    "last_updated": EVENT,
    "doc": DOC,
    "direct_doc": DOC,
    **dict.fromkeys(("people", "person", "team"), st.lists(REFERENCE, max_size=3)),
    "item_assignees": st.one_of(TEXT, st.lists(REFERENCE, max_size=3)),
    "formula": st.one_of(TEXT, st.floats(allow_nan=True).map(str)),
}
"""By type; a type that is not here holds text."""

SETTINGS: dict[str, st.SearchStrategy[Any]] = {
    "numbers": st.sampled_from(
        [
            {},
            {"unit": {"symbol": "$", "direction": "left", "precision": 2}},
            {"unit": {"custom_unit": "ms", "direction": "right"}},
            {"unit": None},
        ]
    ),
    "rating": st.sampled_from([{}, {"limit": 3}, {"limit": 5}, {"limit": 10}]),
    "dropdown": st.sampled_from([{}, {"limit_select": True, "label_limit_count": 1}]),
}


@st.composite
def columns_and_cells(draw: Callable[..., Any], name: str) -> tuple[Column, Cell]:
    """A column of the type, and a cell of the shape that is documented for it."""
    options = draw(OPTIONS) if name in ("status", "dropdown") else ()
    title = draw(st.sampled_from(["Status", "Priority", "Due date", "Start", "A *b* _c_", "é"]))
    settings = draw(SETTINGS.get(name, st.just({})))
    column = Column("c1", title, name, options=options, settings=settings)
    return column, Cell(draw(_values(name, options)), "")


def _values(name: str, options: tuple[Option, ...]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from([*(option.key for option in options), "gone"])
    if name == "status":
        return keys
    if name == "dropdown":
        return st.lists(keys, unique=True, max_size=4)
    return VALUES.get(name, TEXT)


@dataclass(frozen=True)
class Piece:
    """A piece of a value: one of these texts must be found after the conversion."""

    texts: tuple[str, ...]


def pieces(column: Column, value: Any) -> Iterator[Piece]:
    """What a reader of the source knows from the cell; blank texts are nothing."""
    for texts in _PIECES.get(column.type, _of_text)(column, value):
        result = tuple(text for text in texts if text.strip())
        if result:
            yield Piece(result)


def _of_text(_column: Column, value: Any) -> Iterator[tuple[str, ...]]:
    for line in value.splitlines():
        yield (line.strip(), *_number(line))


def _number(text: str) -> tuple[str, ...]:
    try:
        return (str(float(text)), str(int(float(text))))
    except (ValueError, OverflowError):
        return ()


def _of_status(column: Column, value: str) -> Iterator[tuple[str, ...]]:
    name = next((option.name for option in column.options if option.key == value), value)
    priority = PRIORITIES.get(name.casefold())
    yield (" ".join(name.split()), name, f"priority {priority}" if priority else "")


def _of_dropdown(column: Column, value: list[str]) -> Iterator[tuple[str, ...]]:
    for key in value:
        for texts in _of_status(column, key):
            yield (*texts, *(text.strip().lower() for text in texts))


def _of_people(column: Column, value: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(value, str):
        yield (value,)
        return
    for entry in value:
        yield _person(entry["id"])


def _person(person_id: str) -> tuple[str, ...]:
    user = PEOPLE.person(person_id)
    return (PEOPLE.name(person_id), *([str(user)] if user else []))


def _instant(at_ms: int) -> tuple[str, ...]:
    fromtimestamp = datetime.fromtimestamp(at_ms / 1000, UTC)
    return (str(at_ms), f"{fromtimestamp:%Y-%m-%d %H:%M} UTC", f"{fromtimestamp:%Y-%m-%d %H:%M:%S}")


def _of_date(_column: Column, value: Any) -> Iterator[tuple[str, ...]]:
    clock = value["time"] or "10:00:00"
    at = datetime.fromisoformat(f"{value['date']}T{clock}+00:00")
    yield (str(round(at.timestamp() * 1000)), f"{value['date']} {clock[:5]}", value["date"])
    if value["time"]:
        yield (str(round(at.timestamp() * 1000)), f" {clock[:5]}", f"T{clock}")


def _of_period(_column: Column, value: Any) -> Iterator[tuple[str, ...]]:
    for key in ("from", "to"):
        if value.get(key):
            at = datetime.fromisoformat(f"{value[key]}T10:00:00+00:00")
            yield (value[key], str(round(at.timestamp() * 1000)))
    if value.get("milestone"):
        yield ("milestone", "type_id 1")


def _of_numbers(column: Column, value: str) -> Iterator[tuple[str, ...]]:
    yield (value, *_number(value))
    unit = column.settings.get("unit") or {}
    if symbol := unit.get("custom_unit"):
        yield (symbol,)


def _of_checkbox(_column: Column, value: bool) -> Iterator[tuple[str, ...]]:
    yield ("yes" if value else "no", str(value))


def _of_tags(_column: Column, value: list[str]) -> Iterator[tuple[str, ...]]:
    yield from ((name, name.strip().lower()) for name in value)


def _of_parts(_column: Column, value: Any) -> Iterator[tuple[str, ...]]:
    yield from ((str(part),) for part in value.values() if part not in (None, ""))


def _of_phone(_column: Column, value: Any) -> Iterator[tuple[str, ...]]:
    yield from ((value["phone"],), (value["country"],))


def _of_rating(column: Column, value: int) -> Iterator[tuple[str, ...]]:
    yield (f"{value} of", str(value))


def _of_hour(_column: Column, value: Any) -> Iterator[tuple[str, ...]]:
    yield (f"{value['hour']:02}:{value['minute']:02}",)


def _of_files(_column: Column, value: Any) -> Iterator[tuple[str, ...]]:
    for file in value:
        yield from _of_parts(_column, file)


def _of_relation(_column: Column, value: Any) -> Iterator[tuple[str, ...]]:
    yield from ((entry["item"], entry["name"]) for entry in value)


def _of_dependency(_column: Column, value: Any) -> Iterator[tuple[str, ...]]:
    for entry in value:
        yield (entry["item"],)
        yield (entry["type"],) if entry["type"] != "FS" else ()
        yield (f"{entry['lag_days']} days",) if entry["lag_days"] else ()


def _of_time(_column: Column, value: Any) -> Iterator[tuple[str, ...]]:
    for entry in value["entries"]:
        yield _instant(entry["from_ms"])
        if entry["person"]:
            yield _person(entry["person"])
        if entry["to_ms"] is not None:
            yield (str(entry["to_ms"] - entry["from_ms"]), *_instant(entry["to_ms"]))
    if value["running"]:
        yield ("to ?", "running")


def _of_vote(_column: Column, value: Any) -> Iterator[tuple[str, ...]]:
    if value["count"]:
        yield (
            str(value["count"]),
            *(["101", "103", "Bo Ito", "404", "-4"] if value["voters"] else []),
        )
    yield from (_person(voter) for voter in value["voters"])


def _of_event(_column: Column, value: Any) -> Iterator[tuple[str, ...]]:
    yield _instant(value["at_ms"])
    if value["person"]:
        yield _person(value["person"])


_PIECES: dict[str, Callable[[Column, Any], Iterator[tuple[str, ...]]]] = {
    "status": _of_status,
    "dropdown": _of_dropdown,
    **dict.fromkeys(("people", "person", "team", "item_assignees"), _of_people),
    "date": _of_date,
    **dict.fromkeys(("timeline", "week"), _of_period),
    "numbers": _of_numbers,
    "checkbox": _of_checkbox,
    "tags": _of_tags,
    **dict.fromkeys(("link", "integration", "email", "country", "doc"), _of_parts),
    "direct_doc": _of_parts,
    "location": _of_parts,
    "phone": _of_phone,
    "rating": _of_rating,
    "hour": _of_hour,
    "file": _of_files,
    "dependency": _of_dependency,
    "board_relation": _of_relation,
    "time_tracking": _of_time,
    "vote": _of_vote,
    **dict.fromkeys(("creation_log", "last_updated"), _of_event),
}
