"""A fault of the fabric is a task of its own while it lasts: opened once, closed when it ends."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.dashboard.build import sections
from clickup_mlops.features.network.operations import stale_sources
from clickup_mlops.features.network.package import NetworkPackage
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.ports.sections.history import open_data
from clickup_mlops.ports.sections.model import Query
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.access import EVERYTHING
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

    def measure(self, minutes: int, *, paused: float, hosts: Sequence[str] = HOSTS) -> None:
        """One port has the network pause for so many percent; the job runs each minute."""
        for _ in range(minutes):
            self.control.clock.advance(MINUTE)
            now, workspace = self.bot.now_ms(), self.bot.workspace_id
            points = [
                (Series(workspace, "rdma", measure, labels, "", "", ""), now, value)
                for host in hosts
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
        "network_finding_update": {},
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
    """It goes first only if inference suffers; a short relapse makes no second task. The task has
    the course of its number, and in the end what it was before and is now.
    """
    team.measure(12, paused=0.0)
    assert team.finding_tasks() == []

    team.measure(8, paused=30.0)
    (task,) = team.finding_tasks()
    page = open_data(team.bot, EVERYTHING, team.bot.now_ms())
    query = Query.of_page(team.bot.now_ms())
    (section,) = sections(all_pages()["infrastructure"], page, query, "findings")
    (row,) = next(section.tables()).rows
    assert row[:2] == tuple(TITLE.split(": "))
    assert "pfcwd start" in task["description"] and "Undo:" in task["description"]
    assert re.search(r"PFC pause sent: ▁+█+ \(0% to 30%, \d+ min\)", task["description"])
    is_inference = "inference" in request.node.name
    assert task["priority"]["priority"] == ("urgent" if is_inference else "normal")

    team.measure(7, paused=0.0)
    team.measure(5, paused=30.0)
    assert [task["status"]["status"] for task in team.finding_tasks()] == ["to do"]

    team.measure(20, paused=0.0)
    assert [task["status"]["status"] for task in team.finding_tasks()] == ["complete"]
    assert "PFC pause sent: 30% before, 0% now." in over(team, task["id"])


def over(team: Fabric, task: str) -> str:
    """The comment that the finding is over."""
    comments = [comment.text for comment in team.bot.client.comments.of_task(task)]
    (text,) = [text for text in comments if "is over" in text]
    return text


@pytest.mark.parametrize("last", [55.0, 31.0])
def test_a_finding_that_became_worse_is_over_with_what_it_cost_then(
    team: Fabric, last: float
) -> None:
    """Also if it became better before its end; and with the number that was reported last. Nothing
    of its text is taken for Markdown, so it has none.
    """
    team.measure(8, paused=20.0)
    (task,) = team.finding_tasks()
    assert "*" not in task["description"]
    team.measure(60, paused=55.0)
    team.measure(60, paused=last)
    team.measure(20, paused=0.0)

    text = over(team, task["id"])
    assert f"PFC pause sent: {last:.0f}% before, 0% now." in text
    assert "It cost about 1173 Gbit/s." in text


def test_a_silent_source_ends_no_finding(team: Fabric) -> None:
    """What is not measured is not repaired."""
    team.measure(8, paused=30.0)
    for _ in range(40):
        team.control.clock.advance(MINUTE)
        team.bot.get(NetworkPackage).look()
    team.settle()

    assert [task["status"]["status"] for task in team.finding_tasks()] == ["to do"]


def test_a_topology_that_cannot_be_read_ends_no_finding(team: Fabric, tmp_path: Path) -> None:
    """The last good reading counts; after a restart, when there is none, nothing ends either."""
    team.measure(8, paused=30.0)
    (tmp_path / "fabric.toml").write_text("[[rule", encoding="utf-8")
    team.measure(30, paused=30.0)
    assert [task["status"]["status"] for task in team.finding_tasks()] == ["to do"]
    (problem,) = stale_sources(team.bot.store)
    assert "fabric.toml" in problem and "ago counts" in problem

    team.restart(team.bot.settings)
    team.measure(30, paused=30.0)
    assert [task["status"]["status"] for task in team.finding_tasks()] == ["to do"]
    kind = "training"
    (tmp_path / "fabric.toml").write_text(TOPOLOGY.format(job="llm", kind=kind), encoding="utf-8")
    team.measure(30, paused=0.0)
    assert [task["status"]["status"] for task in team.finding_tasks()] == ["complete"]
    assert stale_sources(team.bot.store) == ()


def test_a_host_that_is_silent_ends_no_finding(team: Fabric) -> None:
    """The others are measured; once it is, too, the finding may end."""
    team.measure(8, paused=30.0)
    team.measure(30, paused=0.0, hosts=[host for host in HOSTS if host != "gpu-03"])
    assert [task["status"]["status"] for task in team.finding_tasks()] == ["to do"]
    team.measure(20, paused=0.0)
    assert [task["status"]["status"] for task in team.finding_tasks()] == ["complete"]
