"""More values than calls: 2,000 series (8,000 in a soak) for 200 tasks, 100 calls a minute."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.metrics.package import MetricsPackage
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.clickup import edge
from clickup_mlops.sandbox.core.clock import Clock
from tests.flows.conftest import LIST, Team, settings_for, working
from tests.flows.metrics.conftest import LATENCY, OBJECTIVE
from tests.http_server import Handler, serving
from tests.ports import BoundPort

SOURCES, MODELS_OF_ONE = 4, 50
SECOND = 1_000
EVERY_MS = 15 * SECOND
OBJECTIVE_MS = 500.0
SLOW, SLOW_MS = "model-120", 150 * SECOND
"""Of the model that crosses its objective, and when."""
DEAD, DEAD_MS = 3, 240 * SECOND
"""Of the server that dies, and when."""
END_MS = 330 * SECOND
Value = tuple[int, float]
"""When it was read, and what it was."""


class Fleet:
    """Four servers of 50 models each. Every value changes with each scrape, by far."""

    def __init__(self, clock: Clock, series: int) -> None:
        self.series = series
        self.clock, self.begin_ms = clock, clock.now_ms()
        self.scrapes: dict[int, list[int]] = defaultdict(list)
        self.read: dict[str, list[Value]] = defaultdict(list)

    @property
    def now_ms(self) -> int:
        """Since it began."""
        return self.clock.now_ms() - self.begin_ms

    def is_dead(self, server: int) -> bool:
        return server == DEAD and self.now_ms >= DEAD_MS

    def page(self, server: int) -> str:
        """What a server shows now."""
        lines, at_ms = [], self.now_ms
        round_number = len(self.scrapes[server])
        self.scrapes[server].append(at_ms)
        for number in range(server * MODELS_OF_ONE, (server + 1) * MODELS_OF_ONE):
            model = f"model-{number}"
            is_slow = model == SLOW and at_ms >= SLOW_MS
            value = 900.0 if is_slow else 100.0 + 20 * ((round_number + number) % 7)
            self.read[model].append((at_ms, value))
            lines.append(f'vllm:num_requests_running{{model_name="{model}"}} {value}')
            lines += [
                f'vllm:e2e_request_latency_seconds_bucket{{model_name="{model}",le="{edge}"}} 1'
                for edge in range(self.series - 1)
            ]
        return "\n".join(lines)


class Log:
    """What the bot wrote into the field of each model's task."""

    def __init__(self, team: Team, tasks: dict[str, str], begin_ms: int) -> None:
        bot, models = team.control.members[0].id, {task: model for model, task in tasks.items()}
        self.of: dict[str, list[tuple[int, float | None]]] = defaultdict(list)
        for write in team.control.writes(actor=bot):
            value = None if write.after is None else float(write.after)
            self.of[models[write.task_id]].append((write.at_ms - begin_ms, value))

    def all(self) -> Iterator[tuple[str, int, float | None]]:
        """Model, time and value."""
        return ((model, at, value) for model, writes in self.of.items() for at, value in writes)


@pytest.mark.clickup_sandbox(rate_limit=100)
@pytest.mark.parametrize("series", [10, pytest.param(40, marks=pytest.mark.soak)])
def test_values_are_fresh_and_what_is_urgent_finds_room(
    clickup_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, series: int
) -> None:
    """A server dies and a model becomes slow while all values want to be written all the time."""
    _limit_by_the_clock(clickup_sandbox, monkeypatch)
    clickup_sandbox.control.clock.freeze(clickup_sandbox.control.clock.now_ms())
    fleet = Fleet(clickup_sandbox.control.clock, series)
    with _measured(clickup_sandbox, tmp_path, fleet) as (team, tasks):
        package = team.bot.get(MetricsPackage)
        while fleet.now_ms < END_MS:
            package.push_now()
            fleet.clock.advance(EVERY_MS - fleet.now_ms % EVERY_MS)
        log = Log(team, tasks, fleet.begin_ms)

    _assert_scraped_by_their_own_clock(fleet)
    first_written = {model: writes[0][0] for model, writes in log.of.items()}
    assert len(first_written) == SOURCES * MODELS_OF_ONE
    assert max(first_written.values()) <= 210 * SECOND  # a round of 200 at 60 of 100 calls
    for model, at_ms, value in log.all():
        if value is not None:
            assert value == [read for read in fleet.read[model] if read[0] <= at_ms][-1][1]
    breach = next(at for at, value in log.of[SLOW] if value == 900)
    assert breach - SLOW_MS <= 20 * SECOND
    for number in range(DEAD * MODELS_OF_ONE, (DEAD + 1) * MODELS_OF_ONE):
        at_ms, value = log.of[f"model-{number}"][-1]
        assert value is None
        assert at_ms <= DEAD_MS + 60 * SECOND


def _assert_scraped_by_their_own_clock(fleet: Fleet) -> None:
    """Also while a push goes on. Between two pushes a scrape waits for the next one."""
    for times in fleet.scrapes.values():
        assert max(after - before for before, after in pairwise(times)) < 2 * EVERY_MS


def _limit_by_the_clock(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a minute of the rate limit is a real one."""
    monkeypatch.setattr(edge, "real_ms", sandbox.control.clock.now_ms)


@contextmanager
def _measured(
    sandbox: Sandbox, folder: Path, fleet: Fleet
) -> Iterator[tuple[Team, dict[str, str]]]:
    class Shown(Handler):
        def get(self) -> None:
            server = int(self.path.rpartition("/")[2])
            if fleet.is_dead(server):
                self.answer(503)
            else:
                self.answer(200, fleet.page(server).encode())

    clock, port = fleet.clock, BoundPort()
    with serving(Shown) as web:
        address = f"http://127.0.0.1:{web.server_port}"
        settings = settings_for(sandbox, folder, port, metrics=_settings(address))
        sleep = lambda seconds: clock.advance(int(seconds * 1000))  # noqa: E731
        with working(sandbox, settings, port, clock=clock.now_ms, sleep=sleep) as team:
            yield team, _tasks(team)


def _settings(address: str) -> dict[str, Any]:
    names = range(SOURCES)
    sources = {f"s{n}": {"kind": "vllm", "url": f"{address}/{n}", "every": 15} for n in names}
    bindings = [{"field": LATENCY, "source": f"s{n}", "measure": "running_requests"} for n in names]
    return {
        "sources": sources,
        "bindings": bindings,
        "push_every": 15,
        "writes_per_hour": 100_000,
        "advise": False,
    }


def _tasks(team: Team) -> dict[str, str]:
    for name in (LATENCY, OBJECTIVE):
        team.control.ui_actions.create_field(LIST, name, "number")
    models = [f"model-{number}" for number in range(SOURCES * MODELS_OF_ONE)]
    tasks = {model: team.member.create_task(LIST, model) for model in models}
    for model in (SLOW, "model-7"):
        team.member.set_field(tasks[model], OBJECTIVE, OBJECTIVE_MS)
    return tasks
