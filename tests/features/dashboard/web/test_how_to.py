"""The how-to's section works as it stands."""

import re
from pathlib import Path

import pytest

from clickup_mlops.features.dashboard.web.query_params import asked
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.ports.sections.model import Data
from clickup_mlops.series.history import StoreHistory
from clickup_mlops.views.model import Duration
from tests.empty import store_at
from tests.features.dashboard.web.shown import OPERATOR, PageBot
from tests.views.samples import NOW_MS

PAGE = Path(__file__).parents[4] / "docs/how-to/add-a-dashboard-section.md"


@pytest.fixture
def bot(tmp_path):
    opened = PageBot(store_at(tmp_path / "bot.db"))
    yield opened
    opened.store.close()


def test_its_section_shows_open_incidents_and_nothing_without_them(bot):
    code, chart = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict = {}
    exec(code, names)
    query = asked(bot, OPERATOR, {}).query
    history = StoreHistory(bot.store, "900", NOW_MS, raw_ms=1, five_minutes_ms=1)
    data = Data.of_bot(bot, history)

    assert names["SECTION"].build(data, query) is None
    bot.store.table(Incidents).put(Incident("i", "900", "86d3", "P99 is up", NOW_MS - 60_000))
    (table,) = names["SECTION"].build(data, query).tables()

    assert table.rows[0][1] == Duration(60_000)
    drawn: dict = {"query": query, "data": data}
    exec(chart, drawn)
    assert drawn["chart"].limit == 300
