"""A bench for effects, and the cases of all of them: see `test_effects`."""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest

from clickup_mlops import registry
from clickup_mlops.automations.conditions.lookups import Lookups
from clickup_mlops.automations.engine import Listeners, decide
from clickup_mlops.automations.load import find_effects
from clickup_mlops.automations.model import Action, Change, Effect, LostWrite, Written
from clickup_mlops.bot.core import Core
from clickup_mlops.bot.handle.context.directory import Directory
from clickup_mlops.bot.handle.context.on_call import PeopleSettings
from clickup_mlops.bot.packages import Packages
from clickup_mlops.bot.settings import Settings
from clickup_mlops.bot.write.echoes import EchoFilter
from clickup_mlops.bot.write.mirrored_client import MirroredClickUp
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.governor import Governor, MemoryLedger, PriorityClass
from clickup_mlops.clickup.model import Task
from clickup_mlops.clickup.transport import Transport
from clickup_mlops.errors import RetryableApiError, UncertainWrite
from clickup_mlops.sandbox import Sandbox, running
from clickup_mlops.store.journal_rows import DONE, Write
from tests.automations.support import automation, event
from tests.empty import store_at

TESTS = Path(__file__).parents[1]
THINGS = ("tasks", "comments", "messages", "docs", "pages")
CHANGES_BY_ITSELF = {"date_updated", "watchers", "orderindex"}


def find_case_files() -> list[Path]:
    """Those of the pipeline and of the installed features, each named as an effect."""
    features = [TESTS / "features" / feature / "effects" for feature in registry.features()]
    folders = (TESTS / "cases" / "effects", *features)
    return sorted(
        (file for folder in folders for file in folder.glob("*.toml")), key=lambda file: file.stem
    )


def read_cases() -> list[Any]:
    """Parameters of a test: the effect's name and the case."""
    return [
        pytest.param(file.stem, case, id=f"{file.stem}: {case['name']}")
        for file in find_case_files()
        for case in _read_file(file)["case"]
    ]


def _read_settings(sandbox: Sandbox, folder: Path) -> Settings:
    """Of a bot on the sandbox, with the tables that the cases name."""
    tables: dict[str, Any] = {}
    for file in find_case_files():
        tables |= _read_file(file).get("settings", {})
    return Settings(
        clickup={
            "token": sandbox.token,
            "base_url": sandbox.url,
            "workspace_id": sandbox.team_id,
        },
        store={"url": store_at(folder / "bot.db")},
        **tables,
    )


def _read_file(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


class Bench:
    """A sandbox with one field of each kind, the real client, a store, and nobody else around."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.control, self.folder = sandbox, sandbox.control, folder
        self.now_ms = sandbox.control.clock.now_ms
        self.client = _impatient(sandbox)
        self.core = Core(_read_settings(sandbox, folder), self.now_ms)
        Packages(self.core)  # the core's extensions: services and views of features
        self.store = self.core.store
        self.clickup = MirroredClickUp(
            self.client,
            self.store,
            sandbox.team_id,
            self.now_ms,
            self.core.extensions.service,
        )
        self.names = Directory(
            self.client,
            self.store.cursors,
            PeopleSettings(on_call=("Jonas",)),
            workspace=sandbox.team_id,
            clock=self.now_ms,
        )
        self.effects: Mapping[str, Effect] = find_effects()
        bot = self.control.members[0].id
        self.echoes = EchoFilter(
            self.store, self.now_ms, lambda: bot, effects=self.effects, listeners=Listeners()
        )

    def furnish(self) -> None:
        """Fields, and a webhook whose deliveries are only looked at."""
        self.control.deliveries.pause()
        self.client.webhooks.create(self.sandbox.team_id, "http://127.0.0.1:9/", "*")
        for kind in ("number", "checkbox", "date", "short_text", "url", "users", "tasks"):
            self.control.create_field(f"a {kind}", kind)
        for kind in ("drop_down", "labels"):
            self.control.create_field(f"a {kind}", kind, choices=("red", "green"))
        self.control.create_field("a progress", "manual_progress")
        self.client.lists.create("Bare", space_id=self.control.space_id("Team"))
        bare = ({"status": "new", "type": "open"}, {"status": "shipped", "type": "closed"})
        self.control.set_statuses("Bare", bare)
        self.control.add_tasks("Inbox", [{"name": "OTHER"}, {"name": "ANOTHER"}])

    def task(self, properties: Mapping[str, Any]) -> str:
        """A new task; its id."""
        properties = dict(properties)
        values = properties.pop("fields", {})
        list_id = self.control.list_id(properties.pop("list", "Tasks"))
        task = self.client.tasks.create(list_id, properties.pop("name", "Ranker"), **properties)
        for name, value in values.items():
            self.client.fields.set_named(self.client.tasks.get(task.id), name, value)
        self.control.reset_counts()
        return task.id

    def plan(self, task_id: str, do: str) -> list[Change]:
        """What an automation with this step wants now."""
        task = self.client.tasks.get(task_id)
        for name in ("ANOTHER", "OTHER"):
            do = do.replace(name, self.control.find(name).id)
        planning = automation(self.folder, f'on = ["taskCreated"]\ndo = [{do}]')
        decisions = decide(
            [planning],
            event(),
            task,
            self.now_ms(),
            _no_routing,
            written=self.written(task_id),
            names=self.names,
            lookups=Lookups(view_of=lambda kind: self._read_view(kind, task_id)),
        )
        assert all(isinstance(decision, Action) for decision in decisions), decisions
        return [decision.change for decision in decisions if isinstance(decision, Action)]

    def _read_view(self, kind: type[object], task_id: str) -> object | None:
        read = self.core.extensions.views().get(kind)
        return read(task_id) if read else None

    def written(self, task_id: str) -> Any:
        """As the bot looks it up."""

        def find(kind: str) -> Written | None:
            row = self.store.journal.latest_done(task_id, kind)
            return Written(row.after, row.receipt, row.begun_ms) if row else None

        return find

    def write(self, task_id: str, change: Change) -> Any:
        """Journal, write, journal; the receipt."""
        write = Write(
            task_id, change.kind, change.before, change.after, "cause-1", "some_automation"
        )
        row = self.store.journal.begin(write, self.now_ms())
        receipt = self.effects[change.effect].write(self.clickup, task_id, change)
        self.store.journal.finish(row, DONE, self.now_ms(), receipt=receipt)
        return receipt

    def write_to_the_end(self, task_id: str, do: str) -> None:
        """As often as calls are cut off: find out what became of it, and plan again."""
        while changes := self.plan(task_id, do):
            try:
                for change in changes:
                    self.write(task_id, change)
            except (RetryableApiError, UncertainWrite):
                (row,) = self.store.journal.unfinished(task_id)
                receipt = self.find(task_id, Change(row.kind, row.before, row.after, "", {}))
                outcome = "not seen" if receipt is None else DONE
                self.store.journal.finish(row.id, outcome, self.now_ms(), receipt=receipt)

    def count_created(
        self, case: Mapping[str, Any], fault: dict[str, Any] | None
    ) -> tuple[Any, bool]:
        """How many objects of each sort a case creates, and whether the fault hit it."""
        task_id = self.task(case.get("task", {}))
        for step in case.get("first", ()):
            self.write_to_the_end(task_id, step)
        tables = [getattr(self.sandbox.world, name) for name in THINGS]
        before = [len([*table]) for table in tables]
        if fault:
            self.sandbox.faults.add(method="POST", **fault)
        self.write_to_the_end(task_id, case["do"])
        hit = not self.sandbox.faults.list_pending()
        self.sandbox.faults.clear()
        created = [len([*table]) - number for table, number in zip(tables, before, strict=True)]
        created.append(len(self.client.tasks.get(task_id).raw["attachments"]))
        return (created, read_visible(self.client.tasks.get(task_id), {"links"})), hit

    def find(self, task_id: str, change: Change) -> Any:
        """Whether it is there; the change as the journal has it."""
        journaled = orjson.loads(orjson.dumps([change.before, change.after]))
        task = self.client.tasks.get(task_id)
        return self.effects[change.effect].find(
            self.clickup,
            task,
            Change(change.kind, *journaled, "", {}),
            LostWrite(self.now_ms() - 60_000),
        )

    def list_events(self, task_id: str) -> list[Any]:
        """The events that ClickUp sends about the task."""
        log = self.control.delivery_log(task_id=task_id)
        return [webhook.parse(delivery.body) for delivery in log]

    def read_state(self, task_id: str) -> dict[str, Any]:
        """The task and its comments, without what changes by itself."""
        raw = {**self.client.tasks.get(task_id).raw}
        comments = [comment.text for comment in self.client.comments.of_task(task_id)]
        for key in ("linked_tasks", "dependencies"):
            raw[key] = [{**link, "date_created": ""} for link in raw[key]]
        return {key: raw[key] for key in raw.keys() - CHANGES_BY_ITSELF} | {"comments": comments}


def _impatient(sandbox: Sandbox) -> ClickUp:
    """The client; it does not sleep between its tries."""
    token = sandbox.token
    client = ClickUp(token, base_url=sandbox.url)
    governor = Governor(MemoryLedger(), token)
    client.transport = Transport(
        token, base_url=sandbox.url, governor=governor, sleep=lambda _seconds: None
    )
    client._bind(client.transport, PriorityClass.INTERACTIVE)
    return client


def _no_routing() -> Any:
    raise AssertionError("routing was asked")


def read_visible(task: Task, blind: set[str]) -> dict[str, Any]:
    """What automations see of a task, without what a case says that `patch` cannot know."""
    fields = {field.name: field.read() for field in task.fields if field.value is not None}
    properties = {
        "status": task.status.name,
        "open": task.is_open,
        "priority": task.priority,
        "tags": sorted(task.tags),
        "assignees": [person.id for person in task.assignees],
        "due": task.due_ms,
        "list": task.list_id,
        "waits": task.depends_on,
        "blocks": task.blocks,
        "links": task.links,
        "checklists": {
            checklist["name"]: [item["name"] for item in checklist["items"]]
            for checklist in task.raw.get("checklists") or ()
        },
        "fields": fields,
    }
    return {key: value for key, value in properties.items() if key not in blind}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Shared by all cases: each creates its own task."""
    with ExitStack() as closing:
        sandbox = closing.enter_context(running(rate_limit=0))
        bench = Bench(sandbox, tmp_path_factory.mktemp("effects"))
        closing.callback(bench.core.close)
        closing.callback(bench.client.close)
        bench.furnish()
        yield bench
