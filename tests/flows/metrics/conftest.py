"""A team whose tasks get numbers from a page that the test sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.metrics.jobs.sinks import AUTOMATION
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Filter
from tests.flows.conftest import LIST, Team, settings_for, working
from tests.http_server import Handler, serving
from tests.ports import BoundPort

LATENCY, OBJECTIVE = "P99 latency ms", "SLO latency ms"
MINUTE_MS = 60_000


class Page:
    """A page in the Prometheus text format, as a Triton server shows it."""

    def __init__(self) -> None:
        self.url = ""
        self.pending: dict[str, float] = {}
        self.status = 200

    def text(self) -> str:
        """What it says."""
        series = (
            f'nv_inference_pending_request_count{{model="{model}",version="1"}} {value}\n'
            for model, value in self.pending.items()
        )
        return "".join(series)


@pytest.fixture
def page() -> Iterator[Page]:
    page = Page()

    class Shown(Handler):
        def get(self) -> None:
            body = page.text() if page.status == 200 else "overloaded"
            self.answer(page.status, body.encode())

    with serving(Shown) as server:
        page.url = f"http://127.0.0.1:{server.server_port}/metrics"
        yield page


@pytest.fixture
def metrics(clickup_sandbox: Sandbox, tmp_path: Path, page: Page) -> Iterator[Team]:
    """The number of waiting requests stands for a latency: a gauge needs no window."""
    with measured_team(clickup_sandbox, tmp_path, page) as team:
        yield team


@contextmanager
def measured_team(
    clickup_sandbox: Sandbox, tmp_path: Path, page: Page, **tables: Any
) -> Iterator[Team]:
    """The same with more settings."""
    port = BoundPort()
    control = clickup_sandbox.control
    for name in (LATENCY, OBJECTIVE):
        control.ui_actions.create_field(LIST, name, "number")
    binding = {
        "field": LATENCY,
        "source": "triton",
        "measure": "waiting_requests",
        "where": {"version": "1"},
    }
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        metrics={"sources": {"triton": {"kind": "triton", "url": page.url}}, "bindings": [binding]},
        **tables,
    )
    control.clock.freeze(control.clock.now_ms())
    clock = control.clock
    sleep = lambda seconds: clock.advance(int(seconds * 1000))  # noqa: E731
    with working(clickup_sandbox, settings, port, clock=clock.now_ms, sleep=sleep) as team:
        team.bot.sources.hooks.register()
        team.bot.sources.backfill.run()
        assert team.bot.user_id
        yield team


def push(team: Team, minutes: int = 1) -> None:
    """So many minutes later a pass is made."""
    team.control.clock.advance(minutes * MINUTE_MS)
    team.job("metrics")


def value(team: Team, task: str, name: str = LATENCY) -> float | None:
    fields = {
        field["name"]: field.get("value") for field in team.control.task(task)["custom_fields"]
    }
    field = fields[name]
    return None if field is None else float(field)


def writes(team: Team) -> int:
    """How many values the bot wrote."""
    return len(team.bot.store.audit.list(Filter(automation=AUTOMATION), 99))


def served(team: Team, model: str) -> str:
    """A task named after a model."""
    task = team.member.create_task(LIST, model)
    team.settle()
    return task


def comments(team: Team, task: str) -> list[str]:
    """Of the bot."""
    return [comment.text for comment in team.bot.client.comments.of_task(task)]
