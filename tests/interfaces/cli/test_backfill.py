"""`backfill`: tasks that were there before the bot."""

import json

from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import Cli


def test_it_says_how_many_tasks_keep_their_priority(
    connected: Cli, clickup_sandbox: Sandbox
) -> None:
    """Of all that are in the inbox now; a task without a priority has none to keep."""
    control = clickup_sandbox.control
    before = len(control.tasks)
    bodies = [{"name": f"Run {n}", "priority": n} for n in (1, 2)]
    control.add_tasks("Tasks", [*bodies, {"name": "Run 3"}])

    ran = connected("backfill", "--all")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == f"{before + 3} tasks in the inbox."
    stored = int(lines[1].split()[0])
    assert stored >= 2
    assert lines[1].endswith("of them have a priority that is held for now.")

    assert json.loads(connected("backfill", "--json").out) == {"tasks": [], "kept": 0}
