"""Passes that end in the middle, and tasks that ClickUp does not let the bot write."""

from typing import Any

import pytest

from clickup_mlops.errors import StoreBusy
from clickup_mlops.features.metrics import operations as operations
from clickup_mlops.features.metrics.jobs.sinks import AUTOMATION
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.store import Filter
from tests.flows.conftest import LIST, Team
from tests.flows.metrics.conftest import (
    LATENCY,
    MINUTE_MS,
    Page,
    comments,
    push,
    served,
    value,
    writes,
)


def list_outcomes(team: Team, task: str) -> list[str]:
    """How the bot's attempts to write a value ended, the last one first."""
    rows = team.bot.store.journal.list(task_id=task)
    return [row.outcome for row in rows if row.automation == AUTOMATION]


def failing(team: Team, task: str, status: int) -> None:
    """Writes of the task's fields, from now on."""
    path = f"*/task/{task}/field/*"
    team.control.faults.add("status", method="POST", path=path, status_code=status, times=None)


def test_what_was_written_before_an_error_stays_the_bots(metrics: Team, page: Page) -> None:
    """ClickUp fails in the middle of a pass: no field of it is taken for a person's."""
    first, second = served(metrics, "a"), served(metrics, "b")
    page.pending = {"a": 10, "b": 10}
    push(metrics)
    failing(metrics, second, 503)
    page.pending = {"a": 100, "b": 20}
    push(metrics)
    assert (value(metrics, first), value(metrics, second)) == (100, 10)

    metrics.control.faults.clear()
    page.pending = {"a": 200, "b": 20}
    push(metrics, 11)
    assert (value(metrics, first), value(metrics, second)) == (200, 20)


def test_what_was_written_but_not_stored_is_learnt_from_the_journal(
    metrics: Team, page: Page
) -> None:
    """As after a crash between the two. Neither the first value of a field nor a later one becomes
    a person's, and both are cleared when the source falls silent.
    """
    first, later = served(metrics, "first"), served(metrics, "later")
    page.pending = {"later": 10}
    push(metrics)
    (before,) = metrics.bot.store.metric_values.of_task(later)
    page.pending = {"first": 70, "later": 100}
    push(metrics)
    (metric_value,) = metrics.bot.store.metric_values.of_task(first)
    metrics.bot.store.metric_values.remove(metric_value.key)
    metrics.bot.store.metric_values.put_many([before])
    metrics.restart()

    page.pending = {"first": 70, "later": 200}
    push(metrics)
    assert (value(metrics, first), value(metrics, later)) == (70, 200)
    page.status = 503
    push(metrics, 3)
    assert (value(metrics, first), value(metrics, later)) == (None, None)


@pytest.mark.parametrize("status", [403, 404, 503])
def test_one_task_that_cannot_be_written_holds_up_no_other(
    metrics: Team, page: Page, status: int
) -> None:
    """It is tried again after ten minutes, not with each pass."""
    refused, accepted = served(metrics, "bad"), served(metrics, "good")
    failing(metrics, refused, status)
    page.pending = {"bad": 1000, "good": 10}
    push(metrics)
    calls = len(list_outcomes(metrics, refused))
    for _ in range(3):
        push(metrics)
    assert (value(metrics, refused), value(metrics, accepted)) == (None, 10)
    assert len(list_outcomes(metrics, refused)) == calls > 0

    metrics.control.faults.clear()
    push(metrics, 11)
    assert value(metrics, refused) == 1000


@pytest.mark.parametrize("took_effect", [False, True])
def test_an_answer_that_cannot_be_read_is_no_refusal(
    metrics: Team, page: Page, took_effect: bool
) -> None:
    """The task is read, and the next pass goes on: its values are not ten minutes old."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    page.pending = {"ranker": 100}
    if took_effect:
        unread_once(metrics)
    else:
        metrics.control.faults.add(
            "status", method="POST", path=f"*/task/{task}/field/*", status_code=200, shape="page"
        )
    push(metrics)
    push(metrics)
    assert value(metrics, task) == 100
    assert list_outcomes(metrics, task).count("failed") == 0

    page.pending = {"ranker": 200}
    push(metrics)
    assert value(metrics, task) == 200


def unread_once(team: Team) -> None:
    """The next write of a field takes effect, and its answer is a page of something in between."""
    wire = team.bot.client.transport.wire
    send, remaining = wire.send, ["once"]

    def send_unread(method: str, url: str, **options: Any) -> Any:
        answer = send(method, url, **options)
        if method == "POST" and "/field/" in url and remaining:
            remaining.clear()
            return answer._replace(content=b"<html>busy</html>")
        return answer

    wire.send = send_unread


def test_a_task_that_no_event_was_about_is_written_once(metrics: Team, page: Page) -> None:
    """Its copy is read again only every ten minutes, and no event reports the bot's own write."""
    metrics.control.faults.add("drop", event="*", times=None)
    task = metrics.member.create_task(LIST, "ranker")
    metrics.control.clock.advance(11 * MINUTE_MS)
    for number in (70, 70, 90, 120):
        page.pending = {"ranker": number}
        push(metrics)
    assert (value(metrics, task), writes(metrics)) == (120, 3)


def test_a_pass_by_hand_waits_for_the_job(metrics: Team, page: Page) -> None:
    """Two passes at a time would take each other's writes for a person's."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    store, now = metrics.bot.store, metrics.bot.now_ms()
    assert store.leases.take("cron:metrics", "somebody", now, now + MINUTE_MS)
    with pytest.raises(StoreBusy):
        operations.push(metrics.bot)
    assert value(metrics, task) is None

    store.leases.release("cron:metrics", "somebody")
    assert [state for _, state in operations.push(metrics.bot).writes] == ["done"]
    assert value(metrics, task) == 70


def test_a_dry_run_stores_nothing(metrics: Team, page: Page) -> None:
    """Not even that a person has changed the field."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    metric_values = metrics.bot.store.metric_values.of_task(task)
    metrics.control.clock.advance(1_000)
    metrics.member.set_field(task, LATENCY, 1)
    metrics.settle()
    assert not operations.push(metrics.bot, dry_run=True).writes
    assert metrics.bot.store.metric_values.of_task(task) == metric_values
    assert len(metrics.bot.store.audit.list(Filter(task_id=task, automation=AUTOMATION), 9)) == 1


def test_advice_is_not_over_because_a_bot_started(
    metrics: Team, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one scrape rates are unknown: neither is the symptom over nor the field cleared."""
    task = served(metrics, "ranker")
    series = (
        'vllm:num_preemptions_total{{model_name="ranker"}} {}\n'
        'vllm:num_requests_waiting{{model_name="ranker"}} 3\n'
    )
    count = iter(range(0, 6_000, 60))
    monkeypatch.setattr(Page, "text", lambda _page: series.format(next(count)))
    fields = [
        {"field": LATENCY, "source": "llm", "measure": "preemptions_per_min"},
        {"field": "SLO latency ms", "source": "llm", "measure": "waiting_requests"},
    ]
    metrics_settings = MetricsSettings.model_validate(
        {"sources": {"llm": {"kind": "vllm", "url": page.url}}, "bindings": fields}
    )
    metrics.restart(metrics.bot.settings.model_copy(update={"metrics": metrics_settings}))
    push(metrics)
    push(metrics)
    texts = comments(metrics, task)
    assert "Requests are put back" in texts[0]
    write_count = writes(metrics)

    metrics.control.clock.advance(10 * MINUTE_MS)
    metrics.restart()
    push(metrics)
    assert value(metrics, task) == 60
    push(metrics)
    assert (comments(metrics, task), writes(metrics)) == (texts, write_count)
