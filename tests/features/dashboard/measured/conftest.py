"""A bot whose store knows two models, a network and GPUs; nothing was asked of ClickUp."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import event

from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.features.dashboard.build import sections
from clickup_mlops.features.metrics.jobs.rollup import rollup
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.ports.sections.history import open_data
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.store.access import EVERYTHING
from clickup_mlops.store.settings import StoreSettings
from clickup_mlops.store.tables.history import HOUR, Series
from clickup_mlops.views.model import Section, Table
from tests.flows.conftest import build
from tests.store.conftest import postgresql_url, sqlite_url, store_url

__all__ = ["postgresql_url", "sqlite_url", "store_url"]

MINUTE = 60_000
DAY = 24 * HOUR
NOW = 20_600 * DAY + 5 * HOUR
WORKSPACE = "900"
FIELDS = {
    "P50 latency ms": ("latency_p50_ms", "ms", 120.0),
    "P99 latency ms": ("latency_p99_ms", "ms", 640.0),
    "Error rate %": ("error_pct", "%", 0.4),
    "Requests per s": ("requests_per_s", "1/s", 42.0),
    "Waiting requests": ("waiting_requests", "requests", 3.0),
    "Accuracy": ("metrics.accuracy", "", 0.93),
    "Cost": ("cost", "USD", 7.0),
}


@pytest.fixture
def bot(store_url: str) -> Iterator[Bot]:
    metrics = MetricsSettings(sources={"vllm": {"kind": "vllm", "url": "http://127.0.0.1:9"}})
    settings = Settings.model_construct(
        clickup=ClickUpSettings(
            token=SecretStr("pk_1"), base_url="http://127.0.0.1:9", workspace_id=WORKSPACE
        ),
        store=StoreSettings(url=SecretStr(store_url)),
        metrics=metrics,
    )
    with build(settings, clock=lambda: NOW) as opened_bot:
        yield opened_bot


def task(task_id: str, name: str, **more: Any) -> dict[str, Any]:
    """As the API sends it, with an objective of 500 ms."""
    number = {"id": "o", "name": "SLO latency ms", "type": "number", "value": "500"}
    return {
        "id": task_id,
        "name": name,
        "url": f"https://app.clickup.com/t/{task_id}",
        "list": {"id": "55", "name": "Production models"},
        "status": {"status": "live", "type": "custom"},
        "date_updated": str(NOW - DAY),
        "custom_fields": [number, *more.pop("custom_fields", [])],
    } | more


def known(bot: Bot, *tasks: Mapping[str, Any]) -> None:
    """The mirror has read them."""
    bot.store.mirror.put_many(WORKSPACE, tasks, NOW)


def of_field(task_id: str, field: str, source: str = "vllm") -> Series:
    measure, unit, _value = FIELDS[field]
    return Series(WORKSPACE, source, measure, f"model_name={task_id}", task_id, field, unit)


def shared(measure: str, labels: str, unit: str = "%", source: str = "fabric") -> Series:
    return Series(WORKSPACE, source, measure, labels, "", "", unit)


def measured(
    bot: Bot, readings: Mapping[Series, float], *, minutes: int = 70, until: int = NOW
) -> None:
    """So many minutes of them, and their means."""
    ats = range(until - minutes * MINUTE, until, MINUTE)
    bot.store.history.put([(series, at, value) for series, value in readings.items() for at in ats])
    rollup(bot.store, bot.settings.retention, NOW)


def model(
    bot: Bot, task_id: str, name: str = "", factor: float = 1.0, minutes: int = 70, **more: Any
) -> None:
    """A task with all fields."""
    known(bot, task(task_id, name or task_id, **more))
    values = {of_field(task_id, field): factor * row[2] for field, row in FIELDS.items()}
    measured(bot, values, minutes=minutes)


def query(target: str = "", **more: Any) -> Query:
    return Query.of_page(NOW, target=target, **more)


def data(bot: Bot) -> Data:
    return open_data(bot, EVERYTHING, NOW)


def shown(bot: Bot, page: str, page_query: Query) -> Mapping[str, Section]:
    """The sections of a page, by key."""
    return {section.key: section for section in sections(all_pages()[page], data(bot), page_query)}


def table(section: Section, key: str) -> Table:
    (result,) = [table for table in section.tables() if table.key == key]
    return result


def column(table: Table, title: str) -> list[Any]:
    """Its cells, from the top."""
    number = [column.title for column in table.columns].index(title)
    return [row[number] for row in table.rows]


def selects(bot: Bot, run: Callable[[], object]) -> tuple[int, int]:
    """How many statements ran, and how many rows they gave."""
    database, counted = bot.store.database, [0, 0]
    before = database.prepared.run

    def counting(driver: Any, statement: Any, values: Any) -> Any:
        result = before(driver, statement, values)
        counted[0] += 1
        counted[1] += len(result.rows)
        return result

    def other(*_: object) -> None:
        counted[0] += 1

    database.prepared.run = counting  # type: ignore[method-assign]
    event.listen(database.engine, "before_cursor_execute", other)
    try:
        run()
    finally:
        database.prepared.run = before  # type: ignore[method-assign]
        event.remove(database.engine, "before_cursor_execute", other)
    return counted[0], counted[1]
