"""Numbers of a model server reach the tasks that they concern, and routing acts on them."""

from itertools import count

import pytest

from clickup_mlops.features.metrics.bindings import BindingTable
from clickup_mlops.features.metrics.jobs.sinks import AUTOMATION
from clickup_mlops.features.metrics.package import MetricsPackage
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.store import Filter
from tests.flows.conftest import INFERENCE, LIST, Team
from tests.flows.metrics.conftest import (
    LATENCY,
    OBJECTIVE,
    Page,
    comments,
    push,
    served,
    value,
    writes,
)

URGENT = 1


def test_a_number_reaches_its_task_once(metrics: Team, page: Page) -> None:
    """A second pass over the same numbers writes nothing."""
    task, second_task = served(metrics, "ranker"), served(metrics, "embedder")
    page.pending = {"ranker": 812}
    push(metrics)
    assert (value(metrics, task), value(metrics, second_task)) == (812, None)

    push(metrics)
    assert writes(metrics) == 1


def test_a_task_that_is_created_later_gets_its_number_with_the_next_pass(
    metrics: Team, page: Page
) -> None:
    """The event that reported it is enough: the tasks are not listed again before their time."""

    def lists() -> int:
        return metrics.control.stats.calls("GET", "/team/{team_id}/task")

    page.pending = {"ranker": 812, "embedder": 90}
    served(metrics, "ranker")
    push(metrics)
    before = lists()
    later = served(metrics, "embedder")
    push(metrics)

    assert value(metrics, later) == 90
    assert lists() == before > 0


def test_a_breach_makes_the_task_urgent_and_recovery_ends_it(metrics: Team, page: Page) -> None:
    """The reason is in `why`."""
    task = metrics.member.create_task(LIST, INFERENCE)
    metrics.member.set_field(task, OBJECTIVE, 500)
    metrics.settle()
    before = metrics.priority(task)
    page.pending = {INFERENCE: 812}
    push(metrics)

    assert metrics.priority(task) == URGENT
    decided = metrics.bot.store.decisions.latest(task)
    assert decided is not None
    assert any(LATENCY in reason for reason in decided.body["reasons"])

    page.pending = {INFERENCE: 90}
    push(metrics)
    assert value(metrics, task) == 90
    assert metrics.priority(task) == before


def test_a_percentile_in_the_first_bucket_breaches_no_objective_below_its_edge(
    metrics: Team, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is at most 300 ms, for all that is known. Of an objective that it meets it is written."""
    task = metrics.member.create_task(LIST, INFERENCE)
    metrics.member.set_field(task, OBJECTIVE, 250)
    metrics.settle()
    before, requests = metrics.priority(task), count(0, 60)
    line = 'vllm:e2e_request_latency_seconds_bucket{{model_name="{}",le="{}"}} {}\n'

    def text(_page: Page) -> str:
        request = next(requests)
        return "".join(line.format(INFERENCE, edge, request) for edge in ("0.3", "0.5", "+Inf"))

    monkeypatch.setattr(Page, "text", text)
    tables = {"llm": {"kind": "vllm", "url": page.url}}
    binding = {"field": LATENCY, "source": "llm", "measure": "latency_p99_ms"}
    metrics_settings = MetricsSettings(sources=tables, bindings=(BindingTable(**binding),))
    metrics.restart(metrics.bot.settings.model_copy(update={"metrics": metrics_settings}))
    push(metrics, 2)
    push(metrics)
    assert (value(metrics, task), metrics.priority(task)) == (None, before)

    metrics.member.set_field(task, OBJECTIVE, 300)
    metrics.settle()
    push(metrics)
    assert (value(metrics, task), metrics.priority(task)) == (300, before)


def test_many_samples_are_one_write_and_small_changes_none(metrics: Team, page: Page) -> None:
    """The last value is the one that counts; 2 % is the smallest change worth a call."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 1000}
    push(metrics)
    assert (value(metrics, task), writes(metrics)) == (1000, 1)

    page.pending = {"ranker": 1010}
    push(metrics)
    assert (value(metrics, task), writes(metrics)) == (1000, 1)

    page.pending = {"ranker": 1030}
    push(metrics)
    assert (value(metrics, task), writes(metrics)) == (1030, 2)


def test_a_silent_source_clears_its_numbers(metrics: Team, page: Page) -> None:
    """Within two intervals; an old number never looks new. It comes back with the source."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    page.status = 503
    push(metrics)
    assert value(metrics, task) == 70
    push(metrics, 2)
    assert value(metrics, task) is None

    page.status = 200
    push(metrics)
    assert value(metrics, task) == 70


def test_a_series_that_vanished_is_cleared_too(metrics: Team, page: Page) -> None:
    """The server lives, but the model is not served any more."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    page.pending = {"other": 1}
    push(metrics, 3)
    assert value(metrics, task) is None


def test_a_persons_value_is_left_to_them(metrics: Team, page: Page) -> None:
    """For the configured time; or until they clear the field."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    metrics.control.clock.advance(1_000)
    metrics.member.set_field(task, LATENCY, 1)
    metrics.settle()
    page.pending = {"ranker": 80}
    push(metrics)
    push(metrics)
    assert value(metrics, task) == 1

    metrics.control.clock.advance(1_000)
    metrics.member.clear_field(task, LATENCY)
    metrics.settle()
    push(metrics)
    assert value(metrics, task) == 80


def test_a_persons_value_ends_by_itself(metrics: Team, page: Page) -> None:
    """After `metrics.override_duration`."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    metrics.control.clock.advance(1_000)
    metrics.member.set_field(task, LATENCY, 1)
    metrics.settle()
    push(metrics)
    push(metrics, 24 * 60 + 1)
    assert value(metrics, task) == 70


def test_what_is_not_certain_is_not_guessed(metrics: Team, page: Page) -> None:
    """Two tasks of one name, or none, get nothing; another series is placed all the same."""
    first, second, third = (served(metrics, name) for name in ("twin", "twin", "ranker"))
    page.pending = {"twin": 5, "nobody": 6, "ranker": 7}
    push(metrics)
    assert [value(metrics, task) for task in (first, second, third)] == [None, None, 7]


def test_a_mute_holds(metrics: Team, page: Page) -> None:
    """Writes are in the audit as `metrics`, and `/mute metrics` keeps the bot off a task."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    (entry,) = metrics.bot.store.audit.list(Filter(task_id=task, automation=AUTOMATION), 9)
    assert entry.kind.startswith("field:")

    metrics.member.comment(task, "/mute metrics for 1h")
    metrics.settle()
    page.pending = {"ranker": 90}
    push(metrics)
    assert value(metrics, task) == 70


def test_without_uses_of_fields_values_go_into_one_comment(metrics: Team, page: Page) -> None:
    """Which is kept up to date, and says when a source is silent."""
    task = served(metrics, "ranker")
    metrics.control.world.plan = "Free"
    (team,) = metrics.control.world.teams
    team.field_uses = 59
    for number in (10, 20, 30):
        page.pending = {"ranker": number}
        push(metrics)
    (comment,) = comments(metrics, task)
    assert "P99 latency ms: 30" in comment
    assert value(metrics, task) == 10

    calls = writes(metrics)
    push(metrics)
    assert writes(metrics) == calls
    page.status = 503
    push(metrics, 3)
    (comment,) = comments(metrics, task)
    assert "unknown: no new value" in comment


def test_advice_comes_once_and_goes_with_its_symptom(
    metrics: Team, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One comment: with numbers, evidence and next step; later with both numbers."""
    task = served(metrics, "ranker")
    series = 'vllm:num_preemptions_total{{model_name="ranker"}} {}\n'
    count = iter([0, 0, 60, 60, 120, 120, 120, 120])
    monkeypatch.setattr(Page, "text", lambda _page: series.format(next(count)))
    tables = {"llm": {"kind": "vllm", "url": page.url}}
    binding = {"field": LATENCY, "source": "llm", "measure": "preemptions_per_min"}
    metrics_settings = MetricsSettings(sources=tables, bindings=(BindingTable(**binding),))
    metrics.restart(metrics.bot.settings.model_copy(update={"metrics": metrics_settings}))
    push(metrics)
    push(metrics)
    assert not comments(metrics, task)
    push(metrics)
    (comment,) = comments(metrics, task)
    assert "Requests are put back for lack of cache (model_name=ranker)" in comment
    assert "Observed: Preemptions 60 1/min" in comment
    assert "Next: vLLM" in comment

    for _ in range(3):  # it comes and goes
        push(metrics)
        assert comments(metrics, task) == [comment]

    push(metrics, 9)
    push(metrics, 9)
    (comment,) = comments(metrics, task)
    assert "Over: Requests are put back" in comment
    assert "Before: Preemptions 60 1/min" in comment
    assert "Now: Preemptions 0 1/min" in comment
    entry, over = metrics.bot.store.timeline.of_task(task, 0, metrics.bot.now_ms() + 1)[-2:]
    assert (entry.kind, entry.value["state"], entry.value["numbers"]) == (
        "advice",
        "came",
        {"preemptions_per_min": 60},
    )
    assert (over.value["state"], over.value["numbers"]) == ("over", {"preemptions_per_min": 0})
    assert over.text == "Over: Requests are put back for lack of cache (model_name=ranker)"


def test_much_advice_is_spread_over_passes_so_that_values_come_first(
    metrics: Team, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a running bot, also between rounds of values; nobody is left out."""
    tasks = [served(metrics, f"m{number}") for number in range(4)]
    count = iter([0, 60, 120, 180, 240])
    line = 'vllm:num_preemptions_total{{model_name="m{}"}} {}\n'

    def text(_page: Page) -> str:
        value = next(count)
        return "".join(line.format(number, value) for number in range(4))

    monkeypatch.setattr(Page, "text", text)
    monkeypatch.setattr("clickup_mlops.features.metrics.jobs.push._ADVICE_AT_ONCE", 3)
    tables = {"llm": {"kind": "vllm", "url": page.url}}
    binding = {"field": LATENCY, "source": "llm", "measure": "preemptions_per_min"}
    metrics_settings = MetricsSettings(sources=tables, bindings=(BindingTable(**binding),))
    metrics.restart(metrics.bot.settings.model_copy(update={"metrics": metrics_settings}))
    scraper = metrics.bot.get(MetricsPackage).scraper
    scraper.is_live = True
    monkeypatch.setattr(scraper, "start", lambda: None)
    push(metrics)
    push(metrics)
    assert sum(bool(comments(metrics, task)) for task in tasks) == 3
    metrics.control.clock.advance(15_000)
    metrics.job("metrics")
    assert all(comments(metrics, task) for task in tasks)


def test_advice_about_what_is_gone_ends_after_an_hour(
    metrics: Team, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its engine was removed: nothing says any more whether the symptom holds."""
    task = served(metrics, "ranker")
    waiting = 'nv_inference_pending_request_count{model="ranker",version="1"} 3\n'
    preempted = 'vllm:num_preemptions_total{{model_name="ranker"}} {}\n'
    pages = [preempted.format(0), preempted.format(60)]
    tables = {
        "llm": {"kind": "vllm", "url": page.url},
        "triton": {"kind": "triton", "url": page.url},
    }
    bindings = (
        BindingTable(
            field=LATENCY, source="triton", measure="waiting_requests", where={"version": "1"}
        ),
        BindingTable(field=OBJECTIVE, source="llm", measure="preemptions_per_min"),
    )
    monkeypatch.setattr(Page, "text", lambda _page: waiting + "".join(pages[:1]))
    metrics_settings = MetricsSettings(sources=tables, bindings=bindings)
    metrics.restart(metrics.bot.settings.model_copy(update={"metrics": metrics_settings}))
    push(metrics)
    pages.pop(0)
    push(metrics)
    assert "Requests are put back" in comments(metrics, task)[0]

    pages.clear()
    push(metrics, 30)
    push(metrics, 20)
    assert "Over" not in comments(metrics, task)[0]
    push(metrics, 50)
    assert "Now: not measured any more" in comments(metrics, task)[0]


def test_advice_of_a_source_that_is_silent_ends_after_an_hour(
    metrics: Team, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its server was switched off; a shorter silence changes nothing."""
    task = served(metrics, "ranker")
    count = iter([0, 60])
    series = 'vllm:num_preemptions_total{{model_name="ranker"}} {}\n'
    monkeypatch.setattr(Page, "text", lambda _page: series.format(next(count)))
    binding = BindingTable(field=LATENCY, source="llm", measure="preemptions_per_min")
    metrics_settings = MetricsSettings(
        sources={"llm": {"kind": "vllm", "url": page.url}}, bindings=(binding,)
    )
    metrics.restart(metrics.bot.settings.model_copy(update={"metrics": metrics_settings}))
    push(metrics)
    push(metrics)
    (comment,) = comments(metrics, task)

    page.status = 503
    push(metrics, 30)
    push(metrics, 50)
    assert value(metrics, task) is None
    assert comments(metrics, task) == [comment]
    push(metrics, 20)
    assert "Now: not measured any more" in comments(metrics, task)[0]


def test_the_log_names_a_series_without_task_once(
    metrics: Team, page: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    """And how many more there are; not again while others come and go."""
    served(metrics, "ranker")
    for models in ("ab", "ab", "abc"):
        page.pending = {"ranker": 1, **dict.fromkeys(models, 2)}
        push(metrics)
    lines = [line for line in capsys.readouterr().err.splitlines() if "metrics_problem" in line]
    assert len(lines) == 1
    assert "waiting_requests model=a version=1 and 1 more: no task matches" in lines[0]
