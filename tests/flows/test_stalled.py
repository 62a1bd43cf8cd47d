"""A running bot in which something hangs says so, and says when it goes on."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.automations.model import Effect
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.handle.package import ExecutionPackage
from clickup_mlops.bot.members import member
from clickup_mlops.bot.packages import Builds
from clickup_mlops.interfaces.web.app import create_app
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.queries.ready_lanes import ReadyLane
from tests.flows.conftest import (
    INFERENCE,
    LIST,
    SharedContext,
    build,
    receiving,
    settings_for,
    until,
)
from tests.measured import measured
from tests.ports import BoundPort


class Stuck(ExecutionPackage):
    """Writing a priority takes until `go_on` is set; `hangs` tells that it began."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.go_on, self.hangs = threading.Event(), threading.Event()

    @member
    def effects(self) -> Mapping[str, Effect]:
        effects = super().effects

        def hang(*arguments: Any) -> Any:
            self.hangs.set()
            assert self.go_on.wait(60)
            return effects["priority"].write(*arguments)

        return {**effects, "priority": replace(effects["priority"], write=hang)}


@pytest.fixture
def bot(clickup_sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bot]:
    port = BoundPort()
    engine = {"stalled_after": 1, "workers": 2}
    settings = settings_for(clickup_sandbox, tmp_path, port, engine=engine)
    builds = Builds(context=SharedContext, execution=getattr(request, "param", ExecutionPackage))
    with build(settings, builds=builds) as bot, receiving(bot, port):
        yield bot


def _ready(bot: Bot) -> dict[str, Any]:
    answer = create_app(bot).test_client().get("/readyz")
    assert answer.status_code == (200 if answer.get_json()["ready"] else 503)
    report: dict[str, Any] = answer.get_json()
    return report


@pytest.mark.parametrize("bot", [Stuck], indirect=True)
def test_a_lane_that_hangs_makes_the_bot_not_ready(bot: Bot, clickup_sandbox: Sandbox) -> None:
    """With its name, while other lanes may go on; ready again once it moves."""
    stuck = bot.execution
    assert isinstance(stuck, Stuck)
    bot.start()
    until(lambda: clickup_sandbox.control.world.webhooks)
    assert _ready(bot)["ready"]

    task = clickup_sandbox.control.as_user("Maria").create_task(LIST, INFERENCE)
    assert stuck.hangs.wait(20)
    until(bot.stalled)

    assert _ready(bot)["checks"] == {"lanes": f"lane {task} stands still"}
    assert measured("stalled") == 1
    stuck.go_on.set()
    until(lambda: not bot.stalled())
    assert _ready(bot)["ready"]
    until(lambda: clickup_sandbox.control.task(task)["priority"])


def test_a_store_that_hangs_makes_the_bot_not_ready(bot: Bot) -> None:
    """Although nothing is under way: nobody would hear of what is due."""
    go_on = threading.Event()
    look = bot.store.ready_lanes.find

    def hang(now_ms: int, limit: int) -> list[ReadyLane]:
        assert go_on.wait(60)
        return look(now_ms, limit)

    bot.store.ready_lanes.find = hang  # type: ignore[method-assign]
    bot.start()

    until(bot.stalled)

    assert _ready(bot)["checks"] == {"lanes": "nobody looks at the inbox"}
    go_on.set()
    until(lambda: _ready(bot)["ready"])
