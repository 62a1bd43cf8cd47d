"""Calendars: which events are shifts, and when."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.shifts.sources import ShiftSource, kinds
from clickup_mlops.ports.bounded_get import LARGEST, SourceAway

BEGIN = datetime(2026, 3, 20, tzinfo=UTC)
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"


def ms(moment: datetime) -> int:
    """Unix milliseconds."""
    return round(moment.timestamp() * 1000)


def read(tmp_path: Path, *events: str, days: int = 21, **settings: str) -> list[str]:
    """Persons with their times in UTC, of three weeks."""
    text = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    file = tmp_path / "shifts.ics"
    file.write_text(f"{HEAD}{text}END:VCALENDAR\r\n".replace("|", "\r\n"), newline="")
    source = ShiftSource(kind="ical", file=file, **settings)
    shifts = kinds()["ical"](source, ms(BEGIN), ms(BEGIN + timedelta(days=days)))
    return [
        " ".join([shift.person, _show(shift.begin_ms), _show(shift.end_ms)])
        for shift in shifts
        if shift.end_ms > ms(BEGIN)
    ]


def _show(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%d.%m. %H:%M")


MADRID = "DTSTART;TZID=Europe/Madrid:20260323T090000|DURATION:P7D"


@pytest.mark.parametrize(
    ("event", "shifts"),
    [
        ("DTSTART:20260321T080000Z|DTEND:20260321T200000Z", ["Ana 21.03. 08:00 21.03. 20:00"]),
        ("DTSTART;VALUE=DATE:20260321", ["Ana 20.03. 23:00 21.03. 23:00"]),
        ("DTSTART:20260321T090000|DURATION:PT8H", ["Ana 21.03. 08:00 21.03. 16:00"]),
        ("DTSTART:20260319T080000Z|DTEND:20260319T200000Z", []),
        ("DTSTART:20260619T080000Z|DTEND:20260619T200000Z", []),
        ("STATUS:CANCELLED|DTSTART:20260321T080000Z|DTEND:20260321T200000Z", []),
        (MADRID, ["Ana 23.03. 08:00 30.03. 07:00"]),
        (
            f"{MADRID}|RRULE:FREQ=WEEKLY;INTERVAL=2",
            ["Ana 23.03. 08:00 30.03. 07:00", "Ana 06.04. 07:00 13.04. 07:00"],
        ),
        (f"{MADRID}|RRULE:FREQ=WEEKLY;COUNT=1", ["Ana 23.03. 08:00 30.03. 07:00"]),
        (f"{MADRID}|RRULE:FREQ=WEEKLY;UNTIL=20260329", ["Ana 23.03. 08:00 30.03. 07:00"]),
        (
            f"{MADRID}|RRULE:FREQ=WEEKLY;UNTIL=20260401T000000Z|"
            "EXDATE;TZID=Europe/Madrid:20260323T090000",
            ["Ana 30.03. 07:00 06.04. 07:00"],
        ),
        (
            "DTSTART:19960101T080000Z|DURATION:PT8H|RRULE:FREQ=WEEKLY;BYDAY=SA,SU;UNTIL=20260328",
            [
                "Ana 21.03. 08:00 21.03. 16:00",
                "Ana 22.03. 08:00 22.03. 16:00",
                "Ana 28.03. 08:00 28.03. 16:00",
            ],
        ),
    ],
)
def test_events_are_shifts_at_their_times(tmp_path: Path, event: str, shifts: list[str]) -> None:
    """On the clocks of their zone, over its change on 29 March; else on those of the source."""
    assert read(tmp_path, f"UID:1|SUMMARY:Ana|{event}", zone="Europe/Madrid") == shifts


def test_a_moved_and_a_cancelled_occurrence_take_the_place_of_the_series(tmp_path: Path) -> None:
    series = f"UID:1|SUMMARY:Ana|{MADRID}|RRULE:FREQ=WEEKLY;COUNT=3"
    moved = (
        "UID:1|RECURRENCE-ID;TZID=Europe/Madrid:20260323T090000|SUMMARY:Bo|"
        "DTSTART;TZID=Europe/Madrid:20260324T090000|DURATION:P6D"
    )
    cancelled = (
        "UID:1|RECURRENCE-ID;TZID=Europe/Madrid:20260330T090000|SUMMARY:Ana|STATUS:CANCELLED|"
        "DTSTART;TZID=Europe/Madrid:20260330T090000|DURATION:P7D"
    )

    assert read(tmp_path, series, moved, cancelled) == [
        "Bo 24.03. 08:00 30.03. 07:00",
        "Ana 06.04. 07:00 13.04. 07:00",
    ]


@pytest.mark.parametrize(
    ("lines", "name", "persons"),
    [
        ("SUMMARY:On Call - Ana Ruiz - Serving", r"On Call - (.+?) -", ["Ana Ruiz"]),
        ("SUMMARY:Holiday", r"On Call - (.+)", []),
        ("SUMMARY:x|ATTENDEE;CN=Ana:MAILTO:ana@example.com", "(.+)", ["ana@example.com"]),
        ("SUMMARY:x|ATTENDEE:urn:1|ATTENDEE:mailto:b@example.com", "(.+)", ["b@example.com"]),
        ("DESCRIPTION:nobody", "(.+)", []),
    ],
)
def test_the_person_is_an_attendee_or_in_the_summary(
    tmp_path: Path, lines: str, name: str, persons: list[str]
) -> None:
    shifts = read(tmp_path, f"UID:1|{lines}|DTSTART:20260321T080000Z|DURATION:PT1H", name=name)

    assert [shift.partition(" 21.")[0] for shift in shifts] == persons


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=MONTHLY",
        "RRULE:FREQ=WEEKLY;BYSETPOS=1",
        "RRULE:FREQ=WEEKLY;BYDAY=1MO",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TU;COUNT=3",
        "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=3",
        "RRULE:FREQ=WEEKLY;INTERVAL=99999999999",
        "RDATE;TZID=Europe/Madrid:20260330T090000",
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Madrid:20260323T090000",
    ],
)
def test_what_is_not_read_is_refused_as_a_whole(tmp_path: Path, rule: str) -> None:
    """A shift too few would be nobody's."""
    with pytest.raises(SourceAway, match="the calendar cannot be read"):
        read(tmp_path, f"UID:1|SUMMARY:Ana|{MADRID}|{rule}")


def test_a_short_step_over_decades_takes_no_time(tmp_path: Path) -> None:
    """Only the weeks that are asked for are looked through; of those it is one too many."""
    event = "UID:1|SUMMARY:Ana|DTSTART:19000101T080000Z|DURATION:PT1H|RRULE:FREQ=DAILY"
    assert len(read(tmp_path, event)) == 21
    with pytest.raises(SourceAway, match="more than"):
        read(tmp_path, event.replace("PT1H", "P30000D"))


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: (HEAD + text).encode()))
def test_whatever_a_file_has_it_is_read_or_refused(body: bytes) -> None:
    with NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        source = ShiftSource(kind="ical", file=Path(file.name))
        try:
            kinds()["ical"](source, ms(BEGIN), ms(BEGIN) + 1)
        except SourceAway as problem:
            assert str(problem)


def test_a_file_that_is_missing_or_too_large_is_refused(tmp_path: Path) -> None:
    for size, reason in ((None, "No such file"), (LARGEST + 1, "more than")):
        file = tmp_path / f"{size}.ics"
        if size:
            file.write_bytes(b" " * size)
        with pytest.raises(SourceAway, match=reason):
            kinds()["ical"](ShiftSource(kind="ical", file=file), 0, 1)
