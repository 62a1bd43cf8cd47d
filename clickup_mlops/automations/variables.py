"""The variables of conditions. The reference page is generated from this table."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from clickup_mlops.automations import event_values
from clickup_mlops.automations.conditions import task_values
from clickup_mlops.automations.conditions.cel import Language
from clickup_mlops.automations.conditions.keyed import Keyed
from clickup_mlops.automations.conditions.moments import moment
from clickup_mlops.automations.conditions.task_values import PARTS
from clickup_mlops.automations.events import DERIVED, SUBTASK, state_of
from clickup_mlops.automations.model import NO_TASK, Situation, Target
from clickup_mlops.automations.report_links import format_links
from clickup_mlops.automations.vocabulary import Variable, find_vocabularies
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.objectives import Comparison, compare_values


def _parent(situation: Situation) -> Task:
    return next((related.task for related in situation.related("parent")), NO_TASK)


def _parts(situation: Situation, task: Task) -> dict[str, Any]:
    is_open = situation.lookups.is_open(task)
    return task_values.parts(task, is_open=is_open, now_ms=situation.now_ms)


def _list_tasks(situation: Situation) -> list[dict[str, Any]]:
    tasks = situation.lookups.open_tasks(situation.task.list_id)
    return [_parts(situation, task) for task in tasks]


def _open_tasks(situation: Situation) -> Keyed:
    lookups, names = situation.lookups, situation.names
    return Keyed(
        lambda place: [
            _parts(situation, task)
            for list_id in names.list_ids(place)
            for task in lookups.open_tasks(list_id)
        ]
    )


def _tasks(situation: Situation, target: Target) -> list[dict[str, Any]]:
    return [_parts(situation, related.task) for related in situation.related(target)]


def _is_open(situation: Situation) -> bool:
    return situation.lookups.is_open(situation.task)


def _has_open_parent(situation: Situation) -> bool:
    parent = _parent(situation)
    return bool(parent.id) and situation.lookups.is_open(parent)


def _assigned(task: Task) -> list[str]:
    return [person.username for person in task.assignees]


def _slos(situation: Situation) -> list[dict[str, Any]]:
    return [_compared(comparison, situation) for comparison in _comparisons(situation)]


def _breaches(situation: Situation) -> list[dict[str, Any]]:
    return [
        _compared(comparison, situation)
        for comparison in _comparisons(situation)
        if comparison.breached
    ]


def _comparisons(situation: Situation) -> Iterator[Comparison]:
    # As routing reads fields: by name without case.
    values = {name.casefold(): value for name, value in task_values.fields(situation.task).items()}
    return compare_values(situation.lookups.slos(), lambda name: values.get(name.casefold()))


def _compared(comparison: Comparison, situation: Situation) -> dict[str, Any]:
    """What an expression may read of one pair; documented in `_PAIR`."""
    side = "at most" if comparison.slo.worse == "above" else "at least"
    unit = f" {comparison.unit}" if comparison.unit else ""
    return {
        "metric": comparison.slo.metric,
        "measured": comparison.measured,
        "objective": comparison.slo.objective,
        "limit": comparison.limit,
        "unit": comparison.unit,
        "over": comparison.over,
        "room": comparison.room,
        "source": situation.lookups.metrics().get(comparison.slo.metric.casefold(), ""),
        "text": f"{comparison.slo.metric} is {comparison.measured:.10g}, "
        f"SLO: {side} {comparison.limit:.10g}{unit}",
    }


def _age(situation: Situation) -> timedelta:
    return _since(situation.task.created_ms, situation)


def _known_for(situation: Situation) -> timedelta:
    return _since(max(situation.task.created_ms, situation.lookups.first_read_ms()), situation)


def _idle(situation: Situation) -> timedelta:
    return _since(_changed_ms(situation), situation)


def _in_status(situation: Situation) -> timedelta:
    since_ms = situation.lookups.status_since_ms()
    return _since(since_ms or _changed_ms(situation), situation)


def _changed_ms(situation: Situation) -> int:
    return situation.lookups.changed_ms() or situation.task.updated_ms


def _since(at_ms: int, situation: Situation) -> timedelta:
    return max(timedelta(0), moment(situation.now_ms) - moment(at_ms))


_PAIR = (
    "each with `metric` and `objective` (names of the fields), `measured` and `limit` (their "
    "numbers), `unit`, `over` (distance beyond the limit, as a share of it: 0.5 is 50% over), "
    "`room` (remaining share of the limit, or of the range from the limit to 100%), `source` (the "
    "metric source that the template of its Space binds the field to, else empty) and `text` (a "
    "summary)"
)

_OF_PARENT: tuple[tuple[str, str, str, Callable[[Situation], Any]], ...] = (
    ("name", "string", "title", lambda s: _parent(s).name),
    ("status", "string", "status", lambda s: _parent(s).status.name),
    ("open", "bool", "state: neither done nor closed", _has_open_parent),
    ("priority", "int", "priority, as a number", lambda s: _parent(s).priority or 0),
    ("list", "string", "List", lambda s: _parent(s).list_name),
    ("tags", "list<string>", "tags", lambda s: list(_parent(s).tags)),
    ("assignees", "list<string>", "assignees", lambda s: _assigned(_parent(s))),
    ("fields", "map<string,dyn>", "custom fields", lambda s: task_values.fields(_parent(s))),
)

_VOCABULARIES = tuple(find_vocabularies().values())
VARIABLES: tuple[Variable, ...] = (
    Variable("task.id", "string", "ClickUp's id", lambda s: s.task.id),
    Variable("task.name", "string", "title", lambda s: s.task.name),
    Variable("task.text", "string", "description, without formatting", lambda s: s.task.text),
    Variable("task.list", "string", "name of its List", lambda s: s.task.list_name),
    Variable("task.list_id", "string", "id of its List", lambda s: s.task.list_id),
    Variable(
        "task.folder_id", "string", 'id of its Folder, or ""', lambda s: s.task.folder_id or ""
    ),
    Variable("task.space_id", "string", "id of its Space", lambda s: s.task.space_id or ""),
    Variable(
        "task.list_tasks",
        "list<map<string,dyn>>",
        f"the open tasks of its List that the bot knows, itself included, at most 2,000; {PARTS}. "
        "No call",
        _list_tasks,
    ),
    Variable("task.status", "string", "status, as in ClickUp", lambda s: s.task.status.name),
    Variable(
        "task.open",
        "bool",
        "neither done nor closed; or done, and a service that runs (`routing.service`)",
        _is_open,
    ),
    Variable(
        "task.serves",
        "bool",
        "done, and a service that runs (`routing.service`)",
        lambda s: _is_open(s) and not s.task.is_open,
    ),
    Variable("task.priority", "int", "1 Urgent to 4 Low, 0 none", lambda s: s.task.priority or 0),
    Variable(
        "task.alerts",
        "int",
        "how many alerts fire about it: reports with a `key`, `firing` and not yet `resolved`",
        lambda s: s.lookups.alerts(),
    ),
    Variable("task.tags", "list<string>", "tags", lambda s: list(s.task.tags)),
    Variable(
        "task.tags_by_bot",
        "list<string>",
        "those of its tags that the bot set, and no person",
        lambda s: list(s.lookups.tags_by_bot()),
    ),
    Variable(
        "task.assignees",
        "list<string>",
        "user names",
        lambda s: _assigned(s.task),
    ),
    Variable(
        "task.creator",
        "string",
        "user name of who created it",
        lambda s: s.task.creator.username if s.task.creator else "",
    ),
    Variable("task.parent", "string", 'id of its parent, or ""', lambda s: s.task.parent_id or ""),
    *(
        Variable(
            f"task.parent.{name}",
            kind,
            f"the parent's {what}, empty without one; a call if the bot has not read it yet",
            read,
        )
        for name, kind, what, read in _OF_PARENT
    ),
    Variable(
        "task.children",
        "list<map<string,dyn>>",
        f"its subtasks, the first 100; {PARTS}. From the store; once a call per 100 subtasks of a "
        "task that is older than the bot",
        lambda s: _tasks(s, "children"),
    ),
    Variable(
        "task.siblings",
        "list<map<string,dyn>>",
        "the other subtasks of its parent, in the same form, at the same cost",
        lambda s: _tasks(s, "siblings"),
    ),
    Variable("task.created", "timestamp", "when created", lambda s: moment(s.task.created_ms)),
    Variable(
        "task.updated",
        "timestamp",
        "last change, also by the bot",
        lambda s: moment(s.task.updated_ms),
    ),
    Variable(
        "task.closed",
        "timestamp",
        "when it was closed or done; 1970 while it is open",
        lambda s: moment(None if _is_open(s) else s.task.closed_ms),
    ),
    Variable("task.has_due", "bool", "has a due date", lambda s: s.task.due_ms is not None),
    Variable(
        "task.due",
        "timestamp",
        "due date (04:00 of the day if it has no time); 1970 if none",
        lambda s: moment(s.task.due_ms),
    ),
    Variable(
        "task.fields",
        "map<string,dyn>",
        "values of custom fields by name, set ones only: number, text, label, list of labels, "
        "or milliseconds for a date",
        lambda s: task_values.fields(s.task),
    ),
    Variable(
        "task.slos",
        "list<map<string,dyn>>",
        "measured values that routing compares with an objective (`routing.slos`, or `[slo]` of "
        f"the template of its Space), if both fields are set; {_PAIR}",
        _slos,
    ),
    Variable(
        "task.breaches",
        "list<map<string,dyn>>",
        "those of `task.slos` that are breached; they also make the tier `breach`",
        _breaches,
    ),
    Variable(
        "task.waits_for", "list<string>", "ids it waits for", lambda s: list(s.task.depends_on)
    ),
    Variable("task.blocks", "list<string>", "ids waiting for it", lambda s: list(s.task.blocks)),
    Variable("task.url", "string", "its page in ClickUp", lambda s: s.task.url),
    Variable("task.age", "duration", "time since it was created", _age),
    Variable(
        "task.known",
        "duration",
        "time since it was created or, if that was later, since the bot read it for the first "
        "time: a back-fill makes no task late",
        _known_for,
    ),
    Variable(
        "task.idle",
        "duration",
        "time since its last change, or report of another system; the bot's own writes do not "
        "count",
        _idle,
    ),
    Variable(
        "task.in_status",
        "duration",
        "time in its current status, as far as known; else as `task.idle`",
        _in_status,
    ),
    Variable(
        "task.blocked_by",
        "int",
        "open tasks that it waits for",
        lambda s: s.lookups.blocked_by_open(),
    ),
    Variable(
        "task.blocked_inference",
        "int",
        "open inference tasks that wait for it",
        lambda s: s.lookups.blocked_inference(),
    ),
    Variable(
        "task.workload",
        "string",
        "workload by routing's decision: `inference`, `training` ...",
        lambda s: s.route().workload,
    ),
    Variable(
        "task.tier",
        "string",
        "urgency by routing's decision: `breach` ...",
        lambda s: s.route().tier,
    ),
    Variable(
        "task.possible_incident",
        "bool",
        "its text may report a live incident, which `/incident yes` or `no` settles "
        "(`routing.incident.possible`)",
        lambda s: s.route().possible_incident,
    ),
    Variable(
        "tasks",
        "map<string,list<map<string,dyn>>>",
        'the open tasks that the bot knows of a List, Folder or Space: `tasks["Serving"]`, in the '
        "form of `task.list_tasks`, at most 2,000 of a List. From the store; names are remembered "
        "as those in actions",
        _open_tasks,
    ),
    Variable(
        "team.incidents",
        "int",
        "open inference tasks of the workspace with a live incident, as the tag `incident` says",
        lambda s: s.lookups.incidents(),
    ),
    *(variable for words in _VOCABULARIES for variable in words.variables),
    Variable(
        "report.overrides",
        "string",
        "Markdown list of the corrections of the last seven days; empty if none",
        lambda s: s.lookups.overrides(),
    ),
    Variable(
        "event.kind",
        "string",
        "name of the event; of several that report one change the most specific one in `on`",
        lambda s: s.event.kind,
    ),
    Variable("event.key", "string", "unique key", lambda s: s.event.key),
    Variable("event.derived", "bool", "its own event was lost", lambda s: DERIVED in s.event.raw),
    Variable(
        "event.changed",
        "list<string>",
        "what changed, such as `status`",
        lambda s: [item.field for item in s.event.items],
    ),
    Variable(
        "event.state",
        "string",
        "state that another system reports, `firing`, `resolved`, `running`, `succeeded` or "
        "`failed`, or its type if that is one of these; else empty",
        lambda s: state_of(s.event),
    ),
    Variable(
        "event.data",
        "map<string,dyn>",
        "report of another system, with an `integration:` event",
        lambda s: dict(s.event.raw.get("data") or {}),
    ),
    Variable(
        "event.report",
        "map<string,dyn>",
        "the same report in the words of all tools: `type`, `key` (the same for the whole life of "
        "an alert, a model version, a pipeline ...), `title`, `state` (`firing`, `resolved`, "
        "`running`, `succeeded`, `failed` or empty), `severity`, `named` (the task that it names), "
        "`labels`, `links`, `facts` (maps of texts), `tasks` (ids of those that it is about), "
        '`made` (the task that an automation with `per = "workspace"` created for the key: '
        "`id`, and for such automations `status`, `open`, and `closed` in Unix ms)",
        lambda s: dict(s.event.raw.get("report") or {}),
    ),
    Variable(
        "event.links",
        "string",
        "Markdown list of the report's pages, such as runbook, dashboard and run; empty: none",
        lambda s: format_links(s.event.raw.get("report") or {}),
    ),
    Variable(
        "event.over",
        "bool",
        "it reports that an alert fires which is known to be resolved: the report came late, or "
        "waited for the end of quiet hours",
        lambda s: s.lookups.is_over(s.event),
    ),
    Variable(
        "event.chain",
        "list<string>",
        "automations whose writes led to this event, oldest first",
        lambda s: [automation for _cause, automation in s.chain],
    ),
    Variable(
        "event.before",
        "string",
        "value before the (first) change: a status, priority, name or text; empty if none. "
        '`set_status` with `status = "${event.before}"` goes back',
        event_values.before,
    ),
    Variable(
        "event.after",
        "string",
        "value after the (first) change",
        event_values.after,
    ),
    Variable(
        "event.comment", "string", "text of the comment, if it is one", event_values.comment_text
    ),
    Variable(
        "event.mentions",
        "list<string>",
        "user names of the members that the comment mentions, if it is one",
        event_values.mentioned,
    ),
    Variable(
        "event.history",
        "list<map<string,dyn>>",
        "this change and earlier ones of the same property of the task (with a report: reports of "
        "the same kind), newest first, each once: `before`, `after`, `user` and `seconds_ago`. "
        "Among the latest 200 events that `retention.events` keeps, the bot's too. No call",
        event_values.changes_like_it,
    ),
    Variable(
        "event.subtask",
        "string",
        'id of the subtask that changed, with `per = "parent"`; else empty',
        lambda s: str(s.event.raw.get(SUBTASK) or ""),
    ),
    Variable("event.user", "int", "user id of who changed it, 0 unknown", event_values.user),
    Variable("now", "timestamp", "time of the evaluation", lambda s: moment(s.now_ms)),
)

MARKDOWN = {"report.overrides", "event.links"}.union(*(words.markdown for words in _VOCABULARIES))
"""Variables that are Markdown already, in which what people wrote is escaped."""
LANGUAGE = Language({variable.name: variable.type for variable in VARIABLES})
_READ = {variable.name: variable.read for variable in VARIABLES}


class Values(Mapping[str, Any]):
    """Every variable's value, each read from the situation when it is asked for the first time."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation.about or situation

    def __getitem__(self, name: str) -> Any:
        values = self._situation.seen
        if name not in values:
            values[name] = _READ[name](self._situation)
        return values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_READ)

    def __len__(self) -> int:
        return len(_READ)


def values_of(situation: Situation) -> Values:
    """The values of a situation."""
    return Values(situation)
