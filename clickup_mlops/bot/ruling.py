"""Asks the rules about a task and its events, with all that they may look at."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.judgings import LATCH, Judging, latch_name
from clickup_mlops.bot.people import Heard
from clickup_mlops.bot.surroundings import Surroundings
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decision import URGENT, Decision
from clickup_mlops.routing.router import Router
from clickup_mlops.rules import engine
from clickup_mlops.rules.model import Action, Finding, Latch, Problem, Rule, Situation, Written
from clickup_mlops.rules.names import Names
from clickup_mlops.store import Store


@dataclass
class Case:
    """One task with its events, while they are judged. Routing is asked at most once."""

    task: Task
    heard: Sequence[Heard]
    decide: Callable[[], Decision]

    @cached_property
    def decision(self) -> Decision:
        """What routing wants."""
        return self.decide()

    @property
    def routed(self) -> Decision | None:
        """The decision, if any rule asked for it."""
        found: Decision | None = self.__dict__.get("decision")
        return found


class Ruling:
    """Makes `Judging`s; writes nothing."""

    def __init__(
        self,
        store: Store,
        rules: Sequence[Rule],
        router: Router,
        surroundings: Surroundings,
        *,
        names: Names,
        hops: int,
        clock: Clock,
    ) -> None:
        self._store, self.rules, self._router = store, rules, router
        self._surroundings, self._names = surroundings, names
        self._hops, self._clock = hops, clock

    def listened(self, kind: str, author: str) -> bool:
        """Whether a rule other than this one wants to hear of such events."""
        return any(engine.listens(rule, kind, author) for rule in self.rules)

    @contextmanager
    def judging(self, task: Task, heard: Sequence[Heard]) -> Iterator[Judging]:
        """What is wanted. Within the context an Urgent that it gives counts for its list's cap."""
        case = self._case(task, heard)
        promises = self._surroundings.promises
        with promises.lock:
            judging = self._judged(case)
            urgent = case.routed and case.routed.changes and case.routed.priority == URGENT
            if urgent:
                promises.make(task.list_id, task.id)
        try:
            yield judging
        finally:
            if urgent:
                self._kept(task)

    def _kept(self, task: Task) -> None:
        """The others in the list must count the task as Urgent in the mirror from now on."""
        try:
            self._store.flush()
        finally:
            self._surroundings.promises.keep(task.list_id, task.id)

    def _case(self, task: Task, heard: Sequence[Heard]) -> Case:
        def decide() -> Decision:
            now = self._clock()
            context = self._surroundings.of(task, heard[-1].event.key, now)
            return self._router.route(task, context, now)

        return Case(task, heard, decide)

    def _judged(self, case: Case) -> Judging:
        """Each wanted change once, however many events ask for it."""
        found: dict[Any, Finding] = {}
        muted = self._store.mutes.of(case.task.id, self._clock())
        rules = [rule for rule in self.rules if rule.name not in muted]
        for one in case.heard:
            for finding in engine.judge(rules, self._situation(case, one), hops=self._hops):
                _note(found, finding)
        keys = tuple(one.event.key for one in case.heard)
        routed = case.routed
        return Judging(keys, tuple(found.values()), routed.to_dict() if routed else None)

    def _situation(self, case: Case, heard: Heard) -> Situation:
        task_id = case.task.id
        return Situation(
            heard.event,
            case.task,
            self._clock(),
            lambda: case.decision,
            {},
            written=lambda kind: self._written(task_id, kind),
            names=self._names,
            chain=heard.chain,
            latched=lambda rule: self._latched(rule, task_id),
        )

    def _written(self, task_id: str, kind: str) -> Written | None:
        row = self._store.journal.latest_done(task_id, kind)
        return Written(row.after, row.receipt, row.begun_ms) if row else None

    def _latched(self, rule: str, task_id: str) -> bool:
        return self._store.notes.get(LATCH, latch_name(rule, task_id)) is not None


def _note(found: dict[Any, Finding], one: Finding) -> None:
    """One write of a kind by a rule's step: what the newest event asks for holds."""
    if isinstance(one, Latch):
        found[one.rule, "latch"] = one
    elif isinstance(one, Problem):
        found.setdefault((one.rule, one.text), one)
    else:
        same = one.rule, one.verb, one.task_id, one.change.kind
        older = found.get(same)
        if not isinstance(older, Action) or older.change.after != one.change.after:
            found[same] = one
