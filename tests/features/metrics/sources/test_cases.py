"""Each kind of source that reads a page gives the right readings for its cases."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops import registry
from clickup_mlops.features.metrics import sources
from clickup_mlops.features.metrics.derive.formulas import read
from clickup_mlops.features.metrics.read.scraped import PageTable
from clickup_mlops.features.metrics.scrape import Reading, Window

CASES = Path(__file__).parents[3] / "cases" / "metrics"
KINDS = registry.find_all("metric_sources", "SOURCE", sources)


def _reads_a_page(source: Any) -> bool:
    """And says itself what it measures."""
    return issubclass(source.settings, PageTable) and bool(source.measures)


PAGES = sorted(kind for kind, source in KINDS.items() if _reads_a_page(source))
SECONDS = 30


class Page:
    """Reads a page from a file instead of over HTTP."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def text(self, url: str, headers: Any, timeout_s: float) -> str:
        return self._file.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_gives_its_readings(kind: str) -> None:
    """Values, limits of values, and nothing for what cannot be known: each of its measures, except
    those that its page never has.
    """
    result = readings(kind, CASES / kind / "before.prom", CASES / kind / "now.prom")
    want = tomllib.loads((CASES / kind / "want.toml").read_text(encoding="utf-8"))

    absent = want.pop("absent")
    measured = {reading.measure for reading in result}
    assert sorted([*measured, *absent]) == sorted(measure.name for measure in KINDS[kind].measures)
    for group, values in want.items():
        have = {reading.measure: reading for reading in result if group_of(reading) == group}
        assert set(have) == set(values)
        for name, value in values.items():
            assert facts_of(have[name]) == expected(value)


def readings(kind: str, before: Path, now: Path) -> list[Reading]:
    source = KINDS[kind]
    settings = source.settings(kind=kind, url="http://127.0.0.1/metrics")
    first, second = (
        source.collect(settings, Page(file), at_s * 1000)
        for file, at_s in ((before, 0), (now, SECONDS))
    )
    assert not first.problems + second.problems
    return list(read(source.measures, Window(second, first)))


def group_of(reading: Reading) -> str:
    """Labels as a key of TOML: `model_name_chat`."""
    parts = [re.sub(r"[^\w-]", "", f"{key}_{value}") for key, value in sorted(reading.labels)]
    return "_".join(parts) or "all"


def facts_of(reading: Reading) -> tuple[str, Any]:
    return reading.bound, pytest.approx(reading.value, rel=1e-5)


def expected(value: float | str) -> tuple[str, float]:
    if isinstance(value, str):
        bound, number = value.split()
        return {"<=": "≤", ">": ">"}[bound], float(number)
    return "", float(value)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_measure_has_a_name_a_unit_and_a_summary(kind: str) -> None:
    """Once per grouping."""
    measures = KINDS[kind].measures
    assert all(measure.name and measure.unit and measure.summary for measure in measures)
    assert len({measure.name for measure in measures}) == len(measures)
