"""The bot itself, over what was heard before: same automations, same judging, another world.

A simulation has a store that is thrown away, a clock that follows the recordings, and effects that
change the `World` instead of ClickUp. Nothing is asked and nothing is written outside.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from types import SimpleNamespace
from typing import Any, Final

import orjson

from clickup_mlops.automations import load
from clickup_mlops.automations.model import Action, Automation, Effect, Problem
from clickup_mlops.automations.names import ANY_NAMES, Names
from clickup_mlops.automations.perform import Hands, State
from clickup_mlops.automations.simulated import Did
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.building import part
from clickup_mlops.bot.handling.context.reader import Wanted
from clickup_mlops.bot.handling.first_sight import came
from clickup_mlops.bot.handling.handler import DELETED
from clickup_mlops.bot.handling.mirrored_client import LaneJournal
from clickup_mlops.bot.handling.slash_commands import SlashCommands
from clickup_mlops.bot.lanes.internal_events import automation_of
from clickup_mlops.bot.settings import Settings
from clickup_mlops.bot.simulation.effects import US, Stage
from clickup_mlops.bot.simulation.tasks import World
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.errors import NotFound
from clickup_mlops.routing.router import Router, Spaces
from clickup_mlops.store import DecisionRow, InboxRow, Override, Store
from clickup_mlops.store.tables.inbox import READY
from clickup_mlops.store.tables.recordings import Recorded, Recording

_NEVER: Final = 2**62
WORKSPACE: Final = "simulation"


@dataclass(frozen=True, slots=True)
class Cast:
    """What a simulation shares with the real bot, because it asks nobody: its classifier, names of
    people and Lists, and what templates say about their Spaces.
    """

    classifier: Any
    names: Names = ANY_NAMES
    spaces: Spaces | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the bot knew when a simulation begins: its last decision about each task, and the
    priorities that people had set.
    """

    decisions: Sequence[DecisionRow] = ()
    kept: Sequence[Override] = ()


NOTHING_KNOWN: Final = Known()


class Offline:
    """The reader of a simulation: tasks of the world, without a call."""

    longest_wait_ms = 0

    def __init__(self, world: World) -> None:
        self._world = world
        self.reads = 0

    def read(self, wanted: Wanted) -> Task:
        """The task. Raises NotFound."""
        return self.read_now(wanted.task_id)

    def read_now(self, task_id: str) -> Task:
        """The task. Raises NotFound."""
        raw = self._world.tasks.get(task_id)
        if raw is None:
            raise NotFound(f"task {task_id} is not known", call="GET /api/v2/task/{task_id}")
        self.reads += 1
        return Task.parse(raw)


class Simulation(Bot):
    """`hear` one recording after the other; `did` is what the automations would have done."""

    def __init__(
        self, settings: Settings, store: Store, automations: Sequence[Automation], cast: Cast
    ) -> None:
        self.clock_ms = 0
        super().__init__(settings, lambda: self.clock_ms)
        self.use(store=store, automations=tuple(automations), directory=cast.names)
        self._classifier, self._spaces = cast.classifier, cast.spaces
        self.world = World(load.find_effects())
        self.did: list[Did] = []
        self.events = 0
        self._numbers = count(1)
        self._told: list[InboxRow] = []
        self._heard: set[str] = set()

    # -- what happens

    def begin(
        self, tasks: Iterable[Mapping[str, Any]], at_ms: int, known: Known = NOTHING_KNOWN
    ) -> None:
        """The board before the first recording."""
        self.clock_ms = at_ms
        came(self.store, at_ms)
        for row in known.decisions:
            self.store.decisions.put(row.task_id, row.body, row.event_key, row.decided_ms)
        for kept in known.kept:
            self.store.overrides.put_first(kept, 0)
        for raw in tasks:
            self.world.tasks[str(raw["id"])] = raw
        self.store.mirror.put_many(WORKSPACE, self.world.tasks.values(), at_ms)

    def hear(self, one: Recording) -> None:
        """Everything that was due before, then these events."""
        self.wait_until(one.at_ms)
        told = [self._read(each) for each in one.events if each.key not in self._heard]
        self._heard |= {event.key for event, _ in told}
        if any(event.kind == DELETED for event, _ in told):
            self.world.forget(one.task_id)
        else:
            items = ((item, ours) for event, ours in told for item in event.items)
            self._mirror(self.world.hear(one, items))
        # What the bot told itself (schedules, quiet hours) it tells itself here, too.
        foreign = [e for e, ours in told if not ours and not automation_of(e)]
        self.events += len(foreign)
        self._told += [
            self._row(e.raw, e.key, one.task_id, e.list_id, self._when(e)) for e in foreign
        ]
        self._settle()

    def _when(self, event: Event) -> int | None:
        return webhook.happened_ms(event, self.clock_ms)

    def _read(self, told: Recorded) -> tuple[Event, bool]:
        return replace(webhook.parse(orjson.dumps(told.body)), key=told.key), told.ours

    def wait_until(self, at_ms: int) -> None:
        """Schedules and held automations whose time comes before then."""
        while (due_ms := self._next_due_ms()) is not None and due_ms < at_ms:
            self.clock_ms = max(self.clock_ms, due_ms)
            self._tick()
            self._settle()
        self.clock_ms = max(self.clock_ms, at_ms)

    def _tick(self) -> None:
        for automation in self._scheduled:
            if automation.schedule and self._due[automation.name] <= self.clock_ms:
                self.scheduled.insert(automation, self._due[automation.name])
                self._due[automation.name] = automation.schedule.next_ms(self.clock_ms) or _NEVER

    @part
    def _scheduled(self) -> list[Automation]:
        return [
            automation
            for automation in self.automations
            if automation.schedule and automation.mode != "off"
        ]

    @part
    def _due(self) -> dict[str, int]:
        times = ((automation.name, automation.schedule) for automation in self._scheduled)
        return {name: (each and each.next_ms(self.clock_ms)) or _NEVER for name, each in times}

    def _next_due_ms(self) -> int | None:
        held = self.store.waiting.next_due_ms()
        times = [*self._due.values(), *([held] if held is not None else [])]
        return min(times, default=None)

    def _settle(self) -> None:
        """Until nothing moves any more, our own echoes included."""
        while self._told or self.run_until_idle():
            told, self._told = self._told, []
            lanes: dict[str, list[InboxRow]] = {}
            for row in told:
                lanes.setdefault(row.lane, []).append(row)
            for rows in lanes.values():
                self._handle(rows)

    def _handle(self, rows: list[InboxRow]) -> None:
        """Past the inbox, which costs more than the judging; what fails goes there."""
        try:
            self.intake.handle(rows)
        except Exception:
            self.store.inbox.put_many(rows)

    # -- instead of ClickUp

    @part
    def reader(self) -> Any:
        """Tasks of the world."""
        return Offline(self.world)

    @property
    def workspace_id(self) -> str:
        """No real one."""
        return WORKSPACE

    @property
    def user_id(self) -> int:
        """No real one."""
        return US

    @part
    def jobs(self) -> Any:
        """Rounds that need ClickUp do not come."""
        return SimpleNamespace(by_name={})

    @part
    def router(self) -> Router:
        """As configured; each text is read once."""
        return Router(self.settings.routing, Remembering(self._classifier), self._spaces)

    @part
    def slash_commands(self) -> SlashCommands:
        """Whoever gave a command might do so. There is nothing here for `/undo`."""
        return SlashCommands(
            self.store,
            self._hands,
            lambda _user_id: "member",
            self._terms,
            undo=lambda *_: "",
            clock=self.now_ms,
        )

    @part
    def effects(self) -> Mapping[str, Effect]:
        """They change the world, and know their echoes by what the stage says."""
        stage = Stage(self.world, self._mirror, self._say, self.now_ms)
        return {name: stage.simulated(each) for name, each in load.find_effects().items()}

    @part
    def _hands(self) -> Hands:
        kept = SimpleNamespace(overrides=self.store.overrides, workspace_id=WORKSPACE)
        journal = LaneJournal(self.store.journal)
        return Hands(clickup=kept, effects=self.effects, journal=journal, told=self._note)

    def _mirror(self, raw: Mapping[str, Any] | None) -> None:
        if raw is not None:
            self.store.mirror.put_many(WORKSPACE, [raw], self.clock_ms, wait=False)

    def _say(self, body: Mapping[str, Any]) -> None:
        (item,) = body["history_items"]
        key, task_id = f"{WORKSPACE}:{next(self._numbers)}", str(body["task_id"])
        self._told.append(self._row(body, key, task_id, item["parent_id"], self.clock_ms))

    def _note(self, finding: Action | Problem, state: State) -> None:
        task = Task.parse(self.world.tasks.get(finding.task_id, {"id": finding.task_id}))
        change = finding.change if isinstance(finding, Action) else None
        self.did.append(
            Did(
                self.clock_ms,
                finding.task_id,
                task.name,
                finding.automation,
                change.kind if change else "",
                change.before if change else None,
                change.after if change else None,
                change.text if change else finding.describe(),
                state,
            )
        )

    def _row(
        self,
        body: Mapping[str, Any],
        key: str,
        lane: str,
        list_id: str | None,
        event_ms: int | None,
    ) -> InboxRow:
        return InboxRow(
            key=key,
            source="hook",
            workspace=WORKSPACE,
            kind=str(body["event"]),
            lane=lane,
            list_id=list_id,
            body=orjson.dumps(body),
            event_ms=event_ms,
            received_ms=self.clock_ms,
            id=next(self._numbers),
            state=READY,
            attempts=0,
            due_ms=self.clock_ms,
            error="",
        )


class Remembering:
    """A classifier that reads each text once."""

    def __init__(self, classifier: Any) -> None:
        self.classify = lru_cache(maxsize=20_000)(classifier.classify)
