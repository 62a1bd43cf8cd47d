"""Small makers for the automations' tests."""

from pathlib import Path
from typing import Any

from clickup_mlops.automations.load import find_actions, read
from clickup_mlops.automations.model import Automation
from clickup_mlops.clickup.model import Event, Task

NOW_MS = 1_767_614_400_000  # 2026-01-05 12:00 UTC

QUIET_AND_ACTING = """
[[example]]
name = "acts"
task = { tags = ["inference"] }
expect = [{ action = "route" }]
[[example]]
name = "stays quiet"
task = { open = false }
expect = []
"""


def task(**raw: Any) -> Task:
    """An open inference task of no priority, unless told otherwise."""
    usual = {
        "id": "t1",
        "name": "Ranker",
        "list": {"id": "9", "name": "Serving"},
        "status": {"status": "to do", "type": "open"},
        "tags": [{"name": "inference"}],
    }
    return Task.parse(usual | raw)


def event(kind: str = "taskCreated") -> Event:
    """An event about that task."""
    return Event("cause-1", "w", kind, "t1", "9", None, None, (), NOW_MS, {})


def automation(folder: Path, head: str, name: str = "some_automation") -> Automation:
    """An automation with these keys and two examples."""
    path = folder / f"{name}.toml"
    path.write_text(f'summary = "Some automation."\n{head}\n{QUIET_AND_ACTING}', encoding="utf-8")
    return read(path, find_actions())
