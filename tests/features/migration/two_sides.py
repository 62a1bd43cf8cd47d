"""Monday.com and ClickUp as two sandboxes, the program `clickup-mlops` as a process between them.

What is where is compared by the sandboxes' own state (`Oracle`): nothing of the product is asked.
"""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clickup_mlops import sandbox
from clickup_mlops.sandbox import Sandbox, monday
from clickup_mlops.sandbox.monday import MondaySandbox

MAPPING = "move.toml"
COLOUR = "#87909e"
# A small process starts the program: else its largest memory would be that of its big parent.
_MEASURED = """
import json, resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    json.dump(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file)
sys.exit(code)
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended, and the calls that it made; `memory_mib` is the largest it had."""

    code: int
    out: str
    err: str
    memory_mib: float
    reads: int
    writes: int
    monday_reads: int
    refused: int


@dataclass
class TwoSides:
    """Both sandboxes, and the folder in which the program runs."""

    source: MondaySandbox
    target: Sandbox
    folder: Path
    store: str

    @property
    def environment(self) -> dict[str, str]:
        """What the program is told."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("CLICKUP_MLOPS_")
        }
        return inherited | {
            "CLICKUP_MLOPS_CLICKUP__BASE_URL": self.target.url,
            "CLICKUP_MLOPS_CLICKUP__TOKEN": self.target.token,
            "CLICKUP_MLOPS_MONDAY__BASE_URL": self.source.url,
            "CLICKUP_MLOPS_MONDAY__TOKEN": self.source.token,
            "CLICKUP_MLOPS_STORE__URL": self.store,
        }

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """The program, in a process that can be killed."""
        return subprocess.Popen(
            [sys.executable, "-m", "clickup_mlops", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def program(self, *arguments: str) -> Ran:
        """The program, until it ends."""
        before = self._counts()
        file = self.folder / "memory.json"
        measured = [sys.executable, "-S", "-c", _MEASURED, str(file)]
        ran = subprocess.run(
            [*measured, sys.executable, "-m", "clickup_mlops", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        used = json.loads(file.read_text()) / 1024
        calls = (now - then for now, then in zip(self._counts(), before, strict=True))
        return Ran(ran.returncode, ran.stdout, ran.stderr, used, *calls)

    def _counts(self) -> tuple[int, int, int, int]:
        """Reads and writes of ClickUp, GraphQL calls to Monday.com, refused calls."""
        total, reads = self.target.control.stats.total, self.target.control.stats.calls("GET")
        stats = self.source.control.stats
        refused = self.target.control.stats.calls(status=429) + stats.calls(status=429)
        return reads, total - reads, stats.calls("POST"), refused

    def draft(self) -> Ran:
        """A mapping of all boards."""
        return self.program("migrate", "draft", "monday", "--out", MAPPING)

    def provision(self) -> None:
        """What the API can make; then a person makes the fields and statuses."""
        ran = self.program("migrate", "provision", MAPPING, "--yes", "--json")
        hand = self.target.control.ui_actions
        statuses: dict[str, list[dict[str, str]]] = defaultdict(list)
        for step in json.loads(ran.out)["manual"]:
            (kind, name), (_, place) = step["path"][-1], step["path"][-2]
            attributes = step["want"]["attributes"]
            if kind == "field":
                hand.create_field(place, name, attributes["type"], attributes.get("options", ()))
            else:
                status = {"status": name, "type": attributes["type"], "color": COLOUR}
                statuses[place].append(status)
        for place, result in statuses.items():
            hand.set_statuses(place, result)


@contextmanager
def two_sides(folder: Path, store: str = "", **target: Any) -> Iterator[TwoSides]:
    """An empty Monday.com account and a ClickUp Workspace. `target`: options of its sandbox."""
    options = {"seed": "inference_lab", "rate_limit": 0, **target}
    with (
        monday.running(plan="enterprise", complexity_per_minute=0, calls_per_minute=0) as source,
        sandbox.running(**options) as running,
    ):
        yield TwoSides(source, running, folder, store or f"sqlite:///{folder / 'bot.db'}")


@dataclass(frozen=True)
class Thing:
    """An item or task, as far as both tools have the same."""

    name: str
    parent: str
    status: str
    comments: tuple[tuple[str, int], ...]
    files: tuple[tuple[str, int], ...]
    waits_for: tuple[str, ...]


class Oracle:
    """Compares the states of both sandboxes."""

    def __init__(self, sides: TwoSides) -> None:
        self._source, self._target = sides.source.world, sides.target.control.world

    def differences(self) -> list[str]:
        """What is missing, there twice, or has another content."""
        expected, (result, times) = self.wanted(), self.found()
        return [
            *(f"{name} is lost" for name in expected.keys() - result.keys()),
            *(f"{name} is there, but was never in the source" for name in result.keys() - expected),
            *(f"{task} is there {count} times" for task, count in times.items() if count > 1),
            *(
                f"{name}: {expected[name]} became {result[name]}"
                for name in expected.keys() & result.keys()
                if expected[name] != result[name]
            ),
        ]

    def everything(self) -> dict[str, list[str]]:
        """The ids of all that can be seen in ClickUp."""
        world = self._target
        tasks = [task.id for task in world.tasks]
        observations = set(tasks)
        return {
            "spaces": [space.id for space in world.spaces],
            "folders": [folder.id for folder in world.folders],
            "lists": [task_list.id for task_list in world.lists],
            "tasks": tasks,
            "comments": [comment.id for comment in world.comments if comment.on_id in observations],
        }

    def wanted(self) -> dict[str, Thing]:
        """The source's items by id."""
        world = self._source
        items = [item for item in world.items.values() if item.state == "active"]
        return {str(item.id): self._thing(item) for item in items}

    def _thing(self, item: Any) -> Thing:
        world = self._source
        columns = world.boards[item.board_id].columns
        by_type = {columns[key].type: (columns[key], cell) for key, cell in item.cells.items()}
        column, cell = by_type["status"]
        labels = {label["index"]: label["label"] for label in column.settings["labels"]}
        updates = [world.updates[update_id] for update_id in item.update_ids or ()]
        _, files = by_type.get("file", (None, {"files": []}))
        assets = [world.assets[file["assetId"]] for file in files["files"]]
        _, links = by_type.get("dependency", (None, {"links": []}))
        return Thing(
            item.name,
            str(item.parent_id or ""),
            labels[cell["index"]].lower(),
            tuple(
                sorted(
                    (
                        update.body.removeprefix("<p>").removesuffix("</p>"),
                        len(update.reply_ids or ()),
                    )
                    for update in updates
                )
            ),
            tuple(sorted((asset.name, asset.size) for asset in assets)),
            tuple(sorted(str(link["item"]) for link in links["links"])),
        )

    def found(self) -> tuple[dict[str, Thing], Counter[str]]:
        """ClickUp's tasks by the source's id, and how often each id is there."""
        world = self._target
        field_id = next(field.id for field in world.fields if field.name == "Source ID")
        tasks = [task for task in world.tasks if task.values.get(field_id)]
        ids = {task.id: str(task.values[field_id]) for task in tasks}
        threads, replies = (
            defaultdict(list),
            Counter(comment.reply_to for comment in world.comments),
        )
        for comment in world.comments:
            if comment.reply_to is None:
                threads[comment.on_id].append(
                    (comment.text.strip().splitlines()[-1], replies[comment.id])
                )
        values = {
            ids[task.id]: Thing(
                task.name,
                ids[task.parent] if task.parent else "",
                task.status.lower(),
                tuple(sorted(threads[task.id])),
                tuple(sorted((file["title"], file["size"]) for file in task.attachments)),
                tuple(
                    sorted(
                        ids[two["depends_on"]]
                        for two in task.dependencies
                        if two["task_id"] == task.id
                    )
                ),
            )
            for task in tasks
        }
        return values, Counter(ids.values())
