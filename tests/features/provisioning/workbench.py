"""A sandbox, a store and the few lines around plan and apply that every test here needs."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.features.provisioning.apply import recover, run
from clickup_mlops.features.provisioning.apply.journal import Journal
from clickup_mlops.features.provisioning.apply.run import Applied
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.plan import create
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.tables.provisions import Provisions
from clickup_mlops.features.provisioning.template import desired, load
from clickup_mlops.features.provisioning.tree import Tree
from clickup_mlops.sandbox import Sandbox, running
from clickup_mlops.store import Store
from tests.empty import store_at
from tests.features.provisioning.killing import mortal

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "templates"
CASES = ROOT / "tests" / "cases" / "provision" / "templates"


def template(name: str, folder: Path = CASES, **given: str) -> Tree:
    """A template's wanted tree."""
    return desired.tree(load.load(folder, name, given))


class Workbench:
    """One workspace with the bot's store beside it."""

    def __init__(self, sandbox: Sandbox, store: Store) -> None:
        self.sandbox, self.store = sandbox, store
        self.control = sandbox.control
        self.world = sandbox.control.world
        self.journal = Journal(store.table(Provisions), sandbox.team_id, self.now_ms)
        self.client = mortal(sandbox)

    def now_ms(self) -> int:
        return int(self.control.clock.now_ms())

    def session(self, client: ClickUp | None = None) -> Session:
        # Waiting is only letting the sandbox's clock run on.
        team, policies = self.sandbox.team_id, self.store.space_policies
        return Session(client or self.client, team, self.now_ms, self.wait, policies)

    def wait(self, seconds: float) -> None:
        self.control.clock.advance(int(seconds * 1000))

    def plan(
        self,
        want: Tree,
        client: ClickUp | None = None,
        *,
        experimental: bool = False,
        retry: bool = False,
    ) -> Plan:
        """Settle what was cut off, look, plan."""
        client = client or self.client
        recover.recover(self.session(client), self.journal)
        existing = self.journal.known()
        return create.make(
            client,
            self.sandbox.team_id,
            want,
            replace(existing, refused={}) if retry else existing,
            template="case",
            experimental=experimental,
            policies=self.store.space_policies.of,
        )

    def apply(self, want: Tree, client: ClickUp | None = None, **options: bool) -> Applied:
        """Plan and carry out."""
        client = client or self.client
        plan = self.plan(want, client, **options)
        return run.apply(plan, self.session(client), self.journal, max_changes=1_000)

    def writes(self) -> int:
        """Calls so far that were no reads."""
        calls = self.control.stats.to_dict()["calls"]
        return sum(call["count"] for call in calls if call["method"] != "GET")


@contextmanager
def workbench(folder: Path, **options: Any) -> Iterator[Workbench]:
    """A fresh workspace and an empty store."""
    with (
        running(rate_limit=0, **options) as sandbox,
        Store.open(store_at(folder / "bot.db")) as store,
    ):
        sandbox.control.world.field_creation = "on"
        yield Workbench(sandbox, store)


def open_work(plan: Plan) -> Counter[str]:
    """What is left for the bot to do, by operation."""
    return Counter(step.operation for step in plan.work if step.operation != "manual")


def state(bench: Workbench) -> Any:
    """Everything in the workspace without ids and times: what a person would see."""
    world = bench.world
    with world.change():
        return {
            "spaces": [_space(world, space) for space in _by_name(world.spaces)],
            "docs": [_doc(world, doc) for doc in _by_name(world.docs)],
            "channels": sorted(channel.name for channel in world.channels),
            "webhooks": sorted(str(webhook.endpoint) for webhook in world.webhooks),
        }


def _by_name(objects: Any) -> list[Any]:
    return sorted(objects, key=lambda named: named.name)


def _space(world: Any, space: Any) -> Any:
    lists = [task_list for task_list in world.lists if task_list.space_id == space.id]
    folders = [
        folder for folder in world.folders if folder.space_id == space.id and not folder.hidden
    ]
    return {
        "name": space.name,
        "color": space.color,
        "private": space.private,
        "tags": sorted(space.tags),
        "folders": [folder.name for folder in _by_name(folders)],
        "here": _inside(world, space.id),
        "folder contents": [_inside(world, folder.id) for folder in _by_name(folders)],
        "lists": [_list(world, task_list) for task_list in _by_name(lists)],
    }


def _inside(world: Any, place_id: str) -> Any:
    return {
        "fields": sorted((f.name, f.type) for f in world.fields if f.level_id == place_id),
        "views": sorted(v.body["name"] for v in world.views if v.parent_id == place_id),
    }


def _list(world: Any, list_: Any) -> Any:
    home = world.folders[list_.folder_id]
    tasks = [task for task in world.tasks if task.list_id == list_.id]
    statuses = [status["status"] for status in list_.statuses or ()]
    return {
        "name": list_.name,
        "folder": "" if home.hidden else home.name,
        "content": list_.content,
        "statuses": statuses,
        **_inside(world, list_.id),
        "tasks": [_task(world, task) for task in _by_name(tasks)],
    }


def _task(world: Any, task: Any) -> Any:
    fields = {field.id: field.name for field in world.fields}
    return {
        "name": task.name,
        "text": task.text,
        "parent": world.tasks[task.parent].name if task.parent else None,
        "priority": task.priority,
        "tags": sorted(task.tags),
        "dated": (task.due_date is not None, task.start_date is not None),
        "values": sorted(fields[field_id] for field_id in task.values),
        "checklists": [
            (checklist["name"], [item["name"] for item in checklist["items"]])
            for checklist in task.checklists
        ],
        "waits for": sorted(
            world.tasks[dependency["depends_on"]].name
            for dependency in task.dependencies
            if dependency["task_id"] == task.id
        ),
    }


def _doc(world: Any, doc: Any) -> Any:
    pages = [page for page in world.pages if page.doc_id == doc.id]
    below = {page.id: page.name for page in pages}
    output = [(p.name, p.content, below.get(p.parent_page_id or "")) for p in pages]
    return {"name": doc.name, "pages": sorted(output, key=str)}
