"""Command line, team, and tasks that are runs."""

from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import team
from tests.interfaces.cli.conftest import Cli, cli, connected

__all__ = ["cli", "connected", "team"]

HOUR_MS = 3_600_000
SETTINGS = """
[automations]
mode = "on"
[schedule.pools.gpu-a]
gpus = 16
"""


class Runs:
    """Adds runs to the sandbox, and reads their dates."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.control = sandbox.control
        for name, kind in (("GPUs", "number"), ("Estimated hours", "number"), ("Deadline", "date")):
            self.control.create_field(name, kind)
        self.control.create_field("Pool", "drop_down", choices=["gpu-a", "gpu-b"])
        self.control.create_field("Project", "short_text")

    def add(self, name: str, gpus: int | None = 8, hours: float | None = 4, **body: object) -> str:
        """A task; its id."""
        fields = {"GPUs": gpus, "Estimated hours": hours, **body.pop("fields", {})}
        actor = self.control.as_user(self.control.members[1].id)
        task = actor.create_task("Tasks", name, **body)
        for field, value in fields.items():
            if value is not None:
                actor.set_field(task, field, value)
        return task

    def dates(self, task: str) -> tuple[int | None, int | None]:
        """Start and due date, in Unix ms."""
        record = self.control.find(task)
        return record.start_date, record.due_date


@pytest.fixture
def runs(clickup_sandbox: Sandbox) -> Runs:
    """In the List "Tasks", with the fields of runs."""
    return Runs(clickup_sandbox)


@pytest.fixture
def scheduling(connected: Cli) -> Cli:
    """The command line with one pool of 16 GPUs, and the bot switched on."""
    with Path("config.toml").open("a") as file:
        file.write(SETTINGS)
    return connected
