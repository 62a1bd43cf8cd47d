"""What do templates cost, and how fast is a plan? `python benchmarks/provisioning.py`

First each shipped template on an empty sandbox workspace: calls used by looking, asking for the
token's rights and applying; calls planned; and the lower bound: one call for each object that is
made, and one for each container that is read. The Workspace is one of those: that it is asked who
the token is, who its members are and what its plan is counts as three. Then the plan of an
unchanged space with LISTS lists: time in all, and without waiting for answers, which is our own
share.
"""

import math
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from clickup_mlops import content, logs
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.wire.port import Answer, Send
from clickup_mlops.features.provisioning.apply import run
from clickup_mlops.features.provisioning.apply.journal import Journal
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.plan import create
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.tables.provisions import Provisions
from clickup_mlops.features.provisioning.template import desired, load
from clickup_mlops.features.provisioning.tree import LOCAL, Kind, Node, Tree
from clickup_mlops.features.provisioning.tree import Path as TreePath
from clickup_mlops.sandbox import Sandbox, running
from clickup_mlops.store import Store

LISTS = 200
RUNS = 5
ALLOWED_OVER = 1.06
ALLOWED_S = 1.0
NAMES = load.names(content.find_folder("templates"))


class Waiting:
    """Measures how long answers take."""

    def __init__(self, send: Send) -> None:
        self._send, self.seconds = send, 0.0

    def __call__(self, method: str, url: str, **options: Any) -> Answer:
        """Over real HTTP."""
        start = time.perf_counter()
        try:
            return self._send(method, url, **options)
        finally:
            self.seconds += time.perf_counter() - start


class Bench:
    """A fresh workspace with a client and a journal."""

    def __init__(self, sandbox: Sandbox, store: Store) -> None:
        sandbox.control.world.field_creation = "on"
        self.workspace, self.store = sandbox.team_id, store
        self.client = ClickUp(sandbox.token, base_url=sandbox.url)
        wire = self.client.transport.wire
        wire.send = self.waiting = Waiting(wire.send)
        self.journal = Journal(
            store.table(Provisions), self.workspace, lambda: time.time_ns() // 10**6
        )

    def plan(self, want: Tree) -> Plan:
        """Look and compare."""
        existing = self.journal.known()
        return create.make(
            self.client, self.workspace, want, existing, template="bench", experimental=True
        )

    def apply(self, plan: Plan) -> int:
        """Carry it out; the calls it took."""
        now_ms, policies = self.journal.now_ms, self.store.space_policies
        session = Session(self.client, self.workspace, now_ms, time.sleep, policies)
        return run.apply(plan, session, self.journal).calls


def with_bench(measure: Any, *arguments: Any) -> Any:
    """Measure in a workspace of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(rate_limit=0) as sandbox,
        Store.open(f"sqlite:///{Path(folder) / 'bench.db'}") as store,
    ):
        return measure(Bench(sandbox, store), *arguments)


def cost(bench: Bench, name: str) -> tuple[int, int, int]:
    """Calls used, calls planned, lower bound."""
    want = desired.tree(load.load(content.find_folder("templates"), name))
    plan = bench.plan(want)
    looked = bench.client.calls
    bench.apply(plan)
    return bench.client.calls, plan.reads + plan.calls, looked + bound(plan)


def bound(plan: Plan) -> int:
    """One call for each object; checklists, their items and dependencies are objects too."""
    steps = [
        step for step in plan.steps if step.operation == "create" and step.path[-1][0] not in LOCAL
    ]
    return sum(1 + _inside(step.want) for step in steps)


def _inside(node: Node) -> int:
    lists = node.attributes.get("checklists") or {}
    waits = node.attributes.get("waits_for") or ()
    return len(lists) + sum(map(len, lists.values())) + len(waits)


def large(lists: int) -> Tree:
    """A space of folders with ten lists each, a view and a task in each list."""
    space: TreePath = (("space", "Large"),)
    tree = {space: Node(space), **_node(space, "field", "P99 latency ms", type="number")}
    for number in range(lists):
        folder: TreePath = (*space, ("folder", f"Team {number // 10}"))
        list_path: TreePath = (*folder, ("list", f"Model {number}"))
        tree |= {folder: Node(folder), list_path: Node(list_path, {"description": "Work on it."})}
        tree |= _node(list_path, "view", "SLO", type="table", columns=["P99 latency ms"])
        tree |= _node(list_path, "task", "Model card", description="Write it.")
    return tree


def _node(above: TreePath, kind: Kind, name: str, **attributes: Any) -> dict[TreePath, Node]:
    path: TreePath = (*above, (kind, name))
    return {path: Node(path, attributes)}


def speed(bench: Bench) -> tuple[float, float, int]:
    """Seconds for an unchanged plan, seconds of our own, calls."""
    want = large(LISTS)
    bench.apply(bench.plan(want))
    totals, owns = [], []
    for _ in range(RUNS):
        bench.waiting.seconds, start = 0.0, time.perf_counter()
        plan = bench.plan(want)
        totals.append(time.perf_counter() - start)
        owns.append(totals[-1] - bench.waiting.seconds)
        assert not plan.work
    return statistics.median(totals), statistics.median(owns), plan.reads


def main() -> int:
    """Print both; exit code 1 if a promise is broken."""
    logs.configure("WARNING")
    stored = True
    print(f"{'template':24} {'used':>5} {'planned':>8} {'bound':>6} {'over':>6}")
    for name in NAMES:
        used, planned, least = with_bench(cost, name)
        stored &= used == planned and used <= math.floor(least * ALLOWED_OVER)
        print(f"{name:24} {used:5} {planned:8} {least:6} {used / least - 1:6.1%}")
    total, local, reads = with_bench(speed)
    stored &= local <= ALLOWED_S
    print(f"\nunchanged space with {LISTS} lists: {total:.2f} s, of which {local:.2f} s our own")
    print(f"{reads} calls; promised: at most {ALLOWED_S:.0f} s and the API's time")
    return 0 if stored else 1


if __name__ == "__main__":
    sys.exit(main())
