"""The bot itself, over recorded events: same automations, same evaluation, simulated tasks.

A simulation has a store that is thrown away, a clock that follows the recordings, and effects that
change `SimulatedTasks` instead of ClickUp. Nothing is asked and nothing is written outside.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, Final

import orjson

from clickup_mlops.automations import load
from clickup_mlops.automations.model import Action, Automation, Problem
from clickup_mlops.automations.names import ANY_NAMES, Names
from clickup_mlops.automations.perform import State
from clickup_mlops.automations.vocabulary import own_events
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.handle.context.authorship import Authorship
from clickup_mlops.bot.handle.handler import DELETED
from clickup_mlops.bot.handle.initial_priorities import read_arrival_ms
from clickup_mlops.bot.handle.package import MOST_RECENT
from clickup_mlops.bot.internal_events import automation_of
from clickup_mlops.bot.packages import Builds, find_simulated
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.features.simulation.effects import SimulatedEffects
from clickup_mlops.features.simulation.packages import (
    WORKSPACE,
    SimulatedContext,
    SimulatedCore,
    SimulatedExecution,
    SimulatedHandling,
    SimulatedReader,
    SimulationParts,
)
from clickup_mlops.features.simulation.simulated import Did
from clickup_mlops.features.simulation.tables.recordings import Recorded, Recording
from clickup_mlops.features.simulation.tasks import SimulatedTasks
from clickup_mlops.routing.own_words import Authors, ChainedAuthors, Classifier
from clickup_mlops.routing.router import CachedClassifier, Router, Spaces
from clickup_mlops.store import DecisionRow, InboxRow, Override, Store
from clickup_mlops.store.tables.inbox import READY

_NEVER: Final = 2**62


@dataclass(frozen=True, slots=True)
class SimulationContext:
    """What a simulation shares with the real bot, because it asks nobody: its classifier, names of
    people and Lists, what templates say about their Spaces, and who wrote the tasks.
    """

    classifier: Classifier
    names: Names = ANY_NAMES
    spaces: Spaces | None = None
    authors: Authors | None = None


@dataclass(frozen=True, slots=True)
class InitialState:
    """What the bot knew when a simulation begins: its last decision about each task, and the
    priorities that people had set.
    """

    decisions: Sequence[DecisionRow] = ()
    overrides: Sequence[Override] = ()


EMPTY_STATE: Final = InitialState()


class Simulation:
    """`replay` one recording after the other; `did` is what the automations would have done."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        automations: Sequence[Automation],
        context: SimulationContext,
    ) -> None:
        self.clock_ms, self.store = 0, store
        self.tasks = SimulatedTasks(load.find_effects())
        self.reader = SimulatedReader(self.tasks)
        self.actions: list[Did] = []
        self.events = 0
        self._numbers = count(1)
        self._pending: list[InboxRow] = []
        self._replayed: set[str] = set()
        self._handled: dict[str, deque[InboxRow]] = {}
        core = SimulatedCore(settings, store, lambda: self.clock_ms)
        parts = self._build_parts(core, automations, context)
        builds = Builds(
            context=partial(SimulatedContext, parts=parts),
            execution=partial(SimulatedExecution, parts=parts),
            handling=partial(SimulatedHandling, parts=parts),
            features=find_simulated,
        )
        self._bot = Bot(core, builds)
        self._schedules = self._bot.sources.schedules
        self._due: dict[str, int] = {}

    def _build_parts(
        self, core: SimulatedCore, automations: Sequence[Automation], context: SimulationContext
    ) -> SimulationParts:
        earlier_authors = () if context.authors is None else (context.authors,)
        router = Router(
            core.settings.routing,
            CachedClassifier(context.classifier),
            context.spaces,
            ChainedAuthors(*earlier_authors, Authorship(self.store, clock=core.now_ms)),
        )
        simulated = SimulatedEffects(self.tasks, self._mirror, self._emit, core.now_ms)
        effects = {name: simulated.effect(effect) for name, effect in load.find_effects().items()}
        chosen = tuple(automations)
        return SimulationParts(
            chosen,
            router,
            context.names,
            self.reader,
            effects,
            report=self._note,
            recent=self._recent,
        )

    # -- what happens

    def begin(
        self, tasks: Iterable[Mapping[str, Any]], at_ms: int, state: InitialState = EMPTY_STATE
    ) -> None:
        """The tasks and what the bot knew, before the first recording."""
        self.clock_ms = at_ms
        read_arrival_ms(self.store, at_ms)
        self._due = {
            automation.name: self._next_ms(automation) for automation in self._schedules.automations
        }
        for row in state.decisions:
            self.store.decisions.put(row.task_id, row.body, row.event_key, row.decided_ms)
        for override in state.overrides:
            self.store.overrides.put_first(override, 0)
        for raw in tasks:
            self.tasks.by_id[str(raw["id"])] = raw
        self.store.mirror.put_many(WORKSPACE, self.tasks.by_id.values(), at_ms)

    def replay(self, recording: Recording) -> None:
        """Run everything that was due before, then these events."""
        self.advance_to(recording.at_ms)
        events = [
            self._read(recorded)
            for recorded in recording.events
            if recorded.key not in self._replayed
        ]
        self._replayed |= {event.key for event, _ in events}
        if any(event.kind == DELETED for event, _ in events):
            self.tasks.forget(recording.task_id)
        else:
            items = ((item, ours) for event, ours in events for item in event.items)
            self._mirror(self.tasks.replay(recording, items))
        # Internal events (schedules, quiet hours, incidents) come from the bot here, too.
        foreign = [e for e, ours in events if not ours and not _is_internal(e)]
        self.events += len(foreign)
        self._pending += [
            self._row(e.raw, e.key, recording.task_id, e.list_id, self._when(e)) for e in foreign
        ]
        self._run_all()

    def _when(self, event: Event) -> int | None:
        return webhook.choose_time_ms(event, self.clock_ms)

    def _read(self, recorded: Recorded) -> tuple[Event, bool]:
        return webhook.parse(orjson.dumps(recorded.body), known_key=recorded.key), recorded.ours

    def advance_to(self, at_ms: int) -> None:
        """Schedules and held automations whose time comes before then."""
        while (due_ms := self._next_due_ms()) is not None and due_ms < at_ms:
            self.clock_ms = max(self.clock_ms, due_ms)
            self._tick()
            self._run_all()
        self.clock_ms = max(self.clock_ms, at_ms)

    def _tick(self) -> None:
        for automation in self._schedules.automations:
            if self._due[automation.name] <= self.clock_ms:
                self._schedules.insert(automation, self._due[automation.name])
                self._due[automation.name] = self._next_ms(automation)

    def _next_ms(self, automation: Automation) -> int:
        schedule = automation.schedule
        return (schedule.next_ms(self.clock_ms) if schedule else None) or _NEVER

    def _next_due_ms(self) -> int | None:
        held = self.store.waiting.next_due_ms()
        times = [*self._due.values(), *([held] if held is not None else [])]
        return min(times, default=None)

    def _run_all(self) -> None:
        """Until nothing moves any more, our own echoes included."""
        while self._pending or self._bot.run_until_idle():
            pending, self._pending = self._pending, []
            lanes: dict[str, list[InboxRow]] = {}
            for row in pending:
                lanes.setdefault(row.lane, []).append(row)
            for rows in lanes.values():
                self._handle(rows)

    def _handle(self, rows: list[InboxRow]) -> None:
        """Past the inbox, which costs more than the evaluation; what fails goes there."""
        self._handled.setdefault(rows[0].lane, deque(maxlen=MOST_RECENT)).extend(rows)
        try:
            self._bot.handling.handler.handle(rows)
            self.store.flush()  # as the end of events in the inbox does
        except Exception:
            self.store.inbox.put_many(rows)

    def _recent(self, lane: str) -> Sequence[InboxRow]:
        return self._handled.get(lane, ())

    def _mirror(self, raw: Mapping[str, Any] | None) -> None:
        if raw is not None:
            self.store.mirror.put_many(WORKSPACE, [raw], self.clock_ms, wait=False)

    def _emit(self, body: Mapping[str, Any]) -> None:
        (item,) = body["history_items"]
        key, task_id = f"{WORKSPACE}:{next(self._numbers)}", str(body["task_id"])
        self._pending.append(self._row(body, key, task_id, item["parent_id"], self.clock_ms))

    def _note(self, finding: Action | Problem, state: State) -> None:
        task = Task.parse(self.tasks.by_id.get(finding.task_id, {"id": finding.task_id}))
        change = finding.change if isinstance(finding, Action) else None
        self.actions.append(
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


def _is_internal(event: Event) -> bool:
    return bool(automation_of(event)) or event.kind in own_events()
