"""A fault of the fabric is a task of its own while it lasts: opened once, closed when it ends."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.dashboard.build import sections
from clickup_mlops.features.network.package import NetworkPackage
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.ports.sections.history import open_history
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.tables.history import Series
from tests.flows.conftest import LIST, Relay, Team, build, receiving, settings_for
from tests.ports import BoundPort

MINUTE = 60_000
HOSTS = ("gpu-01", "gpu-02", "gpu-03", "gpu-04")
TITLE = "Slow receiver has the network pause: gpu-03/mlx5_0"
TOPOLOGY = """
[[rule]]
device = "mlx5_*"
role = "back_end"
rail = 0
[[job]]
id = "{job}"
kind = "{kind}"
hosts = ["gpu-01", "gpu-02", "gpu-03", "gpu-04"]
"""


class Fabric(Team):
    """A team whose ports are measured."""

    def measure(self, minutes: int, *, paused: float) -> None:
        """One port has the network pause for so many percent; the job runs each minute."""
        for _ in range(minutes):
            self.control.clock.advance(MINUTE)
            now, workspace = self.bot.now_ms(), self.bot.workspace_id
            points = [
                (Series(workspace, "rdma", measure, labels, "", "", ""), now, value)
                for host in HOSTS
                for labels in [f"device=mlx5_0, host={host}, port=1"]
                for measure, value in {
                    "line_rate_bytes_s": 5e10,
                    "sent_utilisation_pct": 60.0,
                    "received_utilisation_pct": 60.0,
                    "pause_sent_pct": paused if host == "gpu-03" else 0.0,
                }.items()
            ]
            self.bot.store.history.put(points)
            self.bot.get(NetworkPackage).look()
        self.settle()

    def finding_tasks(self) -> list[dict[str, Any]]:
        """The tasks about the port."""
        return [self.control.task(task.id) for task in self.control.tasks if task.name == TITLE]


@pytest.fixture(params=["training", "inference"])
def team(
    request: pytest.FixtureRequest, clickup_sandbox: Sandbox, tmp_path: Path
) -> Iterator[Fabric]:
    """Its automations are on."""
    control, port = clickup_sandbox.control, BoundPort()
    names = {
        "network_finding": {"list": LIST},
        "reported_over": {"status": "complete"},
        "reported_again": {"status": "to do"},
    }
    topology = tmp_path / "fabric.toml"
    topology.write_text(TOPOLOGY.format(job="llm", kind=request.param))
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        automations={
            "by_name": {name: {"mode": "on", "settings": of} for name, of in names.items()}
        },
        network={"topology": [{"kind": "file", "files": [str(topology)]}]},
    )
    with ExitStack() as running:
        bot = running.enter_context(build(settings, clock=control.clock.now_ms))
        team = Fabric(clickup_sandbox, bot, clock=control.clock.now_ms)
        running.enter_context(receiving(Relay(team), port))
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        yield team


def test_a_finding_is_one_task_until_it_is_over(
    team: Fabric, request: pytest.FixtureRequest
) -> None:
    """It goes first only if inference suffers; a short relapse makes no second task."""
    team.measure(12, paused=0.0)
    assert team.finding_tasks() == []

    team.measure(8, paused=30.0)
    (task,) = team.finding_tasks()
    page = Data.of_bot(team.bot, open_history(team.bot, team.bot.now_ms()))
    query = Query.of_page(team.bot.now_ms())
    (section,) = sections(all_pages()["infrastructure"], page, query, "findings")
    (row,) = next(section.tables()).rows
    assert row[:2] == tuple(TITLE.split(": "))
    assert "pfcwd start" in task["description"] and "Undo:" in task["description"]
    is_inference = "inference" in request.node.name
    assert task["priority"]["priority"] == ("urgent" if is_inference else "normal")

    team.measure(7, paused=0.0)
    team.measure(5, paused=30.0)
    assert [task["status"]["status"] for task in team.finding_tasks()] == ["to do"]

    team.measure(20, paused=0.0)
    assert [task["status"]["status"] for task in team.finding_tasks()] == ["complete"]
    comments = [comment.text for comment in team.bot.client.comments.of_task(task["id"])]
    assert any("is over" in text for text in comments)


def test_a_silent_source_ends_no_finding(team: Fabric) -> None:
    """What is not measured is not repaired."""
    team.measure(8, paused=30.0)
    for _ in range(40):
        team.control.clock.advance(MINUTE)
        team.bot.get(NetworkPackage).look()
    team.settle()

    assert [task["status"]["status"] for task in team.finding_tasks()] == ["to do"]
