"""Shifts of PagerDuty, Opsgenie and calendars, read over HTTP; the last good answer holds."""

import json
import threading
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from clickup_mlops.features.shifts.model import FOREVER
from clickup_mlops.features.shifts.settings import ShiftsSettings
from clickup_mlops.features.shifts.sources import ShiftSource, kinds
from clickup_mlops.ports import bounded_get
from clickup_mlops.ports.bounded_get import SourceAway
from tests.features.shifts.conftest import Say, called
from tests.flows.conftest import Team
from tests.http_server import Handler, serving

TOKEN = "s3cret-t0ken"
HOUR = 3_600_000
NOW_MS = 1_957_867_200_000  # 2032-01-16 12:00 UTC
MARIA, JONAS = "Maria Keller", "Jonas Weber"
PAGERDUTY: dict[str, Any] = {
    "oncalls": [
        {
            "user": {"id": "P1", "summary": "Jonas", "email": "jonas@example.com"},
            "schedule": {"id": "PS1"},
            "escalation_level": level,
            "start": "2032-01-16T08:00:00Z",
            "end": "2032-01-17T09:00:00+01:00",
        }
        for level in (1, 2)
    ],
    "more": False,
}
OPSGENIE: dict[str, Any] = {
    "data": {"_parent": {"id": "1"}, "onCallRecipients": ["jonas@example.com", "x@y.z"]}
}


class Vendor(Handler):
    """Answers with `page`, or what `pages` has in its order; notes what it is asked."""

    page: bytes = b""
    status = 200
    requests: ClassVar[list[tuple[str, dict[str, list[str]], str]]] = []
    pages: ClassVar[list[bytes]] = []
    stop: threading.Event | None = None

    def get(self) -> None:
        url = urlsplit(self.path)
        self.requests.append((url.path, parse_qs(url.query), self.headers["Authorization"] or ""))
        if self.stop:
            self.drip(self.stop)
        else:
            self.answer(self.status, self.pages.pop(0) if self.pages else self.page)


@pytest.fixture
def vendor() -> Iterator[type[Vendor]]:
    """Answers as it is told; `url` is its address."""
    handler = type("OwnVendor", (Vendor,), {"requests": [], "pages": []})
    with serving(handler) as server:
        handler.url = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
        yield handler


def source(vendor: Any, kind: str, **settings: Any) -> ShiftSource:
    """One at the vendor."""
    more = {} if kind == "ical" else {"schedule": "PS1", "token": TOKEN}
    path = f"/feed?token={TOKEN}" if kind == "ical" else ""
    return ShiftSource(kind=kind, url=vendor.url + path, **more | settings)


def read(vendor: Any, kind: str, **settings: Any) -> list[tuple[str, int, int]]:
    """Persons and times."""
    shifts = kinds()[kind](source(vendor, kind, **settings), NOW_MS, NOW_MS + 86_400_000)
    return [(shift.person, shift.begin_ms, shift.end_ms) for shift in shifts]


def test_pagerduty_gives_the_shifts_of_a_schedule(vendor: Any) -> None:
    """One of each, however many policies use the schedule."""
    vendor.page = json.dumps(PAGERDUTY).encode()

    assert read(vendor, "pagerduty") == [
        ("jonas@example.com", 1_957_852_800_000, 1_957_939_200_000)
    ]
    ((path, query, authorization),) = vendor.requests
    assert (path, authorization) == ("/oncalls", f"Token token={TOKEN}")
    assert query == {
        "schedule_ids[]": ["PS1"],
        "include[]": ["users"],
        "since": ["2032-01-16T12:00:00Z"],
        "until": ["2032-01-17T12:00:00Z"],
        "limit": ["100"],
        "offset": ["0"],
    }


def test_pagerduty_is_asked_for_all_pages(vendor: Any) -> None:
    """Whoever is on call without an end is so for ever."""
    always = {"user": {"summary": "Maria"}, "start": None, "end": None}
    vendor.pages = [
        json.dumps(PAGERDUTY | {"more": True}).encode(),
        json.dumps({"oncalls": [always], "more": False}).encode(),
    ]

    assert read(vendor, "pagerduty")[0] == ("Maria", 0, FOREVER)
    assert [query["offset"] for _, query, _ in vendor.requests] == [["0"], ["100"]]


def test_more_on_calls_than_are_read_are_refused_as_a_whole(vendor: Any) -> None:
    """A gap would be somebody else's."""
    vendor.page = json.dumps(PAGERDUTY | {"more": True}).encode()
    with pytest.raises(SourceAway, match="more than 2000"):
        read(vendor, "pagerduty")


@pytest.mark.parametrize(
    ("schedule", "path", "kind"),
    [
        ("ML on call/EU", "/v2/schedules/ML%20on%20call%2FEU/on-calls", "name"),
        (
            "d8751a44-9b4e-4219-a803-0c26936d18de",
            "/v2/schedules/d8751a44-9b4e-4219-a803-0c26936d18de/on-calls",
            "id",
        ),
    ],
)
def test_opsgenie_says_who_is_on_call_now(vendor: Any, schedule: str, path: str, kind: str) -> None:
    """The first one; nobody knows until when."""
    vendor.page = json.dumps(OPSGENIE).encode()

    assert read(vendor, "opsgenie", schedule=schedule) == [("jonas@example.com", 0, FOREVER)]
    assert vendor.requests == [
        (path, {"scheduleIdentifierType": [kind], "flat": ["true"]}, f"GenieKey {TOKEN}")
    ]


@pytest.mark.parametrize("kind", ["ical", "pagerduty", "opsgenie"])
@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"oncalls": [1], "data": 1}', b"<html>"])
def test_an_answer_without_shifts_is_none(vendor: Any, kind: str, body: bytes) -> None:
    """And names no secret."""
    vendor.page = body
    with pytest.raises(SourceAway) as problem:
        read(vendor, kind)
    assert TOKEN not in str(problem.value)


@pytest.mark.parametrize("kind", ["ical", "pagerduty", "opsgenie"])
@pytest.mark.parametrize("fault", ["refused", "away", "redirect", "large", "slow"])
def test_a_vendor_that_fails_names_no_secret(
    vendor: Any, kind: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it fails, within the time and the size for it."""
    stop = threading.Event()
    vendor.status = {"refused": 401, "redirect": 302}.get(fault, 200)
    if fault == "large":
        vendor.page = b" " * (bounded_get.LARGEST + 1)
    if fault == "away":
        vendor.url = "http://127.0.0.1:1"
    if fault == "slow":
        vendor.stop = stop
        monkeypatch.setattr(bounded_get, "TIMEOUT_S", 0.3)
    try:
        with pytest.raises(SourceAway, match=r"127\.0\.0\.1: ") as problem:
            read(vendor, kind)
    finally:
        stop.set()
    assert TOKEN not in f"{problem.value}{problem.value.__cause__}"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"kind": "fax"}, "kind should be"),
        ({"kind": "ical"}, "either url or file"),
        ({"kind": "ical", "url": "http://x", "file": "x.ics"}, "either url or file"),
        ({"kind": "pagerduty", "schedule": "P"}, "schedule and token"),
        ({"kind": "opsgenie", "token": "t"}, "schedule and token"),
        ({"kind": "ical", "url": "http://x", "name": "no group"}, "one group"),
        ({"kind": "ical", "url": "http://x", "name": "("}, "regular expression"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        ShiftsSettings(sources={"serving": settings})


@pytest.fixture
def connected(desk: Team, vendor: Any) -> Team:
    """`serving` is read from PagerDuty, where Jonas is on call until 8:00 tomorrow."""
    vendor.page = json.dumps(
        PAGERDUTY
        | {
            "oncalls": [
                dict(
                    PAGERDUTY["oncalls"][0], user={"email": "maria@example.com", "summary": "Maria"}
                )
            ]
        }
    ).encode()
    settings = desk.bot.settings
    shifts = ShiftsSettings(sources={"triage": source(vendor, "pagerduty")})
    desk.restart(settings.model_copy(update={"shifts": shifts}))
    desk.job("shifts")
    return desk


def test_whoever_asks_gets_what_the_source_says(connected: Team, say: Say) -> None:
    """Also of a rotation that the settings do not have."""
    assert called(connected, "on_call:triage") == [MARIA] == called(connected, "rotation:triage")
    assert "triage: maria@example.com until 2032-01-17 08:00 UTC." in say("/oncall")
    say("/oncall take rotation triage 1h", connected.control.as_user("Jonas"))
    assert called(connected, "on_call:triage") == [JONAS] == called(connected, "rotation:triage")


def test_while_the_source_is_away_its_last_answer_holds(
    connected: Team, say: Say, vendor: Any
) -> None:
    """And its age is reported."""
    vendor.status = 503
    connected.control.clock.advance(3_600_000)
    connected.job("shifts")

    assert called(connected, "on_call:triage") == [MARIA]
    assert "Its source has not answered since 2032-01-16 12:0" in say("/oncall")
    vendor.status = 200
    connected.job("shifts")
    assert "has not answered" not in say("/oncall")


@pytest.mark.parametrize("person", ["rotation:triage", "x" * 201])
def test_a_name_that_is_no_persons_stops_nobody(
    connected: Team, say: Say, vendor: Any, person: str
) -> None:
    """One that names the rotation itself, and one that is too long."""
    entry = dict(PAGERDUTY["oncalls"][0], user={"email": person, "summary": person})
    vendor.page = json.dumps(PAGERDUTY | {"oncalls": [entry]}).encode()
    connected.job("shifts")

    assert "triage: " in say("/oncall")
    assert "no shift of" in say("/oncall swap Jonas rotation triage")


def test_a_source_that_never_answered_leaves_the_settings(desk: Team, say: Say) -> None:
    shifts = ShiftsSettings(sources={"serving": {"kind": "ical", "url": "http://127.0.0.1:1"}})
    desk.restart(desk.bot.settings.model_copy(update={"shifts": shifts}))
    desk.job("shifts")

    assert called(desk, "on_call:serving") == [JONAS]
    assert "Its source has not answered yet." in say("/oncall")
