"""One contract for every effect: written, found, told from others' changes, and undone.

Cases are files in `tests/cases/effects/`, named as the effect; every effect must have some. Keys:
`task` (how it is created), `first` (steps done before), `do`; `changes`, `calls` and `events` where
they are not one, one for each change, and those of the effect; `blind`: what `patch` and `undo`
cannot know; `foreign`: history fields that are not recognised; `final`: there is no way back;
`cuts`: tried with every call cut off.
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest

from clickup_mlops.automations.conditions.lookups import Lookups
from clickup_mlops.automations.engine import decide
from clickup_mlops.automations.load import find_effects
from clickup_mlops.automations.model import Action, Change, Effect, LostWrite, Written
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.handle.context.directory import Directory
from clickup_mlops.bot.handle.context.on_call import PeopleSettings
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.write.echoes import EchoFilter
from clickup_mlops.bot.write.mirrored_client import MirroredClickUp
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.governor import Governor, MemoryLedger, PriorityClass
from clickup_mlops.clickup.model import Task
from clickup_mlops.clickup.transport import Transport
from clickup_mlops.errors import RetryableApiError, UncertainWrite
from clickup_mlops.features.incidents.service import IncidentService
from clickup_mlops.features.incidents.view import read_latest
from clickup_mlops.features.outbound.outbound import Outbound
from clickup_mlops.features.outbound.settings import OutboundSettings
from clickup_mlops.routing.policy import Policy
from clickup_mlops.sandbox import Sandbox, running
from clickup_mlops.store import Store
from clickup_mlops.store.tables.journal import DONE, Write
from tests.automations.support import automation, event
from tests.empty import store_at

FOLDER = Path(__file__).parents[1] / "cases" / "effects"
THINGS = ("tasks", "comments", "messages", "docs", "pages")
CHANGES_BY_ITSELF = {"date_updated", "watchers", "orderindex"}


def _cases() -> list[Any]:
    return [*_read()]


def _read() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")


class Bench:
    """A sandbox with one field of each kind, the real client, a store, and nobody else around."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.control, self.folder = sandbox, sandbox.control, folder
        self.now_ms = sandbox.control.clock.now_ms
        self.client = _impatient(sandbox)
        self.store = Store.open(store_at(folder / "bot.db"))
        inbox = InboxWriter(self.store.inbox, lambda: sandbox.team_id, self.now_ms)
        outbox = Outbound(
            inbox,
            OutboundSettings(secret="a secret"),
            clock=self.now_ms,
            post=_no_posting,
        )
        incidents = IncidentService(self.store, inbox, sandbox.team_id, self.now_ms)
        services: dict[type[Any], Any] = {Outbound: outbox, IncidentService: incidents}
        self.clickup = MirroredClickUp(
            self.client,
            self.store,
            sandbox.team_id,
            self.now_ms,
            services.__getitem__,
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
            self.store, self.now_ms, lambda: bot, effects=self.effects, listeners={}
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

    def task(self, asked: Mapping[str, Any]) -> str:
        """A new task; its id."""
        asked = dict(asked)
        values = asked.pop("fields", {})
        list_id = self.control.list_id(asked.pop("list", "Tasks"))
        made = self.client.tasks.create(list_id, asked.pop("name", "Ranker"), **asked)
        for name, value in values.items():
            self.client.fields.set_named(self.client.tasks.get(made.id), name, value)
        self.control.reset_counts()
        return made.id

    def plan(self, task_id: str, do: str) -> list[Change]:
        """What an automation with this step wants now."""
        task = self.client.tasks.get(task_id)
        for name in ("ANOTHER", "OTHER"):
            do = do.replace(name, self.control.find(name).id)
        own = automation(self.folder, f'on = ["taskCreated"]\ndo = [{do}]')
        found = decide(
            [own],
            event(),
            task,
            self.now_ms(),
            _no_routing,
            written=self.written(task_id),
            names=self.names,
            lookups=Lookups(
                view_of=lambda _: read_latest(self.store, task_id, self.now_ms, Policy())
            ),
        )
        assert all(isinstance(one, Action) for one in found), found
        return [one.change for one in found if isinstance(one, Action)]

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

    def made(self, case: Mapping[str, Any], fault: dict[str, Any] | None) -> tuple[Any, bool]:
        """How many things of each sort a case makes, and whether the fault hit it."""
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
        made = [len([*table]) - number for table, number in zip(tables, before, strict=True)]
        made.append(len(self.client.tasks.get(task_id).raw["attachments"]))
        return (made, _visible(self.client.tasks.get(task_id), {"links"})), hit

    def find(self, task_id: str, change: Change) -> Any:
        """Whether it is there; the change as the journal has it."""
        kept = orjson.loads(orjson.dumps([change.before, change.after]))
        task = self.client.tasks.get(task_id)
        return self.effects[change.effect].find(
            self.clickup,
            task,
            Change(change.kind, *kept, "", {}),
            LostWrite(self.now_ms() - 60_000),
        )

    def told(self, task_id: str) -> list[Any]:
        """The events that ClickUp sends about the task."""
        log = self.control.delivery_log(task_id=task_id)
        return [webhook.parse(one.body) for one in log]

    def look(self, task_id: str) -> dict[str, Any]:
        """The task and its comments, without what changes by itself."""
        raw = {**self.client.tasks.get(task_id).raw}
        said = [comment.text for comment in self.client.comments.of_task(task_id)]
        for key in ("linked_tasks", "dependencies"):
            raw[key] = [{**one, "date_created": ""} for one in raw[key]]
        return {key: raw[key] for key in raw.keys() - CHANGES_BY_ITSELF} | {"said": said}


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


def _no_posting(*_: Any, **__: Any) -> int:
    raise AssertionError("something was sent")


def _no_routing() -> Any:
    raise AssertionError("routing was asked")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One for all cases: each makes its own task."""
    with ExitStack() as closing:
        sandbox = closing.enter_context(running(rate_limit=0))
        bench = Bench(sandbox, tmp_path_factory.mktemp("effects"))
        closing.callback(bench.store.close)
        closing.callback(bench.client.close)
        bench.furnish()
        yield bench


@pytest.mark.parametrize(("effect", "case"), _cases())
def test_a_change_is_made_once_recognised_and_taken_back(
    bench: Bench, effect: str, case: dict[str, Any]
) -> None:
    """Write, find, plan again, echo, patch, undo: all of them agree."""
    task_id = bench.task(case.get("task", {}))
    for step in case.get("first", []):
        for change in bench.plan(task_id, step):
            bench.write(task_id, change)
    before, raw = bench.look(task_id), bench.client.tasks.get(task_id).raw
    bench.control.reset_counts()

    changes = bench.plan(task_id, case["do"])
    assert [change.effect for change in changes] == [effect] * case.get("changes", 1)
    receipts = []
    assert [bench.find(task_id, change) for change in changes] == [None] * len(changes)
    calls = bench.client.calls
    for change in changes:
        receipts.append(bench.write(task_id, change))
    assert bench.client.calls - calls == case.get("calls", len(changes))

    seen = bench.client.tasks.get(task_id)
    assert [bench.find(task_id, change) for change in changes] == [
        True if receipt is None else receipt for receipt in receipts
    ]
    assert bench.plan(task_id, case["do"]) == []
    events = bench.told(task_id)
    assert {one.kind for one in events} == set(case.get("events", bench.effects[effect].events))
    assert _foreign(bench.echoes.drop(events)) == set(case.get("foreign", ()))
    for change in changes:
        raw = bench.effects[effect].patch(raw, change)
    blind = set(case.get("blind", ()))
    assert _visible(Task.parse(raw), blind) == _visible(seen, blind)

    for change, receipt in reversed([*zip(changes, receipts, strict=True)]):
        back = bench.effects[effect].undo(change, receipt)
        assert (back is None) == case.get("final", False)
        if back is None:
            return
        assert bench.find(task_id, back) is None
        bench.write(task_id, back)
        assert bench.find(task_id, back)
    after = bench.look(task_id)
    assert {**after, **{key: before[key] for key in blind & before.keys()}} == before


@pytest.mark.parametrize(("effect", "case"), [one for one in _cases() if "cuts" in one.values[1]])
def test_a_cut_call_is_made_up_for_and_never_doubled(
    bench: Bench, effect: str, case: dict[str, Any]
) -> None:
    """Cut before or after it acted, whichever call of it: the end is the same. For the cases that
    make a thing, so that a repetition would make another one.
    """
    whole, _ = bench.made(case, None)
    number, hit = 0, True
    while hit:
        for kind in ("cut_before", "cut_after"):
            made, hit = bench.made(case, {"kind": kind, "skip": number})
            assert made == whole, (kind, number)
        number += 1
    assert number > 1


def test_a_new_task_has_all_that_it_is_made_of(bench: Bench) -> None:
    """In another List too, whose fields are looked up once."""
    task_id = bench.task({"name": "Run 7"})
    (change,) = bench.plan(
        task_id,
        '{ action = "create_task", name = "Evaluate ${task.name}", list = "Inbox", '
        'tags = ["Eval"], '
        'status = "in progress", priority = "high", user = "on_call", text = "After **it**.", '
        'fields = { "a number" = 8, "a labels" = ["red"], "a drop_down" = "Green", '
        '"a users" = "Maria" } }',
    )
    made = bench.client.tasks.get(bench.write(task_id, change))

    assert (made.name, made.tags, made.status.name) == ("Evaluate Run 7", ("eval",), "in progress")
    assert (made.priority, [one.username for one in made.assignees]) == (2, ["Jonas Weber"])
    assert made.list_name == "Inbox"
    assert made.links == (task_id,)
    assert (made.field("a number"), made.field("a labels")) == (8, ["red"])
    assert made.field("a drop_down") == "green"
    assert made.field("a users") == [bench.control.member("Maria").id]
    assert made.text.endswith(f"clickup-mlops · {task_id}/some_automation")


def _foreign(found: list[CausedEvent]) -> set[str]:
    """What was not recognised as our own."""
    return {item.field for one in found for item in one.event.items}


def _visible(task: Task, blind: set[str]) -> dict[str, Any]:
    """What automations see of a task, without what a case says that `patch` cannot know."""
    fields = {each.name: each.read() for each in task.fields if each.value is not None}
    shown = {
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
            one["name"]: [item["name"] for item in one["items"]]
            for one in task.raw.get("checklists") or ()
        },
        "fields": fields,
    }
    return {key: value for key, value in shown.items() if key not in blind}


def test_every_effect_has_a_case() -> None:
    """And no case is about an effect that does not exist."""
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(find_effects()) - ELSEWHERE


ELSEWHERE = {"reply", "mute"}
"""Effects that no automation's action has; their own tests cover them."""
