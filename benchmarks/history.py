"""What does a page of the dashboard read of history? `python benchmarks/history.py [DATABASE_URL]`

MODELS models with FIELDS fields each, and PORTS ports, measured every minute and rolled up for DAYS
days with the retention that is the default; all have a series, and those that a page draws their
points. For each page: CPU milliseconds of this process (the best of RUNS),
statements and rows, without pictures and with all of them; then the same after a day alone, which
is the baseline: nothing but the time may differ, and that little. At last what a pass of all
readings and a roll-up of five minutes cost, and a point on the disk.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr
from sqlalchemy import event, text

from clickup_mlops.bot import app
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.metrics.history import history
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.metrics.history import ROLLED
from clickup_mlops.metrics.settings import MetricsSettings
from clickup_mlops.operations.dashboard.build import all_pages, sections
from clickup_mlops.operations.dashboard.model import Data, Query
from clickup_mlops.store.settings import StoreSettings
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, RAW, Series

MODELS, PORTS, DAYS, RUNS = 200, 128, 90, 3
FIELDS = {
    "P50 latency ms": ("latency_p50_ms", "ms"),
    "P99 latency ms": ("latency_p99_ms", "ms"),
    "Error rate %": ("error_pct", "%"),
    "Requests per s": ("requests_per_s", "1/s"),
    "Waiting requests": ("waiting_requests", "requests"),
}
MEASURES = ("link_utilisation_pct", "ecn_marked_pct", "cnp_sent_per_s", "retransmission_ppm")
MINUTE, DAY = 60_000, 24 * HOUR
NOW = 20_600 * DAY
WORKSPACE = "900"
ASKED = (
    ("model", "", "24h"),
    ("model", "m7", "24h"),
    ("model", "m7", "90d"),
    ("model", "list:55", "90d"),
    ("infrastructure", "", "90d"),
)


def series() -> Iterator[Series]:
    """Of all models, then of all ports."""
    for number in range(MODELS):
        for field, (measure, unit) in FIELDS.items():
            labels = f"model_name=m{number}"
            yield Series(WORKSPACE, "vllm", measure, labels, f"m{number}", field, unit)
    for number in range(PORTS):
        for measure in MEASURES:
            labels = f"device=mlx5_{number % 8}, instance=gpu-{number // 8}, port=1"
            yield Series(WORKSPACE, "fabric", measure, labels, "", "", "%")


@contextmanager
def bot(url: str) -> Iterator[Bot]:
    """One that asks nobody."""
    settings = Settings.model_construct(
        clickup=ClickUpSettings(
            token=SecretStr("pk_1"), base_url="http://127.0.0.1:9", workspace_id=WORKSPACE
        ),
        store=StoreSettings(url=SecretStr(url)),
        metrics=MetricsSettings(sources={"vllm": {"kind": "vllm", "url": "http://127.0.0.1:9"}}),
    )
    with app.build(settings, clock=lambda: NOW) as found:
        yield found


def fill(one: Bot, days: int) -> int:
    """Points of so many days for all series, as retention leaves them; how many there are now."""
    kept = {RAW: (MINUTE, min(days, 2)), FIVE_MINUTES: (FIVE_MINUTES, min(days, 14))}
    kept[HOUR] = (HOUR, days)
    with one.store.engine.begin() as connection:
        connection.execute(text("delete from point"))
        connection.execute(text("drop index if exists ix_point_step_ms_at_ms"))
        for step, (every, kept_days) in kept.items():
            values = {"step": step, "every": every, "start": NOW - kept_days * DAY, "now": NOW}
            connection.execute(text(_POINTS), values)
        connection.execute(text("create index ix_point_step_ms_at_ms on point (step_ms, at_ms)"))
        count: int = connection.execute(text("select count(*) from point")).scalar_one()
    one.store.cursors.set(ROLLED, str(NOW))
    return count


_POINTS = """
with recursive at_all(at) as (
  select cast(:start as bigint) union all select at + :every from at_all where at + :every < :now
)
insert into point (series_id, step_ms, at_ms, count, mean, low, high)
select series.id, cast(:step as bigint), at, 1, series.id % 97 + at % 13, 0, 120
from series, at_all
where series.id <= 200 or (series.id <= 1000 and series.id % 5 = 2)
  or series.id between 1001 and 1064
order by 1, 2, 3
"""


def tasks(one: Bot) -> None:
    """As ClickUp sends them, with some twenty fields."""
    other = [
        {"id": f"f{number}", "name": f"Field {number}", "type": "number", "value": "1"}
        for number in range(20)
    ]
    limit = {"id": "o", "name": "SLO latency ms", "type": "number", "value": "50"}
    raws = [
        {
            "id": f"m{number}",
            "name": f"Model {number}",
            "list": {"id": str(50 + number % 10), "name": f"Models {number % 10}"},
            "status": {"status": "live", "type": "custom"},
            "date_updated": str(NOW - DAY),
            "text_content": "Words about the model. " * 40,
            "custom_fields": [limit, *other],
        }
        for number in range(MODELS)
    ]
    one.store.mirror.put_many(WORKSPACE, raws, NOW)


def build(one: Bot, page: str, query: Query) -> None:
    """The targets and all sections."""
    found, data = all_pages()[page], Data(one, history(one, NOW))
    if found.type.targets:
        found.type.targets(data)
    list(sections(found, data, query))


def counted(one: Bot, run: Callable[[], object]) -> tuple[int, int]:
    """Statements, and rows that the prepared ones gave."""
    database, count = one.store.database, [0, 0]
    before = database.prepared.run

    def counting(driver: Any, statement: Any, values: Any) -> Any:
        result = before(driver, statement, values)
        count[0] += 1
        count[1] += len(result.rows)
        return result

    def other(*_: object) -> None:
        count[0] += 1

    database.prepared.run = counting  # type: ignore[method-assign]
    event.listen(database.engine, "before_cursor_execute", other)
    run()
    event.remove(database.engine, "before_cursor_execute", other)
    database.prepared.run = before  # type: ignore[method-assign]
    return count[0], count[1]


def best_ms(run: Callable[[], object]) -> float:
    """The best of RUNS."""
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        run()
        times.append((time.process_time() - began) * 1000)
    return min(times)


def report(one: Bot, days: int) -> None:
    """A line for each page."""
    points = fill(one, days)
    print(f"\n{days} days, {points:,} points")
    print(f"{'page':34} {'pictures':9} {'CPU ms':>7} {'statements':>11} {'rows':>7}")
    for page, target, length in ASKED:
        for draws in ("", "*"):
            query = Query(NOW, target, length, draws=draws)
            run = lambda page=page, query=query: build(one, page, query)  # noqa: E731
            statements, rows = counted(one, run)
            name = f"{page} {target or 'overview'} {length}"
            drawn = "all" if draws else "none"
            print(f"{name:34} {drawn:9} {best_ms(run):7.1f} {statements:11} {rows:7}")


def costs(one: Bot, url: str) -> None:
    """Of a pass, of a roll-up, and of a point."""
    now, known = NOW + MINUTE, list(series())
    began = time.process_time()
    one.store.history.put([(each, now, 1.0) for each in known])
    print(
        f"\na pass of {len(known)} readings: {(time.process_time() - began) * 1000:.0f} ms of CPU"
    )
    began = time.process_time()
    one.store.history.rollup(FIVE_MINUTES, NOW - FIVE_MINUTES, NOW)
    print(f"a roll-up of 5 minutes: {(time.process_time() - began) * 1000:.0f} ms of CPU")
    if url.startswith("sqlite"):
        size = Path(url.removeprefix("sqlite:///")).stat().st_size
        with one.store.engine.connect() as connection:
            points = connection.execute(text("select count(*) from point")).scalar_one()
        print(f"a point on the disk: {size / points:.0f} bytes ({size / 2**20:.0f} MiB)")


def main(url: str) -> None:
    """All of it, in this database."""
    with bot(url) as one:
        one.store.history.put([(each, NOW - MINUTE, 60.0) for each in series()])
        tasks(one)
        report(one, 1)
        report(one, DAYS)
        costs(one, url)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        with TemporaryDirectory() as folder:
            main(f"sqlite:///{folder}/history.db")
