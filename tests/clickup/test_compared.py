"""The comparison with other clients: its numbers are those of the scripts, and ours runs."""

import ast
import re
import runpy
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.errors import UncertainWrite
from clickup_mlops.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "benchmarks" / "clients"
CLIENTS = ("with_clickup_client", "with_pyairtable", "with_pygithub")
JOBS = ("list_open", "add", "raise_all", "comment_once", "follow")


def count_lines(client: str) -> list[int]:
    """Of the body of each job, without its docstring."""
    module = ast.parse((SCRIPTS / f"{client}.py").read_text())
    jobs = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    bodies = (jobs[name].body[1:] for name in JOBS)
    return [(body[-1].end_lineno or 0) - body[0].lineno + 1 for body in bodies]


def test_the_table_has_the_lines_of_the_scripts() -> None:
    """One row for each job, one column for each client."""
    page = (ROOT / "docs/explanation/client-compared.md").read_text()
    rows = re.findall(r"(?m)^\| [^|*]+ \| (\d+) \| (\d+) \| (\d+) \|$", page)

    table = [[int(number) for number in row] for row in rows]
    assert table == [list(row) for row in zip(*map(count_lines, CLIENTS), strict=True)]


def test_the_jobs_are_done_with_our_client(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, team_id: str
) -> None:
    """Whose script is run, against the sandbox."""
    script, control = runpy.run_path(str(SCRIPTS / f"{CLIENTS[0]}.py")), clickup_sandbox.control
    due = datetime(2026, 12, 24, tzinfo=UTC)
    ids = [script["add"](clickup, list_id, f"t{number}", due) for number in range(3)]
    control.faults.add("cut_after", method="POST", path="*/comment")
    script["comment_once"](clickup, ids[0], "Done.")

    assert script["raise_all"](clickup, [*ids, "86nosuch0"]) == ["86nosuch0"]
    address = f"https://app.clickup.com/{team_id}/v/li/{list_id}"
    tasks = script["list_open"](clickup_sandbox.token, address, base_url=clickup_sandbox.url)
    assert sorted(tasks) == [("t0", 1), ("t1", 1), ("t2", 1)]
    assert [comment.text for comment in clickup.comments.of_task(ids[0])] == ["Done."]
    with pytest.raises(UncertainWrite):
        control.faults.add("cut_after", method="POST", path="*/comment")
        clickup.comments.add(ids[1], "x")
    clickup.clock.own_ms = lambda: control.clock.now_ms() - 60_000
    assert {task.id for task in islice(script["follow"](clickup, list_id), 3)} == {*ids}
