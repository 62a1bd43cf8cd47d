"""People see where a number comes from: in `/why`, in `metrics explain`, and on the task."""

from clickup_mlops.features.metrics import operations
from clickup_mlops.features.metrics.settings import MetricsSettings
from tests.flows.conftest import Team
from tests.flows.metrics.conftest import LATENCY, Page, comments, push, served


def ask_why(team: Team, task: str) -> str:
    """What `/why` answers."""
    comment = team.member.comment(task, "/why")
    team.settle()
    (answer,) = team.bot.client.comments.replies(comment)
    return answer.text


def test_why_names_source_series_window_and_time(metrics: Team, page: Page) -> None:
    """And that a source is silent, instead of an old number."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    answer = ask_why(metrics, task)
    assert f"{LATENCY} is 70: waiting_requests of the source triton" in answer
    assert "model=ranker" in answer
    assert "over 60 s; read 20" in answer

    silent_task = served(metrics, "embedder")
    page.pending = {"embedder": 70}
    push(metrics)
    page.status = 503
    push(metrics, 3)
    assert f"{LATENCY} is empty: there is no new reading" in ask_why(metrics, silent_task)


def test_explain_shows_what_is_read_now_however_little_it_changed(
    metrics: Team, page: Page
) -> None:
    """The field shows 70 still."""
    task = served(metrics, "ranker")
    for pending in (70, 70.5):
        page.pending = {"ranker": pending}
        push(metrics)
    (explained,) = operations.explain(metrics.bot, task)
    assert (explained.now, explained.reading, explained.window_ms) == (70, 70.5, 60_000)


def test_a_comment_on_the_task_is_one_and_follows_its_binding(metrics: Team, page: Page) -> None:
    """Not each value: only what it comes from. Without the setting there is none."""
    task = served(metrics, "ranker")
    page.pending = {"ranker": 70}
    push(metrics)
    assert comments(metrics, task) == []

    _bind(metrics, page, of="only")
    for pending in (80, 90):
        page.pending = {"ranker": pending}
        push(metrics)
    (comment,) = comments(metrics, task)
    assert "waiting_requests of the source triton, model=ranker, version=1, over 60 s" in comment

    page.pending = {"ranker": 100}
    _bind(metrics, page, of="max", where={})
    push(metrics)
    (comment,) = comments(metrics, task)
    assert LATENCY in comment


def _bind(team: Team, page: Page, **binding: object) -> None:
    measure = {"field": LATENCY, "source": "triton", "measure": "waiting_requests"}
    settings = {
        "sources": {"triton": {"kind": "triton", "url": page.url}},
        "bindings": [{"where": {"version": "1"}} | measure | binding],
        "name_sources": True,
    }
    metrics_settings = MetricsSettings.model_validate(settings)
    team.restart(team.bot.settings.model_copy(update={"metrics": metrics_settings}))
