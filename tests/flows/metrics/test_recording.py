"""What a pass has measured is kept over time, whatever becomes of its writes."""

from dataclasses import replace

import pytest

from clickup_mlops.errors import StoreBusy
from clickup_mlops.features.metrics import operations as operations
from clickup_mlops.ports.sections.history import open_history
from clickup_mlops.store.tables.history import FIVE_MINUTES
from tests.flows.conftest import Team, build
from tests.flows.metrics.conftest import LATENCY, MINUTE_MS, Page, push, served, value, writes


def list_chart_values(team: Team, task: str) -> list[float | None]:
    """The values of the last hour in the task's charts."""
    now = team.bot.now_ms()
    series_history = open_history(team.bot, team.bot.store, now)
    lines = [
        series_history.line(series, now - 60 * MINUTE_MS, now + 1)
        for series in series_history.of_task(task)
    ]
    return [value for line in lines for _at, value in line.points]


def test_every_pass_is_a_point_however_little_changes(metrics: Team, page: Page) -> None:
    """Also what is no write worth; other tasks have no series."""
    task, second_task = served(metrics, "ranker"), served(metrics, "embedder")
    for pending in (1000, 1001, 1002):
        page.pending = {"ranker": pending}
        push(metrics)
    assert writes(metrics) == 1
    assert list_chart_values(metrics, task) == [1000, 1001, 1002]
    assert list_chart_values(metrics, second_task) == []
    (series,) = metrics.bot.store.history.of_task(task)
    assert (series.source, series.measure, series.field) == ("triton", "waiting_requests", LATENCY)
    assert (series.labels, series.unit, series.last) == (
        "model=ranker, version=1",
        "requests",
        1002,
    )


def test_a_pass_by_hand_that_writes_nothing_keeps_nothing(metrics: Team, page: Page) -> None:
    """`metrics push --dry-run`."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    operations.push(metrics.bot, dry_run=True)
    assert list_chart_values(metrics, task) == []
    operations.push(metrics.bot)
    assert list_chart_values(metrics, task) == [70]


def test_in_shadow_mode_numbers_are_kept(metrics: Team, page: Page) -> None:
    """They are what was measured, though no field shows them."""
    task = served(metrics, "ranker")
    metrics.configure(mode="shadow")
    page.pending = {"ranker": 70}
    push(metrics)
    assert (value(metrics, task), list_chart_values(metrics, task)) == (None, [70])


def test_clickup_that_is_away_leaves_no_gap(metrics: Team, page: Page) -> None:
    """The tasks that were read before are still those that numbers are about."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    metrics.control.faults.add("status", method="GET", status_code=503, times=None)
    page.pending = {"ranker": 900}
    push(metrics, 11)
    assert list_chart_values(metrics, task)[-1] == 900
    metrics.control.faults.clear()
    assert value(metrics, task) == 70


def test_a_store_that_takes_no_history_keeps_no_write_from_happening(
    metrics: Team, page: Page
) -> None:
    """It is logged, and the chart gets a gap."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}

    def put(_readings: object) -> None:
        raise StoreBusy("too many writes are waiting")

    metrics.bot.store.history.put = put  # type: ignore[method-assign]
    push(metrics)
    assert value(metrics, task) == 70
    assert list_chart_values(metrics, task) == []


@pytest.mark.parametrize(("most", "retained"), [(0, []), (1, [70])])
def test_no_more_series_are_kept_than_the_settings_say(
    metrics: Team, page: Page, most: int, retained: list[float]
) -> None:
    """Fields first."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    settings = metrics.bot.settings
    limited = settings.metrics.model_copy(update={"history_series": most})
    metrics.restart(settings.model_copy(update={"metrics": limited}))
    push(metrics)
    assert list_chart_values(metrics, task) == retained
    assert value(metrics, task) == 70


def test_a_job_makes_means(metrics: Team, page: Page) -> None:
    """Every five minutes, of what is over."""
    task = served(metrics, "ranker")
    for minute in range(12):
        page.pending = {"ranker": 100 + minute}
        push(metrics)
    metrics.job("rollup")
    (series,) = metrics.bot.store.history.of_task(task)
    points = metrics.bot.store.history.points(series.id, FIVE_MINUTES, 0, 2**60)
    assert len(points) >= 2
    assert sum(point.count for point in points) <= 12
    assert replace(points[0], mean=0).low == 100


def test_no_source_no_job(metrics: Team) -> None:
    """A bot that reads nothing rolls nothing up."""
    settings = metrics.bot.settings
    none = settings.metrics.model_copy(update={"sources": {}})
    with build(settings.model_copy(update={"metrics": none})) as bot:
        assert "rollup" not in {job.name for job in bot.jobs.registered}
    assert "rollup" in {job.name for job in metrics.bot.jobs.registered}
