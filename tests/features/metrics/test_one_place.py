"""A new kind of metric source is one file: found, its settings read, and its numbers given."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.bot.settings import Settings
from clickup_mlops.features.metrics import operations, sources
from clickup_mlops.features.metrics.settings import kinds

SOURCE = '''
"""The load of this machine."""

from clickup_mlops.features.metrics.derive.formulas import Measure, gauge
from clickup_mlops.features.metrics.scrape import NONE, Sample, scrape
from clickup_mlops.features.metrics.source import Source, SourceTable


class Settings(SourceTable):
    path: str = "loadavg"


def collect(settings, reader, now_ms):
    return scrape(now_ms, [Sample("load", NONE, float(reader.file(settings.path).split()[0]))])


SOURCE = Source(Settings, collect, (Measure("load_1min", "tasks", "Mean.", gauge("load")),))
'''


@pytest.fixture
def kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """One more file in the folder."""
    (tmp_path / "load.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "loadavg").write_text("1.25 1.00 0.75 1/200 4242\n", encoding="utf-8")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(tmp_path)])
    monkeypatch.chdir(tmp_path)
    yield "load"
    sys.modules.pop(f"{sources.__name__}.load", None)


def test_a_new_source_is_one_file(kind: str) -> None:
    """Nothing else knows it."""
    settings = Settings(metrics={"sources": {"machine": {"kind": kind}}}).metrics
    assert kind in kinds()
    (listed,) = operations.sources(settings)
    assert listed.measures == ("load_1min",)
    (collected,) = operations.scrape(settings, (), now_ms=lambda: 1_000)
    (reading,) = collected.readings
    assert (reading.measure, reading.unit, reading.value) == ("load_1min", "tasks", 1.25)
