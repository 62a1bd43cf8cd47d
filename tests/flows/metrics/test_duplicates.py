"""A second task with the same model neither stops the metrics nor takes them over."""

import pytest

from clickup_mlops.features.metrics import operations as operations
from clickup_mlops.store.tables.history import RAW
from tests.flows.conftest import LIST, Team
from tests.flows.metrics.conftest import LATENCY, Page, push, served, value

MODEL = "chat-70b"


def pushed(metrics: Team, page: Page, value: float) -> None:
    """The source says this now."""
    page.pending = {MODEL: value}
    push(metrics)


def points(metrics: Team, task: str) -> list[float]:
    """What is kept of the task over time."""
    history, now = metrics.bot.store.history, metrics.bot.now_ms()
    return [
        point.mean
        for series in history.of_task(task)
        for point in history.points(series.id, RAW, 0, now + 1)
    ]


def shared(metrics: Team, task: str) -> list[str]:
    """What `metrics explain` says about other tasks."""
    return [
        explanation.shared
        for explanation in operations.explain(metrics.bot, task)
        if explanation.shared
    ]


def test_a_duplicate_report_changes_nothing(
    metrics: Team, page: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fields and history go on; it is reported once, and ends when the duplicate is closed."""
    task = served(metrics, MODEL)
    pushed(metrics, page, 70)
    capsys.readouterr()
    duplicate = served(metrics, MODEL)
    for number in (80, 90):
        pushed(metrics, page, number)

    assert (value(metrics, task), value(metrics, duplicate)) == (90, None)
    assert points(metrics, task) == [70, 80, 90]
    assert capsys.readouterr().err.count(f"{LATENCY} stays with '{MODEL}'") == 1
    assert len(shared(metrics, task)) == 1

    metrics.member.set_status(duplicate, "complete")
    metrics.settle()
    pushed(metrics, page, 95)
    assert value(metrics, task) == 95
    assert shared(metrics, task) == []
    assert points(metrics, duplicate) == []


def test_a_restart_keeps_the_binding(metrics: Team, page: Page) -> None:
    """Also if the duplicate came while the bot was away."""
    task = served(metrics, MODEL)
    pushed(metrics, page, 70)
    duplicate = metrics.member.create_task(LIST, MODEL)
    metrics.restart()
    metrics.settle()
    pushed(metrics, page, 80)

    assert (value(metrics, task), value(metrics, duplicate)) == (80, None)


def test_an_incident_does_not_take_the_metrics_of_a_service(metrics: Team, page: Page) -> None:
    """Though nothing was measured of the service before."""
    task = served(metrics, MODEL)
    duplicate = served(metrics, MODEL)
    metrics.member.tag(duplicate, "incident")
    metrics.settle()
    pushed(metrics, page, 70)

    assert (value(metrics, task), value(metrics, duplicate)) == (70, None)
    assert shared(metrics, task) == []


def test_a_task_that_the_bot_created_does_not_take_the_metrics(metrics: Team, page: Page) -> None:
    """Not even if it had them before there was a task of the service."""
    mark = "An alert fires.\n\nclickup-mlops · /alert_incident/alertmanager-3b1e"
    created = metrics.member.create_task(LIST, MODEL, description=mark)
    metrics.settle()
    pushed(metrics, page, 70)
    assert value(metrics, created) == 70

    task = served(metrics, MODEL)
    pushed(metrics, page, 80)
    assert value(metrics, task) == 80


def test_a_service_that_follows_a_closed_one_takes_its_metrics(metrics: Team, page: Page) -> None:
    """The old task is closed: its field is cleared, the new one is filled."""
    old = served(metrics, MODEL)
    pushed(metrics, page, 70)
    metrics.member.set_status(old, "complete")
    new = served(metrics, MODEL)
    pushed(metrics, page, 80)
    push(metrics, 3)

    assert value(metrics, new) == 80
    assert value(metrics, old) is None


def test_two_services_are_reported_and_nothing_is_guessed(metrics: Team, page: Page) -> None:
    """As long as neither has been measured."""
    tasks = [served(metrics, MODEL) for _ in range(2)]
    pushed(metrics, page, 70)
    assert [value(metrics, task) for task in tasks] == [None, None]
