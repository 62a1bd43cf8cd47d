"""An automation's examples: short keys made into a task, and evaluated as in the bot."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field, create_model

from clickup_mlops.automations import field_values
from clickup_mlops.automations.choices import Raw
from clickup_mlops.automations.conditions.lookups import Lookups, title_of
from clickup_mlops.automations.engine import decide
from clickup_mlops.automations.events import OWN, SUBTASK
from clickup_mlops.automations.model import (
    NO_TASK,
    Action,
    Automation,
    Example,
    Finding,
    Per,
    Problem,
    Related,
    Target,
    Written,
)
from clickup_mlops.automations.replaced import Replaced
from clickup_mlops.automations.vocabulary import find_targets, find_vocabularies
from clickup_mlops.clickup.model import Event, HistoryItem, Task
from clickup_mlops.config import Table
from clickup_mlops.routing.decision import NUMBER, Decision, Level, format_priority
from clickup_mlops.routing.facts import Context, Override
from clickup_mlops.routing.router import Router

_NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
_ID = "example"
PRIORITY: Final = "priority"


class TaskTable(Table):
    """The task of an example. Everything has a default, so an example has only what matters."""

    SIGNED = frozenset({"due_in"})
    name: str = "A task"
    text: str = ""
    list: str = "Work"
    list_id: str = "1"
    status: str = "to do"
    open: bool = True
    """Whether its status is neither of type done nor closed."""
    type: Literal["done", "closed"] = "closed"
    """The type of its status, if it is not open."""
    priority: Level | None = None
    tags: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    creator: str = ""
    parent: str | None = None
    waited: timedelta = timedelta(0)
    """How long ago it was created."""
    idle: timedelta = timedelta(0)
    """How long ago it changed last."""
    closed_for: timedelta | None = None
    """How long ago it was closed."""
    due_in: timedelta | None = None
    """Time until it is due; negative if it is overdue."""
    fields: dict[str, bool | float | str | tuple[str, ...]] = Field(default_factory=dict)
    """Custom fields by name."""


class HistoryTable(Table):
    """An earlier change of what the event of an example reports."""

    ago: timedelta
    """How long before the event."""
    before: str = ""
    after: str = ""
    user: int | None = None


class _AroundTable(Table):
    """What stands around the task of an example; see `routing.facts.Context`."""

    open_in_list: int = 1
    urgent_in_list: int = 0
    blocked_inference: int = 0
    blocked_other: int = 0
    person: Level | None = None
    """A person has set this priority, and it still holds."""
    replaced: dict[str, bool | float | str] = Field(default_factory=dict)
    """What the automation has replaced, by `priority`, `status`, `list`, `due` (a time such as
    `2026-01-05 12:00`) or the name of a field; what the task has is what it wrote."""
    held: Level | None = None
    """The automation itself holds this priority, by `keep`."""
    incidents: int = 0
    """Open inference tasks of the workspace with a live incident."""
    blocked_by: int = 0
    """Open tasks that it waits for."""
    in_status: timedelta = timedelta(0)
    """How long it has been in its status."""
    history: tuple[HistoryTable, ...] = ()
    """Earlier changes like that of the event, for `event.history`."""
    tasks: dict[str, tuple[TaskTable, ...]] = Field(default_factory=dict)
    """The open tasks of a List, Folder or Space, by its name."""
    overrides: str = ""
    """The report of overridden decisions."""
    parent: str | TaskTable | None = None
    """The parent task: its name, or a table like that of the task."""
    children: tuple[str | TaskTable, ...] = ()
    """Its subtasks, in the same form."""
    siblings: tuple[str | TaskTable, ...] = ()
    """The other subtasks of its parent."""
    blockers: tuple[str | TaskTable, ...] = ()
    """The tasks that it waits for."""
    dependents: tuple[str | TaskTable, ...] = ()
    """The tasks that wait for it."""
    alerts: int = 0
    """Alerts that fire about it, `task.alerts`."""
    tags_by_bot: tuple[str, ...] = ()
    """Those of its tags that the bot set, `task.tags_by_bot`."""
    over: bool = False
    """The alert that the event reports is known to be resolved, `event.over`."""

    def views(self, task_id: str, now_ms: int) -> Mapping[type[object], object]:
        """What features show of the example's task, by type."""
        tables = (getattr(self, name) for name in _VIEWS)
        views = [table.view(task_id, now_ms) for table in tables if table is not None]
        return {type(view): view for view in views}


_VIEWS: Final = {
    name: words.example for name, words in find_vocabularies().items() if words.example is not None
}
if TYPE_CHECKING:
    AroundTable = _AroundTable
else:  # a table more for each feature that shows something of tasks
    AroundTable = create_model(
        "AroundTable",
        __base__=_AroundTable,
        __doc__=_AroundTable.__doc__,
        **{name: (table | None, None) for name, table in _VIEWS.items()},
    )


class ExampleTable(Table):
    """One `[[example]]`."""

    name: str
    event: str | None = None
    """The event that comes in; the first in the automation's `on` if it is not given."""
    changed: tuple[str, ...] = ()
    """Which of the task's fields the event reports as changed."""
    before: str = ""
    """The value before the change, `event.before`."""
    after: str = ""
    """The value after it, `event.after`."""
    comment: str = ""
    """Text of the comment that the event reports, `event.comment`."""
    mentions: tuple[str, ...] = ()
    """Whom the comment mentions, `event.mentions`."""
    user: int | None = None
    """Id of the user who changed it."""
    now: datetime = _NOON
    task: TaskTable = TaskTable()
    around: AroundTable = AroundTable()
    settings: dict[str, Raw] = Field(default_factory=dict)
    """The automation's settings in this situation, where they are not the file's defaults."""
    data: dict[str, Any] = Field(default_factory=dict)
    """What another system reported, `event.data`."""
    report: dict[str, Any] = Field(default_factory=dict)
    """The same in the words of all tools, `event.report`."""
    latched: bool = False
    """The automation has acted on the task before, and waits for `until`."""
    expect: tuple[dict[str, Any], ...]
    """The actions in order: `action`, and any other facts that must hold. Empty: stays quiet."""

    def example(self, kind: str, per: Per = "task") -> Example:
        """The situation as values; `kind` is the event's name."""
        now_ms = _ms(self.now)
        event = _event(kind, self, now_ms)
        if per == "parent":
            event = replace(event, webhook_id=OWN, raw={**event.raw, SUBTASK: ""})
        return Example(
            name=self.name,
            event=event,
            task=NO_TASK if per == "workspace" else Task.parse(_wire(self.task, now_ms)),
            now_ms=now_ms,
            context=_context(self.around, now_ms),
            expect=self.expect,
            latched=self.latched,
            lookups=_lookups(self.around, event, self.task, now_ms),
            held=self.around.held and NUMBER[self.around.held],
            related=_related(self.around, self.task, now_ms),
        )


def run(automation: Automation, example: Example, router: Router) -> tuple[Finding, ...]:
    """What the automation does in this example, evaluated as if it were switched on. The settings
    are the example's, else the file's defaults, whatever a team has set.
    """

    def route(context: Context = example.context) -> Decision:
        return router.route(example.task, context, example.now_ms)

    hold = _hold(automation, example) if example.held else None
    override = hold and Override(
        hold["priority"], "", 0, hold["until_ms"], automation=automation.name
    )
    return decide(
        [(example.automation or automation).switched_on()],
        example.event,
        example.task,
        example.now_ms,
        partial(route, replace(example.context, override=override)) if override else route,
        route_released=route,
        written=lambda kind: Written(hold, None, 0) if hold and kind == "hold" else None,
        latched=lambda _automation: example.latched,
        lookups=replace(example.lookups, hold=lambda _task_id: hold),
        related=lambda target: example.related.get(target, ()),
    )


def _hold(automation: Automation, example: Example) -> Mapping[str, Any]:
    """As the effect `hold` has it; it ends in an hour."""
    until_ms = example.now_ms + 3_600_000
    times = {"since_ms": example.now_ms, "until_ms": until_ms}
    return {"priority": example.held, "automation": automation.name, **times}


def mismatch(example: Example, findings: tuple[Finding, ...]) -> str:
    """How the findings differ from what the example expects; empty if they do not."""
    facts_found = _list_facts(example, findings)
    is_same = len(facts_found) == len(example.expect) and all(
        expected.items() <= facts.items()
        for expected, facts in zip(example.expect, facts_found, strict=True)
    )
    return "" if is_same else f"expected {list(map(dict, example.expect))}, got {facts_found}"


def _list_facts(example: Example, findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """The facts to compare. A hold that comes with the priority that it keeps, or ends with the
    priority that follows, may be expected, but need not be.
    """
    relevant = [finding for finding in findings if isinstance(finding, Action | Problem)]
    alone = [
        finding
        for before, finding, after in zip(
            [None, *relevant], relevant, [*relevant[1:], None], strict=False
        )
        if not (_is_hold_of(finding, before) or _is_hold_of(finding, after))
    ]
    return [
        _facts(finding) for finding in (alone if len(alone) == len(example.expect) else relevant)
    ]


def _is_hold_of(finding: Action | Problem, neighbour: Action | Problem | None) -> bool:
    """Whether one action has planned this hold and that priority."""
    if not isinstance(finding, Action) or not isinstance(neighbour, Action):
        return False
    effects = finding.change.effect, neighbour.change.effect
    return finding.action == neighbour.action and effects == ("hold", "priority")


def difference(example: Example, findings: tuple[Finding, ...]) -> list[str]:
    """What was expected and did not come (`-`), and what came instead (`+`)."""
    if not mismatch(example, findings):
        return []
    surplus = _list_facts(example, findings)
    missing = [dict(expected) for expected in example.expect]
    for expected in [*missing]:
        if fits := next((facts for facts in surplus if expected.items() <= facts.items()), None):
            missing.remove(expected)
            surplus.remove(fits)
    lines = [f"- {_line(expected)}" for expected in missing] + [
        f"+ {_line(expected)}" for expected in surplus
    ]
    return lines or ["the actions are these, but in another order"]


def _line(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {json.dumps(value, default=str)}" for name, value in facts.items())


def _facts(finding: Action | Problem) -> dict[str, Any]:
    if isinstance(finding, Action):
        task = {} if finding.task_id == _ID else {"task": finding.task_id}
        return {"action": finding.action, **task, **finding.change.shown}
    return {"problem": finding.text}


def _ms(when: datetime) -> int:
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _event(kind: str, table: ExampleTable, now_ms: int) -> Event:
    has_item = table.user or table.before or table.after or table.comment or table.mentions
    tags = [{"type": "tag", "user": {"id": name, "username": name}} for name in table.mentions]
    comment = {"text_content": table.comment, "comment": tags}
    raw = {"comment": comment} if table.comment or tags else {}
    items = tuple(
        HistoryItem(
            str(n), name, now_ms, table.user, table.task.list_id, table.before, table.after, raw
        )
        for n, name in enumerate(table.changed or (("",) if has_item else ()))
    )
    list_id = table.task.list_id
    reported = {"data": table.data, "report": table.report}
    return Event(_ID, _ID, kind, _ID, list_id, None, None, items, now_ms, reported)


def _context(around: AroundTable, now_ms: int) -> Context:
    person = around.person
    return Context(
        open_in_list=around.open_in_list,
        urgent_in_list=around.urgent_in_list,
        blocked_inference=around.blocked_inference,
        blocked_other=around.blocked_other,
        override=Override(NUMBER[person], "Ana", now_ms, None) if person else None,
        cause=_ID,
    )


def _lookups(around: AroundTable, event: Event, task: TaskTable, now_ms: int) -> Lookups:
    since_ms = now_ms - around.in_status // timedelta(milliseconds=1)

    def open_tasks(place: str) -> list[Task]:
        entries = around.tasks.get(task.list if place == task.list_id else place, ())
        return [_named(entry, now_ms) for entry in entries]

    return Lookups(
        person_chose=lambda *_: around.person is not None,
        incidents=lambda: around.incidents,
        status_since_ms=lambda: since_ms,
        open_tasks=open_tasks,
        open_titles=lambda place, field: [title_of(task, field) for task in open_tasks(place)],
        history=lambda: [
            _earlier(entry, event, n, now_ms) for n, entry in enumerate(around.history)
        ],
        overrides=lambda: around.overrides,
        blocked_by_open=lambda: around.blocked_by,
        blocked_inference=lambda: around.blocked_inference,
        replaced=lambda _task, kind, _name: _replaced(
            around, Task.parse(_wire(task, now_ms)), kind
        ),
        alerts=lambda: around.alerts,
        tags_by_bot=lambda: around.tags_by_bot,
        is_over=lambda _event: around.over,
        view_of=around.views(_ID, now_ms).get,
    )


def _replaced(around: AroundTable, task: Task, kind: str) -> Replaced | None:
    """What the automation has replaced; a person's priority stays."""
    effect, _, field_id = kind.partition(":")
    before = around.replaced.get(field_id or {"move": "list"}.get(effect, effect))
    if before is None or (effect == PRIORITY and around.person):
        return None
    if field_id:
        after = field_values.of(field_values.find(task, field_id))
        return Replaced({**after, "value": field_values.plain(after["type"], {}, before)}, after)
    values: dict[str, tuple[Any, Any]] = {
        PRIORITY: (dict[Any, int](NUMBER).get(before), task.priority),
        "status": (str(before).casefold(), task.status.name.casefold()),
        "due": (before, task.due_ms),
        "move": (before, task.list_id),
    }
    before, after = values[effect]
    if effect == "due":
        before = _ms(datetime.fromisoformat(str(before)))
    return Replaced(before, after)


def _earlier(entry: HistoryTable, event: Event, number: int, now_ms: int) -> tuple[Event, int]:
    at_ms = now_ms - entry.ago // timedelta(milliseconds=1)
    key = f"{_ID}-{number}"
    items = tuple(
        replace(
            item,
            id=key,
            date_ms=at_ms,
            user_id=entry.user,
            before=entry.before,
            after=entry.after,
            raw={},
        )
        for item in event.items[:1]
    )
    return replace(event, key=key, items=items, date_ms=at_ms), at_ms


def _related(
    around: AroundTable, task: TaskTable, now_ms: int
) -> Mapping[Target, tuple[Related, ...]]:
    """Tasks whose ids are their names."""
    tables: dict[Target, tuple[str | TaskTable, ...]] = {
        "parent": (around.parent,) if around.parent else (),
        "children": around.children,
        "siblings": around.siblings,
        "blockers": around.blockers,
        "dependents": around.dependents,
    }
    lookups = Lookups(view_of=around.views(_ID, now_ms).get)
    for target, find_id in find_targets().items():
        if task_id := find_id(lookups):
            tables[target] = (task_id,)
    return {
        target: tuple(
            Related(Task.parse(_wire(task, now_ms)) if table == _ID else _named(table, now_ms))
            for table in several
        )
        for target, several in tables.items()
    }


def _named(name_or_table: str | TaskTable, now_ms: int) -> Task:
    table = TaskTable(name=name_or_table) if isinstance(name_or_table, str) else name_or_table
    return Task.parse(_wire(table, now_ms) | {"id": table.name})


def _wire(task: TaskTable, now_ms: int) -> dict[str, Any]:
    """The task as ClickUp would send it."""
    created_ms = now_ms - task.waited // timedelta(milliseconds=1)
    due_ms = None if task.due_in is None else now_ms + task.due_in // timedelta(milliseconds=1)
    return {
        "id": _ID,
        "name": task.name,
        "text_content": task.text,
        "list": {"id": task.list_id, "name": task.list},
        "status": {"status": task.status, "type": "open" if task.open else task.type},
        "priority": _priority(task.priority),
        "tags": [{"name": tag} for tag in task.tags],
        "assignees": [{"id": n, "username": name} for n, name in enumerate(task.assignees, 1)],
        "creator": {"id": 1, "username": task.creator} if task.creator else None,
        "parent": task.parent,
        "date_created": str(created_ms),
        "date_updated": str(now_ms - task.idle // timedelta(milliseconds=1)),
        "date_closed": _ago(task.closed_for, now_ms),
        "due_date": None if due_ms is None else str(due_ms),
        "custom_fields": [_field(name, value) for name, value in task.fields.items()],
    }


def _ago(time: timedelta | None, now_ms: int) -> str | None:
    return None if time is None else str(now_ms - time // timedelta(milliseconds=1))


def _priority(level: Level | None) -> Mapping[str, str] | None:
    return (
        {"id": str(NUMBER[level]), "priority": format_priority(NUMBER[level]).lower()}
        if level
        else None
    )


def _field(name: str, value: bool | float | str | tuple[str, ...]) -> dict[str, Any]:
    """A custom field whose type fits the value."""
    field: dict[str, Any] = {"id": name, "name": name, "type_config": {}, "value": value}
    if isinstance(value, bool):
        return field | {"type": "checkbox"}
    if isinstance(value, str):
        return field | {"type": "short_text"}
    if isinstance(value, tuple):
        options = [{"id": label, "label": label} for label in value]
        return field | {"type": "labels", "type_config": {"options": options}, "value": list(value)}
    return field | {"type": "number"}
