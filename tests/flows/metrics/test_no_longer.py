"""Fields whose source, binding or task is gone: old numbers go, a person's stay."""

from typing import Any

from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.store import Mute
from tests.flows.conftest import Team
from tests.flows.metrics.conftest import LATENCY, MINUTE_MS, OBJECTIVE, Page, push, served, value


def configure(
    team: Team, page: Page, *fields: str, writes_per_hour: int = 600, **sources: Any
) -> None:
    """Another bot with these bindings and further sources."""
    binding = {"source": "triton", "measure": "waiting_requests", "where": {"version": "1"}}
    tables = {"triton": {"kind": "triton", "url": page.url}, **sources}
    settings = {
        "sources": tables,
        "bindings": [binding | {"field": name} for name in fields],
        "writes_per_hour": writes_per_hour,
    }
    metrics_settings = MetricsSettings.model_validate(settings)
    team.restart(team.bot.settings.model_copy(update={"metrics": metrics_settings}))


def test_each_source_falls_silent_in_its_own_time(metrics: Team, page: Page) -> None:
    """Beside one that is read once a day."""
    daily = {"kind": "command", "command": ["true"], "every": 86_400}
    configure(metrics, page, LATENCY, daily=daily)
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    page.status = 503
    push(metrics, 3)
    assert value(metrics, task) is None


def test_a_field_without_a_binding_is_cleared_once(metrics: Team, page: Page) -> None:
    """The last binding is no exception. What a person wrote since is theirs."""
    mine, theirs = served(metrics, "mine"), served(metrics, "theirs")
    page.pending = {"mine": 70, "theirs": 70}
    push(metrics)
    metrics.control.clock.advance(1_000)
    metrics.member.set_field(theirs, LATENCY, 1)
    metrics.settle()
    configure(metrics, page)
    push(metrics, 3)
    push(metrics)
    assert (value(metrics, mine), value(metrics, theirs)) == (None, 1)
    assert metrics.bot.store.metric_values.of_task(theirs) == []

    calls = metrics.bot.client.api.transport.calls
    push(metrics)
    assert metrics.bot.client.api.transport.calls == calls


def test_another_binding_of_the_task_changes_nothing_in_that(metrics: Team, page: Page) -> None:
    """The field that lost its binding is cleared, the other one filled."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    configure(metrics, page, OBJECTIVE)
    push(metrics, 3)
    push(metrics)
    assert (value(metrics, task), value(metrics, task, OBJECTIVE)) == (None, 70)


def test_what_is_known_of_a_deleted_task_is_forgotten(metrics: Team, page: Page) -> None:
    """It would be looked for for ever."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    metrics.member.delete(task)
    metrics.settle()
    page.pending = {}
    push(metrics, 11)
    push(metrics)
    assert metrics.bot.store.metric_values.of_task(task) == []


def test_a_mute_keeps_the_number_too(metrics: Team, page: Page) -> None:
    """A silent source clears no field of a muted task."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    until_ms = metrics.bot.now_ms() + 60 * MINUTE_MS
    metrics.bot.store.mutes.put(Mute(task, "metrics", until_ms))
    page.status = 503
    push(metrics, 5)
    assert value(metrics, task) == 70


def test_a_source_that_cannot_be_scraped_is_reported_as_silent(metrics: Team, page: Page) -> None:
    """Once, by its name, as long as it was not heard."""
    tables = {"triton": {"kind": "triton", "url": page.url, "silent_after": 600}}
    metrics_settings = MetricsSettings.model_validate({"sources": tables})
    metrics.restart(metrics.bot.settings.model_copy(update={"metrics": metrics_settings}))
    metrics.bot.sources.start()
    for _ in range(3):
        push(metrics, 9)
        metrics.job("silence")
    notes = metrics.bot.store.notes
    assert notes.all("silent") == {}
    page.status = 503
    for _ in range(4):
        push(metrics, 9)
        metrics.job("silence")
    assert list(notes.all("silent")) == ["metrics:triton"]


def test_clearing_has_a_cap_of_its_own(metrics: Team, page: Page) -> None:
    """Ten times that of an hour, which the writes of values do not use up; the rest is later."""
    tasks = [served(metrics, f"model-{number}") for number in range(12)]
    page.pending = {f"model-{number}": 70 for number in range(12)}
    push(metrics)
    push(metrics, 61)
    configure(metrics, page, LATENCY, writes_per_hour=1)
    page.status = 503
    push(metrics, 3)
    push(metrics)
    assert sum(value(metrics, task) is None for task in tasks) == 10

    push(metrics, 61)
    assert [value(metrics, task) for task in tasks] == [None] * 12
