"""What variables may ask about a task and its team beyond the task itself; no calls to ClickUp."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from clickup_mlops.automations.replaced import Replaced
from clickup_mlops.clickup.model import Event, Person, Task
from clickup_mlops.json_types import JsonObject
from clickup_mlops.routing.policy import Policy, Slo
from clickup_mlops.routing.service import serves

ViewT = TypeVar("ViewT")


@dataclass(frozen=True, slots=True)
class Title:
    """What a task is called, and where it is. `text`: the value of a custom field, if it is one."""

    id: str
    name: str
    text: str
    created_ms: int
    url: str


def title_of(task: Task, field: str) -> Title:
    """The title of a task; `field` is the custom field whose text it shows."""
    value = task.field(field) if field else None
    text = value.strip() if isinstance(value, str) else ""
    return Title(task.id, task.name, text, task.created_ms or 0, task.url)


def _zero() -> int:
    return 0


def _nothing() -> str:
    return ""


def _default_slos() -> tuple[Slo, ...]:
    return Policy().slos


def _no_sources() -> Mapping[str, str]:
    return {}


def _no_events() -> Sequence[tuple[Event, int]]:
    return ()


def _no_tasks(_list_id: str) -> Sequence[Task]:
    return ()


def _no_titles(_list_id: str, _field: str) -> Sequence[Title]:
    return ()


def _first(_rotation: str, _task_id: str, members: Sequence[int]) -> int:
    return members[0]


def _chose_nothing(_task_id: str, _priority: int) -> bool:
    return False


def _no_hold(_task_id: str) -> JsonObject | None:
    return None


def _nothing_held_before(_task_id: str, _automation: str) -> JsonObject | None:
    return None


def _nothing_replaced(_task_id: str, _kind: str, _automation: str) -> Replaced | None:
    return None


def _is_not_over(_event: Event) -> bool:
    return False


def _is_open(task: Task) -> bool:
    return task.is_open or serves(task, Policy())


def _is_no_importer(_person: Person | None) -> bool:
    return False


def _no_alerts() -> Sequence[JsonObject]:
    return ()


def _no_tags() -> Sequence[str]:
    return ()


def _no_view(_kind: type[object]) -> object | None:
    return None


@dataclass(frozen=True, slots=True)
class Lookups:
    """Each is asked only if an expression mentions it, and answered from the store."""

    is_open: Callable[[Task], bool] = _is_open
    """Whether a task is not finished, or is finished and serves (`routing.service`)."""
    incidents: Callable[[], int] = _zero
    """Open inference tasks of the workspace with a live incident, by their last decision."""
    status_since_ms: Callable[[], int] = _zero
    """When the task got its present status, as far as the bot has seen (0: it has not)."""
    changed_ms: Callable[[], int] = _zero
    """When the task last changed otherwise than by the bot's own writes (0: not known)."""
    first_read_ms: Callable[[], int] = _zero
    """When the bot read the task for the first time (0: not known)."""
    overrides: Callable[[], str] = _nothing
    """Markdown list of the decisions that people have overridden in the last seven days."""
    blocked_by_open: Callable[[], int] = _zero
    """How many open tasks it waits for."""
    blocked_inference: Callable[[], int] = _zero
    """How many open inference tasks wait for it."""
    slos: Callable[[], tuple[Slo, ...]] = _default_slos
    """Pairs of measured field and objective, by the policy of its Space."""
    metrics: Callable[[], Mapping[str, str]] = _no_sources
    """Where the template of its Space has the values of fields come from, by case-folded name."""
    history: Callable[[], Sequence[tuple[Event, int]]] = _no_events
    """The latest events of the task and when they came (Unix ms), in any order."""
    turn: Callable[[str, str, Sequence[int]], int] = _first
    """Which member of a rotation, by name, gets the task, by its id."""
    open_tasks: Callable[[str], Sequence[Task]] = _no_tasks
    """The open tasks of a List, by its id."""
    open_titles: Callable[[str, str], Sequence[Title]] = _no_titles
    """Titles of the open tasks of a List, by its id, with the text of the custom field of this
    name. Not of the task itself if it was read just now."""
    person_chose: Callable[[str, int], bool] = _chose_nothing
    """Whether a priority that a person has set on a task, by its id, wins over this one."""
    held: Callable[[str, int], bool] = _chose_nothing
    """Whether an automation holds this priority of a task, by its id."""
    hold: Callable[[str], Mapping[str, Any] | None] = _no_hold
    """What holds the priority of a task, by its id, as the effect `hold` has it."""
    held_before: Callable[[str, str], Mapping[str, Any] | None] = _nothing_held_before
    """What held the priority of a task, by its id, before this automation did, in the same form;
    None: nothing that would hold it still."""
    replaced: Callable[[str, str, str], Replaced | None] = _nothing_replaced
    """What an automation (the last argument) replaced of a task, by its id, and the kind of change;
    None: nothing, or somebody has changed it since."""
    alerts: Callable[[], int] = _zero
    """How many alerts fire about the task."""
    about: Callable[[], Sequence[JsonObject]] = _no_alerts
    """The alerts that fire about the task, and the one that it was made for: `key`, `labels` and
    the ids of the `tasks` that they are about."""
    is_importer: Callable[[Person | None], bool] = _is_no_importer
    """Whether this user is one of `routing.importers`, such as an integration, or the bot's own."""
    tags_by_bot: Callable[[], Sequence[str]] = _no_tags
    """Those of the task's tags that the bot set."""
    is_over: Callable[[Event], bool] = _is_not_over
    """Whether the event says that an alert fires which is known to be resolved."""
    is_outdated: Callable[[Event], bool] = _is_not_over
    """Whether the task shows that what the event reports is over, because of a later change whose
    event was handled already."""
    view_of: Callable[[type[object]], object | None] = _no_view
    """What a feature shows of the task, by the type of its view; None: nothing."""

    def view(self, kind: type[ViewT]) -> ViewT | None:
        """What a feature shows of the task; None: nothing, such as no incident."""
        view = self.view_of(kind)
        return view if isinstance(view, kind) else None


NO_LOOKUPS: Final = Lookups()
