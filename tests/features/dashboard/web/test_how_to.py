"""The how-to pages' sections work as they stand, saved where the pages say."""

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from clickup_mlops.features.dashboard.build import sections
from clickup_mlops.features.dashboard.web.query_params import read_query_params
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.features.reports import build
from clickup_mlops.ports.sections import find, period
from clickup_mlops.ports.sections.history import open_data
from clickup_mlops.ports.sections.subject import Subject
from clickup_mlops.series.history import StoreHistory
from clickup_mlops.store.access import EVERYTHING
from clickup_mlops.store.tables.timeline import Entry
from clickup_mlops.views.model import Duration
from tests.empty import store_at
from tests.features.dashboard.web.shown import OPERATOR, PageBot
from tests.views.samples import NOW_MS

HOW_TO = Path(__file__).parents[4] / "docs/how-to"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[PageBot]:
    opened = PageBot(store_at(tmp_path / "bot.db"))
    yield opened
    opened.store.close()


@pytest.fixture
def saved(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch) -> Iterator[str]:
    """The key of the page's section: its code is in a folder beside the one that the page names."""
    page = (HOW_TO / request.param).read_text(encoding="utf-8")
    (place,) = re.findall(r"as\s+`clickup_mlops/(\S+)\.py`", page)
    (code, *_) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    package, _, key = f"clickup_mlops/{place}".replace("/", ".").rpartition(".")
    (tmp_path / f"{key}.py").write_text(code, encoding="utf-8")
    module = import_module(package)
    monkeypatch.setattr(module, "__path__", [*module.__path__, str(tmp_path)])
    find.all_pages.cache_clear()
    find.report_sections.cache_clear()
    yield key
    find.all_pages.cache_clear()
    find.report_sections.cache_clear()


@pytest.mark.parametrize("saved", ["add-a-dashboard-section.md"], indirect=True)
def test_its_section_shows_open_incidents_and_nothing_without_them(bot: PageBot, saved: str):
    query = read_query_params(bot, OPERATOR, {}).query
    history = StoreHistory(bot.store, "900", NOW_MS, raw_ms=1, five_minutes_ms=1)
    data = replace(open_data(bot, EVERYTHING, bot.now_ms()), history=history)
    page = find.all_pages()["now"]

    assert [*sections(page, data, query, saved)] == []
    bot.store.table(Incidents).put(Incident("i", "900", "86d3", "P99 is up", NOW_MS - 60_000))
    (section,) = sections(page, data, query, saved)

    (table,) = section.tables()
    assert table.rows[0][1] == Duration(60_000)


def test_its_chart_is_a_chart(bot: PageBot):
    page = (HOW_TO / "add-a-dashboard-section.md").read_text(encoding="utf-8")
    _section, code = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    history = StoreHistory(bot.store, "900", NOW_MS, raw_ms=1, five_minutes_ms=1)
    data = replace(open_data(bot, EVERYTHING, bot.now_ms()), history=history)
    names = {"query": read_query_params(bot, OPERATOR, {}).query, "data": data}

    exec(code, names)

    assert names["chart"].limit == 300


@pytest.mark.parametrize("saved", ["add-a-report-section.md"], indirect=True)
def test_its_section_stands_in_a_report(bot: PageBot, saved: str):
    week = period.named("weekly", "2026-W48", "UTC")
    entry = Entry("k", "900", "t1", week.start_ms, "version", "llama 2")
    bot.store.timeline.put([entry])

    report = build.report(bot.store, "900", Subject(week), [saved])

    (section,) = report.sections
    (table,) = section.tables()
    assert [row[1] for row in table.rows] == ["llama 2"]
