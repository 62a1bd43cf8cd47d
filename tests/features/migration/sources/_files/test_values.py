"""Values of files as cells of a column's type, and dates that cannot be misread."""

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.migration.records import Option, Person
from clickup_mlops.features.migration.sources._files import dates, values
from clickup_mlops.features.migration.sources._files.entries import Field
from clickup_mlops.features.migration.sources._files.people import People

UTC_PLUS_2 = timezone(timedelta(hours=2))


def value_of(type_: str, raw: object) -> object:
    return values.cell(Field("c", "C", type_), raw, People().find).value


@pytest.mark.parametrize(
    ("type_", "raw", "value"),
    [
        ("text", True, "true"),
        ("text", 3.0, "3"),
        ("text", 0.25, "0.25"),
        ("text", datetime.fromisoformat("2026-01-02T03:04"), "2026-01-02 03:04:00"),
        ("text", time(3, 4), "03:04:00"),
        ("status", " Done ", "Done"),
        ("status", Option("1", "Done"), "1"),
        ("dropdown", Option("1", "Done"), ["1"]),
        ("people", Person("1", "Ops", kind="team"), [{"id": "1", "kind": "team"}]),
        ("people", Person("2", "Gast", kind="guest"), [{"id": "2", "kind": "person"}]),
        ("numbers", "-1,234.50", "-1234.5"),
        ("numbers", "1e3", "1000"),
        ("checkbox", "Yes", True),
        ("checkbox", 0.0, False),
        ("rating", 4.0, 4),
        ("link", {"url": "https://x.test", "text": "X"}, {"url": "https://x.test", "text": "X"}),
        ("link", "https://x.test", {"url": "https://x.test", "text": "https://x.test"}),
        ("email", "ada@x.test", {"email": "ada@x.test", "text": "ada@x.test"}),
        ("date", {"date": "2026-01-02", "time": None}, {"date": "2026-01-02", "time": None}),
        ("week", "2026-01-05 to 2026-01-11", {"from": "2026-01-05", "to": "2026-01-11"}),
        ("time_tracking", timedelta(minutes=2), {"seconds": 120, "running": False, "entries": []}),
        ("time_tracking", time(1, 0, 1), {"seconds": 3601, "running": False, "entries": []}),
        ("time_tracking", "1:30", {"seconds": 5400, "running": False, "entries": []}),
        ("time_tracking", "0:00:07", {"seconds": 7, "running": False, "entries": []}),
        ("time_tracking", 60, {"seconds": 60, "running": False, "entries": []}),
        ("dependency", [{"item": "1"}], [{"item": "1"}]),
    ],
)
def test_a_value_has_the_shape_of_its_type(type_: str, raw: object, value: object) -> None:
    assert value_of(type_, raw) == value


@pytest.mark.parametrize(
    ("type_", "raw"),
    [
        ("numbers", "many"),
        ("numbers", True),
        ("numbers", "nan"),
        ("numbers", "1e999"),
        ("checkbox", "maybe"),
        ("link", "no address"),
        ("email", "ada"),
        ("phone", "call me"),
        ("date", "01/02/2026"),
        ("date", "soon"),
        ("timeline", ("2026-01-05",)),
        ("dependency", "Other task"),
        ("file", "model.onnx"),
        ("rating", "***"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(type_: str, raw: object) -> None:
    with pytest.raises(ValueError, match=r"is n|names no"):
        value_of(type_, raw)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02", date(2026, 1, 2)),
        ("2026-01-02T00:00:00+02:00", datetime.fromisoformat("2026-01-01T22:00")),
        ("2026-01-02T10:00:00.000+0200", datetime.fromisoformat("2026-01-02T08:00")),
        ("2026-01-02 10:00", datetime.fromisoformat("2026-01-02T10:00")),
        ("2026-01-02 00:00:00", date(2026, 1, 2)),
        ("2/Jan/26 3:45 PM", datetime.fromisoformat("2026-01-02T15:45")),
        ("Jan 2, 2026", date(2026, 1, 2)),
        (
            "Fri Jan 02 2026 10:00:00 GMT+0200 (EET)",
            datetime.fromisoformat("2026-01-02T08:00"),
        ),
    ],
)
def test_dates_are_read_as_tools_write_them(text: str, moment: date) -> None:
    """A midnight without a zone is a calendar day."""
    assert dates.moment(text) == moment


@given(st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1)))  # noqa: DTZ001
def test_a_time_with_a_zone_is_the_same_moment(at: datetime) -> None:
    zoned = at.replace(microsecond=0, tzinfo=UTC_PLUS_2)

    assert dates.unix_ms(zoned.isoformat()) == int(zoned.timestamp() * 1000)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+01:00"])
def test_a_time_that_utc_does_not_have_is_no_date(text: str) -> None:
    """Some write the last moment of the year 9999 for "never": it stops no migration."""
    assert dates.unix_ms(text) is None


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12
    )
)
def test_a_number_keeps_its_value(number: object) -> None:
    text = values.number(number)
    assert Decimal(text) == number
    assert "e" not in text.lower()
