"""Each kind reads what its tool sends: cases by tool, signed by other code than ours."""

import hmac
import re
import tomllib
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickup_mlops.errors import BadPayload, BadSignature
from clickup_mlops.features.integrations.tools import Delivery, Report, ident, kinds
from clickup_mlops.features.integrations.tools import _reading as read
from clickup_mlops.features.integrations.tools._verify import in_time

CASES = Path(__file__).parents[2] / "cases" / "integrations"
KINDS = kinds()
FILES = sorted(CASES.glob("*/*.toml"))
NOW_MS = 1_772_355_660_000
"""A minute after the deliveries."""


class Case:
    def __init__(self, file: Path) -> None:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        self.kind = KINDS[file.parent.name]
        self.table = self.kind.settings(
            kind=file.parent.name, secret="s3cret", token="t0ken", **raw.get("settings", {})
        )
        headers = {name.lower(): value for name, value in raw["headers"].items()}
        self.delivery = Delivery(headers, raw["body"].encode(), NOW_MS)
        self.want: list[dict[str, Any]] = raw["report"]

    def reports(self, delivery: Delivery | None = None) -> list[Report]:
        delivery = delivery or self.delivery
        self.kind.verify(self.table, delivery)
        return [*self.kind.parse(self.table, delivery)]


@pytest.fixture(params=FILES, ids=lambda file: f"{file.parent.name}: {file.stem}")
def case(request: pytest.FixtureRequest) -> Case:
    return Case(request.param)


def test_a_delivery_gives_its_reports(case: Case) -> None:
    """Those and no others, with the facts that the case names."""
    result = [asdict(report) for report in case.reports()]
    assert len(result) == len(case.want)
    pairs = zip(result, case.want, strict=True)
    output = [{name: report[name] for name in expected} for report, expected in pairs]
    assert output == case.want


def test_what_was_recorded_is_read(reference_dir: Path) -> None:
    """Requests of real tools, with the token that they had."""
    recorded = sorted(reference_dir.glob("infra/samples/webhooks/*/*.json"))
    assert recorded
    for file in recorded:
        kind, raw = KINDS[file.parent.name], orjson.loads(file.read_bytes())
        headers = {name.lower(): value for name, value in raw["headers"]}
        delivery = Delivery(headers, raw["body"].encode(), NOW_MS)
        table = kind.settings(token="test-fixture-token")
        kind.verify(table, delivery)
        (report,) = kind.parse(table, delivery)
        assert report.state in ("firing", "running", "succeeded")
        assert report.key and report.title


def test_every_kind_has_cases() -> None:
    """The folder of cases is named like the module."""
    assert {file.parent.name for file in FILES} == set(KINDS)


def test_nothing_is_taken_from_strangers(case: Case) -> None:
    """A changed body or another token is refused; so is a delivery without either."""
    second = {"authorization": "Bearer wrong"} if "authorization" in case.delivery.headers else {}
    for changed in (
        replace(
            case.delivery, body=case.delivery.body + b" ", headers=case.delivery.headers | second
        ),
        replace(case.delivery, headers={}),
    ):
        with pytest.raises(BadSignature):
            case.kind.verify(case.table, changed)


@pytest.mark.parametrize("late_ms", [300_000, -420_000])
@pytest.mark.parametrize("name", ["grafana/signed with the time", "mlflow/model version created"])
def test_a_signature_with_a_time_is_good_for_minutes(name: str, late_ms: int) -> None:
    """Whoever has seen a delivery cannot have an alert or an alias come again."""
    case = Case(CASES / f"{name}.toml")
    case.kind.verify(case.table, case.delivery)
    with pytest.raises(BadSignature, match="too old"):
        case.kind.verify(case.table, replace(case.delivery, now_ms=NOW_MS + late_ms))


@pytest.mark.parametrize("stamp", ["", "soon", "2026-03-01T09:00:00Z", "nan"])
def test_a_signed_time_that_is_none_is_refused(stamp: str) -> None:
    """As a bad signature, which is counted: not as a failure of the bot."""
    with pytest.raises(BadSignature, match="too old"):
        in_time(stamp, NOW_MS, timedelta(minutes=5))


def test_headers_make_no_other_report_of_a_signed_body() -> None:
    """They are not signed: whoever has seen a delivery could send it again as another one."""
    case = Case(CASES / "github" / "release published.toml")
    again = case.delivery.headers | {"x-github-delivery": "another"}
    (report,), (observations,) = case.reports(), case.reports(replace(case.delivery, headers=again))
    assert observations.once == report.once
    binary = Case(CASES / "cloudevents" / "binary.toml")
    signature = hmac.new(b"s3cret", binary.delivery.body, "sha256").hexdigest()
    signed = binary.delivery.headers | {"authorization": "", "x-signature": signature}
    with pytest.raises(BadSignature):
        binary.reports(replace(binary.delivery, headers=signed))
    structured = Case(CASES / "cloudevents" / "structured.toml").delivery
    signature = hmac.new(b"s3cret", structured.body, "sha256").hexdigest()
    headers = structured.headers | {"authorization": "", "x-signature": signature}
    assert binary.reports(replace(structured, headers=headers))


def test_an_empty_secret_opens_nothing(case: Case) -> None:
    """A signature made without a secret is no signature."""
    table = case.table.model_copy(update={"secret": type(case.table.secret)("")})
    delivery = replace(case.delivery, headers=case.delivery.headers | {"authorization": "Bearer "})
    with pytest.raises(BadSignature):
        case.kind.verify(table, delivery)


def test_the_same_delivery_is_the_same_reports(case: Case) -> None:
    """Whenever it arrives; keys are ids."""
    first, again = case.reports(), case.reports(replace(case.delivery, now_ms=NOW_MS + 60_000))
    assert [report.once for report in first] == [repetition.once for repetition in again]
    assert len({repetition.once for repetition in first}) == len(first)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{0,100}", repetition.key) for repetition in first)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("body", [b"", b"[", b"[1]", b"1", b'"x"', b"\xff"])
def test_what_is_no_object_is_refused(kind: str, body: bytes) -> None:
    """It would fail again, so that the tool need not send it again."""
    headers = {"x-github-event": "release", "content-type": "application/cloudevents+json"}
    with pytest.raises(BadPayload):
        KINDS[kind].parse(KINDS[kind].settings(token="t"), Delivery(headers, body, NOW_MS))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@pytest.mark.parametrize("file", FILES[::3], ids=lambda file: f"{file.parent.name}: {file.stem}")
@settings(max_examples=15)
@given(data=st.data())
def test_any_value_at_any_place_is_read_or_refused(file: Path, data: st.DataObject) -> None:
    """And what is read can be stored."""
    case = Case(file)
    if not case.delivery.body:
        return
    body = orjson.loads(case.delivery.body)
    _spoil(body, data)
    delivery = replace(case.delivery, body=orjson.dumps(body))
    try:
        reports = case.kind.parse(case.table, delivery)
    except BadPayload:
        return
    assert orjson.dumps([[report.to_dict(), report.data, report.once] for report in reports])


def _spoil(body: Any, data: st.DataObject) -> None:
    """Put something else at a place of the body, however deep."""
    while True:
        place = data.draw(st.sampled_from(sorted(body) if isinstance(body, dict) else [0]))
        inner = body[place]
        if not (isinstance(inner, dict | list) and inner and data.draw(st.booleans())):
            body[place] = data.draw(VALUES)
            return
        body = inner


@given(st.lists(st.text(max_size=60), min_size=1, max_size=3))
def test_any_text_makes_an_id(parts: list[str]) -> None:
    """Of at most 100 letters, digits, `_` and `-`."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,100}", ident(*parts)) or not any(parts)


def test_ids_of_different_things_differ() -> None:
    """Although the characters that an id may not have are left out."""
    names = ["a b", "a/b", "a-b", "a.b", "é", "è", "x" * 101, "x" * 102]
    assert len({ident(name) for name in names}) == len(names)
    assert ident("3b1e3adc1a7b4424") == "3b1e3adc1a7b4424"


@pytest.mark.parametrize(
    "address",
    ["javascript:x", "https://", "https://a b", "https://a)](b", "ftp://a", "http://[", 7, None],
)
def test_what_is_no_web_address_is_no_link(address: object) -> None:
    """Nothing in it ends a link or begins another one."""
    assert read.links(it=address) == {}


def test_a_text_is_one_short_line() -> None:
    """Without what changes the direction of writing, or hides."""
    assert read.text("a\n\u202eb\x00c  d" + "x" * 999) == "a b c d" + "x" * 193


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00Z"),
        ("2026-10-25T02:30:00", "2026-10-25T02:30:00Z"),
        ("9999-12-31T23:59:59-05:00", ""),
        ("0001-01-01T00:00:00Z", ""),
        ("1970-01-01T00:00:00+14:00", ""),
    ],
)
def test_a_time_is_one_in_utc_or_none(given: str, moment: str) -> None:
    """Tools write the first or the last year for "none" or "never"."""
    assert read.moment(given) == moment
