"""Automations and what they lead to, as plain frozen values.

An `Automation` says when and what; for an event it gives `Action`s (one write each), and a
`Problem` for what could not be planned. All of them can be printed, counted and refused; only
`perform.py` executes an action.

An `ActionType` is what an automation's author writes; it plans `Change`s. An `Effect` is one sort
of write to ClickUp: how a `Change` is made, found, recognised in events, and undone. Several
actions may share an effect (`add_tag` and `remove_tag`), and undoing needs no action.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Generic, Literal, TypeVar

from clickup_mlops.automations.canary import Canary
from clickup_mlops.automations.choices import Mode, Setting
from clickup_mlops.automations.conditions.cel import Condition
from clickup_mlops.automations.conditions.lookups import NO_LOOKUPS, Lookups
from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.events import SCHEDULE
from clickup_mlops.automations.names import ANY_NAMES, Names
from clickup_mlops.automations.schedule import ScheduleTable
from clickup_mlops.clickup.model import Event, HistoryItem, Task
from clickup_mlops.config import Table
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.routing.decision import Decision, format_moment
from clickup_mlops.routing.facts import Context
from clickup_mlops.store.journal_rows import Chain

OptionsT = TypeVar("OptionsT", bound=Table)
Target = str
"""On which tasks an action is done: one of `TARGETS`, or the name of a feature's vocabulary."""
TARGETS: Final = ("self", "parent", "children", "siblings", "blockers", "dependents")
"""The event's own task, parent, subtasks, siblings, those it waits for, those that wait for it."""
Per = Literal["task", "parent", "workspace"]
"""What an automation is asked about: each task, its parent, or once the whole workspace."""
Receipt = str | None
"""What ClickUp gave for a write: the id of what was made; None if nothing was made."""
NO_TASK: Final = Task({"id": ""})
"""Stands for the task where there is none: all its parts are empty."""


def _never(_name: str) -> bool:
    return False


def _alone(_target: Target) -> "tuple[Related, ...]":
    return ()


def nothing_written(_kind: str) -> "Written | None":
    """The bot has written nothing on this task yet."""
    return None


@dataclass(frozen=True, slots=True)
class Situation:
    """What an automation looks at: one event about one task, and the time. Actions get the
    same.
    """

    event: Event
    task: Task
    now_ms: int
    route: Callable[[], Decision]
    """Asks routing about this task; only actions that need it do."""
    route_released: Callable[[], Decision] | None = None
    """The same, as if no automation held the priority; None: none does."""
    automation: str = ""
    """Name of the automation that is evaluated."""
    written: Callable[[str], "Written | None"] = nothing_written
    """The bot's latest write of a kind (see `Change.kind`) on this task."""
    names: Names = ANY_NAMES
    """People, Lists and fields by the names that automations give them."""
    chain: Chain = ()
    """What led to the event, if it is the echo of an automation's write."""
    latched: Callable[[str], bool] = _never
    """Whether an automation with `until` has acted on this task and waits for it to hold."""
    only: str = ""
    """If set, the only automation that is asked: it was held back, or it is its own schedule."""
    waits: Callable[[str], bool] = _never
    """Whether an automation with `after` waits for this task already."""
    quiet_until_ms: int | None = None
    """Quiet hours hold, and end then."""
    zone: str = "UTC"
    """Time zone of the times in texts for people."""
    related: Callable[[Target], "tuple[Related, ...]"] = _alone
    """Tasks around this one."""
    about: "Situation | None" = None
    """Whose variables texts show if not this one's: of an action on a related task, the event's."""
    lookups: Lookups = NO_LOOKUPS
    """More to ask about the task and the team, at the price of a look into the store."""
    seen: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """Values of variables that were read already; each is read once for all automations."""


@dataclass(frozen=True, slots=True)
class Related:
    """A task around the one that an event is about; `written` as in `Situation`."""

    task: Task
    written: Callable[[str], "Written | None"] = nothing_written


class Unanswered(Exception):
    """An option has no answer in this situation; says which and why. `hint`: what to try."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@contextmanager
def option(name: str) -> Iterator[None]:
    """What is not answered inside names the option that asked."""
    try:
        yield
    except Unanswered as problem:
        raise Unanswered(f"{name}: {problem}", hint=problem.hint) from None


@dataclass(frozen=True, slots=True)
class Written:
    """A write of the bot that is done: what was wanted, and the receipt that came of it."""

    after: Any
    receipt: Receipt
    at_ms: int


@dataclass(frozen=True, slots=True)
class Change:
    """What an action wants to write. `before` and `after` are JSON values of the effect's own sort.

    `kind` is the effect's name, with what it is about after a colon where a task has several of the
    sort: `priority`, `tag:running`, `field:<field id>`, `comment:<automation>`.
    """

    kind: str
    before: Any
    after: Any
    text: str
    """One line for people."""
    shown: Mapping[str, Any]
    """Plain facts about it by name; what an example's `expect` may name."""

    @property
    def effect(self) -> str:
        """Name of the effect that makes it."""
        return self.kind.partition(":")[0]

    @property
    def subject(self) -> str:
        """What it is about, such as a tag's name; empty if a task has only one of the sort."""
        return self.kind.partition(":")[2]


@dataclass(frozen=True, slots=True)
class ActionType(Generic[OptionsT]):
    """Something that automations can do; one file in `actions/` each. Pure."""

    summary: str
    options: type[OptionsT]
    """What an automation may set beside `action`."""
    plan: Callable[[Situation, OptionsT], Change | Iterable[Change] | None]
    """The changes for this situation and these options; None if there is nothing to do."""
    writes: tuple[str, ...]
    """Names of the effects that its changes may have."""
    does_without: tuple[str, ...] = ()
    """Options that are left out if their setting is unset; for any other the action is."""
    named: Callable[[OptionsT], Iterable[str]] = lambda _options: ()
    """People whom the options name, and whom the action leaves out if nobody has that name."""
    needs_task: bool = True
    """Whether it makes no sense for an automation about the whole workspace."""


@dataclass(frozen=True, slots=True)
class LostWrite:
    """What is known of a write whose end is not known."""

    since_ms: int
    """What it may have made is not older (Unix ms by ClickUp's clock)."""
    taken: Callable[[str], bool] = _never
    """Whether another write is known to have made the thing with this receipt."""


def swapped(change: Change, _receipt: Receipt) -> Change:
    """The way back where `before` is enough to restore."""
    shown = {"before": change.after, "after": change.before}
    return Change(change.kind, change.after, change.before, f"undo: {change.text}", shown)


def unless_chosen(
    read: Callable[[Task, Change], Json],
) -> Callable[[Task, Change], Change | None]:
    """`Effect.left` of a value that people choose, too; `shown` is what the task has of it."""

    def left(task: Task, change: Change) -> Change | None:
        now = read(task, change)
        if now == change.after:
            return replace(change, before=now)
        return change if now == change.before else None

    return left


def _as_it_was(raw: JsonObject, _change: Change) -> JsonObject:
    return raw


def no_echo(_item: HistoryItem) -> tuple[str, Json] | None:
    """No item of an event reports such a write."""
    return None


def _nothing_made(_change: Change, _id: str, _now_ms: int) -> JsonObject | None:
    return None


@dataclass(frozen=True, slots=True)
class Effect:
    """One sort of write to ClickUp; one file in `effects/` each, named as `Change.effect`."""

    summary: str
    write: Callable[[EffectClient, str, Change], Receipt]
    """Makes the change: client, task id, change. Twice does no more than once, or `find` tells
    after a cut call."""
    find: Callable[[EffectClient, Task, Change, LostWrite], Receipt | bool]
    """After a call whose answer was lost: client, the task as it is now, the change, what
    is known of the write. The receipt (True where there is none) if the change is there, else None.
    A thing that was made is looked for among all that are new enough, however many."""
    undo: Callable[[Change, Receipt], Change | None] = swapped
    """The change that takes it back, given its receipt; None if there is no way back."""
    echo: Callable[[HistoryItem], tuple[str, Json] | None] = no_echo
    """Kind and `after` of the change of this sort that a history item reports, else None. `after`
    is `store.tables.journal.ANY` if the item does not tell it."""
    receipt_in: Callable[[Event], Receipt] | None = None
    """The receipt of what an event reports to be made, such as a comment's id, else None. For
    echoes that a history item's value does not show; None: they all do."""
    made_task: Callable[[Receipt], str | None] = lambda _receipt: None
    """Id of the task that it made, by its receipt, else None. For what people did with it since."""
    left: Callable[[Task, Change], Change | None] | None = None
    """What is left of a change that was planned a while ago and not made: the task as it is now,
    and the change; it gives None if people have chosen otherwise since. None: always all of it."""
    patch: Callable[[JsonObject, Change], JsonObject] = _as_it_was
    """The task's wire form with the change made. Pure; for simulations."""
    history: Callable[[Change], str] = lambda _change: ""
    """Field of the history item in which ClickUp reports it; empty: in none. For simulations."""
    makes: Callable[[Change, str, int], JsonObject | None] = _nothing_made
    """The wire form of a new task: the change, its id, now (Unix ms). For simulations."""
    makes_new: bool = False
    """With nothing as `before` it makes a thing, and another one if it is written twice."""
    onto: Callable[[Change, Written], Change] | None = None
    """The change of what another one of its kind has made since it was planned. None: it begins
    where that one ended if `undo` is `swapped`, else it makes a thing of its own."""
    shared: Callable[[Change], str] = lambda _change: ""
    """The object that many tasks share and that it may create, such as a doc; empty: none."""
    mirrored: bool = False
    """ClickUp answers with the whole task, by which the mirror is up to date."""
    local: bool = False
    """Kept in the bot's own store: ClickUp gets nothing of it, and it costs no call."""
    events: tuple[str, ...] = ()
    """Webhook events that ClickUp sends when it is made."""
    touches: tuple[str, ...] = ()
    """Variables of conditions that it may change, such as `task.tags`."""
    opens: bool = False
    """With a value it begins what its automation ends, such as an incident."""

    def is_new(self, change: Change) -> bool:
        """Whether the change makes a thing, so that it must not be written twice."""
        return self.makes_new and change.before is None and change.after is not None


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of an automation's `do` or `then`."""

    name: str
    action: ActionType[Any]
    options: Table
    target: Target = "self"
    when: Condition | None = None
    """It is left out if this does not hold for the event's task; None: it is always done."""


@dataclass(frozen=True, slots=True)
class Example:
    """A situation in an automation's file, and the actions that it must lead to."""

    name: str
    event: Event
    task: Task
    now_ms: int
    context: Context
    """The context of the task for routing."""
    expect: tuple[JsonObject, ...]
    latched: bool = False
    """The automation has acted on the task before, and waits for `until`."""
    lookups: Lookups = NO_LOOKUPS
    related: Mapping[Target, tuple["Related", ...]] = field(default_factory=dict)
    held: int | None = None
    """The priority that the automation itself holds."""
    automation: "Automation | None" = None
    """The automation with the example's own settings, if those differ from what holds."""


@dataclass(frozen=True, slots=True)
class Automation:
    """One automation: a file in `automations/`, whose name is its name."""

    name: str
    file: Path
    summary: str
    on: frozenset[str]
    when: Condition | None
    """None: always."""
    do: tuple[Step, ...]
    cap: int
    """Most actions in one hour."""
    mode: Mode
    read_examples: Callable[[], tuple[Example, ...]]
    """Reads `examples` from the file."""
    canary: Canary | None = None
    until: Condition | None = None
    """If set, the automation acts once for a task, and again only after this has held."""
    after: timedelta | None = None
    """It acts so much later than it is triggered; None: at once."""
    unless: Condition | None = None
    """With `after`: it does not act if this is true then."""
    then: tuple[Step, ...] = ()
    """What it does when `until` holds."""
    schedule: ScheduleTable | None = None
    per: Per = "task"
    quiet: bool = False
    """Its actions wait for the end of quiet hours."""
    settings: tuple[Setting, ...] = ()
    """What a team can set without editing the file."""
    ignore: frozenset[str] = frozenset()
    """Changes of tasks that do not concern it: of these fields, or to these values (`priority:3`);
    `own`: what the bot's automations write."""
    spaces: frozenset[str] = frozenset()
    """Ids of the Spaces in which a template enables it although it is off."""
    left_out: tuple[tuple[str, str], ...] = ()
    """Names of actions that are left out, each with the setting that is unset."""

    @property
    def examples(self) -> tuple[Example, ...]:
        """Situations with the expected actions. They are read each time: only who tests the file
        wants them, and a bot that runs would keep more of them than of the automations.

        Raises:
            ContentError: the file cannot be used any more, or not with an example's settings.
        """
        return self.read_examples()

    @property
    def lacks(self) -> tuple[str, ...]:
        """Settings that are unset although an action needs them; optional ones only if nothing
        is left to do.
        """
        optional = {declared.name for declared in self.settings if declared.optional and self.do}
        named = dict.fromkeys(setting for _action, setting in self.left_out)
        return tuple(name for name in named if name not in optional)

    def step(self, place: str) -> Step | None:
        """The step at a place such as `do.0`; None: the file has changed since."""
        branch, _, number = place.partition(".")
        steps = self.then if branch == "then" else self.do
        return steps[int(number)] if int(number) < len(steps) else None

    @property
    def kind(self) -> str:
        """Kind of the events of its schedule."""
        return f"{SCHEDULE}:{self.name}"

    @property
    def is_off(self) -> bool:
        """Whether it is off in every Space."""
        return self.mode == "off" and not self.spaces

    def reaches(self, task: Task) -> bool:
        """Whether it is evaluated for this task."""
        return self.mode != "off" or task.space_id in self.spaces

    def mode_for(self, task: Task) -> Literal["shadow", "on"]:
        """Whether it acts on this task, or only says what it would do."""
        if self.mode == "canary":
            return "on" if self.canary and self.canary.has(task) else "shadow"
        return "on" if self.mode == "on" or task.space_id in self.spaces else "shadow"

    def switched_on(self) -> "Automation":
        """The same automation as if it acted, to try its examples whatever its mode is."""
        return replace(self, mode="on", quiet=False, after=None)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that it has."""
        steps = (step.when for step in (*self.do, *self.then))
        return tuple(filter(None, (self.when, self.unless, self.until, *steps)))


@dataclass(frozen=True, slots=True)
class Action:
    """One write that an automation wants, not done yet."""

    automation: str
    action: str
    """Name of the action that planned it."""
    task_id: str
    change: Change
    cause: str
    """Key of the event that led to it."""
    mode: Literal["shadow", "on"]
    cap: int
    chain: Chain = ()
    """What led to that event."""
    event_kind: str = ""
    """That event's name."""
    step: str = ""
    """Its place in the automation, such as `do.0`."""
    is_overtaken: bool = False
    """Somebody else has changed the value since that event; it is not done."""

    def describe(self) -> str:
        """One line for people; the same action always reads the same."""
        return f"{self.automation}: {self.action} {_about(self.task_id)}: {self.change.text}"


@dataclass(frozen=True, slots=True)
class Problem:
    """An automation or action that could not be evaluated for this event; the others go on."""

    automation: str
    task_id: str
    cause: str
    text: str
    """Which part of the automation, which option of it, and why."""
    action: str = ""
    """Name of the action; empty: the automation as a whole."""
    hint: str = ""
    """What to do about it."""
    event_kind: str = ""
    """Name of the event."""
    bug: Exception | None = field(default=None, compare=False, repr=False)
    """What was raised, if nobody expected it."""

    def describe(self) -> str:
        """One line for people."""
        return f"{self.automation}: {_about(self.task_id)}: {self.text}"


@dataclass(frozen=True, slots=True)
class Latch:
    """An automation with `until` has acted on the task (`on`), or may act again."""

    automation: str
    task_id: str
    cause: str
    on: bool


@dataclass(frozen=True, slots=True)
class Held:
    """An automation that would act now but waits, for the end of quiet hours or as long as it says
    itself (`delayed`); it is evaluated again then.
    """

    automation: str
    task_id: str
    event: Event = field(repr=False)
    chain: Chain
    until_ms: int
    delayed: bool = False

    @property
    def cause(self) -> str:
        """Key of the event that it would act on."""
        return self.event.key

    def describe(self) -> str:
        """One line for people."""
        return f"{self.automation}: {_about(self.task_id)}: {self.waits}"

    @property
    def waits(self) -> str:
        """For what."""
        over = f"until {format_moment(self.until_ms)}"
        return f"waits {over if self.delayed else 'for the end of quiet hours'}"


Finding = Action | Problem | Latch | Held


def _about(task_id: str) -> str:
    """What a finding is about; an automation for the whole workspace has no task."""
    return f"task {task_id}" if task_id else "workspace"
