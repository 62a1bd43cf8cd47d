"""What automations would set off: their writes, the events that ClickUp would send of them, and so
on.

Follows the task itself and the tasks that are made; writes on related tasks are not followed. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from clickup_mlops.automations.engine import evaluate, listens
from clickup_mlops.automations.lint.model import Sample, Subject
from clickup_mlops.automations.model import (
    Action,
    Automation,
    Change,
    Effect,
    Example,
    Finding,
    Latch,
    Situation,
    Written,
)
from clickup_mlops.clickup.model import Event, HistoryItem, Task
from clickup_mlops.routing.facts import Context, Override

_US: Final = -1
_CREATED: Final = "task_creation"
_FAR: Final = 1_000
"""The limit is kept here, not by the engine."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """A task and the event about it, after some writes."""

    example: Example
    """What stays as it is around the task."""
    task: Task
    event: Event
    context: Context
    path: Path = ()
    """The automations that acted so far."""
    written: Mapping[str, Written] | None = None
    latched: frozenset[str] = frozenset()


def stopped(subject: Subject, automation: Automation, sample: Sample) -> Iterator[Path]:
    """The chains that begin with this automation in this situation and are longer than allowed: the
    automations in the order in which they acted, with the one that is stopped.
    """
    example = sample.example
    latched = frozenset([sample.owner]) if example.latched else frozenset[str]()
    state = _State(example, example.task, example.event, example.context, latched=latched)
    yield from _from(subject, automation, state, _evaluated(subject, automation, state))


def _from(
    subject: Subject, automation: Automation, state: _State, findings: tuple[Finding, ...]
) -> Iterator[Path]:
    if not any(isinstance(finding, Action) for finding in findings):
        return
    path = (*state.path, automation.name)
    if len(state.path) >= subject.hops:
        yield path
        return
    for after, events in _afterwards(subject, replace(state, path=path), findings):
        for next_automation in subject.active:
            yield from _next(subject, next_automation, after, events)


def _next(
    subject: Subject, automation: Automation, state: _State, events: tuple[Event, ...]
) -> Iterator[Path]:
    """One write is reported by several events; the first that makes it act stands for all."""
    for event in events:
        if not listens(automation, event, state.path[-1]):
            continue
        changed = replace(state, event=event)
        findings = _evaluated(subject, automation, changed)
        if any(isinstance(finding, Action) for finding in findings):
            yield from _from(subject, automation, changed, findings)
            return


def _evaluated(subject: Subject, automation: Automation, state: _State) -> tuple[Finding, ...]:
    example, writes = state.example, state.written or {}
    evaluated_automation = (
        example.automation
        if example.automation and example.automation.name == automation.name
        else automation
    )
    situation = Situation(
        state.event,
        state.task,
        example.now_ms,
        lambda: subject.router.route(state.task, state.context, example.now_ms),
        written=writes.get,
        chain=tuple((f"hop {n}", name) for n, name in enumerate(state.path, 1)),
        latched=lambda name: name in state.latched,
        lookups=example.lookups,
        related=lambda target: example.related.get(target, ()),
    )
    return evaluate([evaluated_automation.switched_on()], situation, hops=_FAR)


# What becomes of it


def _afterwards(
    subject: Subject, state: _State, findings: tuple[Finding, ...]
) -> Iterator[tuple[_State, tuple[Event, ...]]]:
    """The task with all changes and the events about it; then each task that was made."""
    actions = [entry for entry in findings if isinstance(entry, Action)]
    changes = [entry.change for entry in actions if entry.task_id == state.task.id]
    yield _changed(subject, _latched(state, findings), changes)
    for number, change in enumerate(entry.change for entry in actions):
        effect = subject.effects[change.effect]
        raw = effect.makes(change, f"{state.task.id}-{number}", state.example.now_ms)
        if raw is not None:
            task = Task.parse(raw)
            created = replace(
                state, task=task, context=Context(), written=None, latched=frozenset()
            )
            yield created, _events(created, effect, _CREATED)


def _changed(
    subject: Subject, state: _State, changes: list[Change]
) -> tuple[_State, tuple[Event, ...]]:
    raw, context, events = state.task.raw, state.context, list[Event]()
    writes = dict(state.written or {})
    for change in changes:
        effect = subject.effects[change.effect]
        raw, context = effect.patch(raw, change), _held(context, change)
        writes[change.kind] = Written(change.after, "", state.example.now_ms)
        events += _events(state, effect, effect.history(change))
    after = replace(state, task=Task.parse(raw), context=context, written=writes)
    return after, tuple(events)


def _held(context: Context, change: Change) -> Context:
    """A priority that routing leaves alone from now on."""
    if change.effect != "hold":
        return context
    override = change.after and Override(
        change.after["priority"],
        "",
        change.after["since_ms"],
        change.after["until_ms"],
        automation=change.after.get("automation", ""),
    )
    return replace(context, override=override)


def _events(state: _State, effect: Effect, field: str) -> tuple[Event, ...]:
    """What ClickUp would say about a write; nothing if the effect does not know it."""
    now_ms, task = state.example.now_ms, state.task
    item = HistoryItem("hop", field, now_ms, _US, task.list_id, None, None, {})
    facts: dict[str, Any] = {"items": (item,), "raw": {}, "task_id": task.id, "date_ms": now_ms}
    return tuple(
        replace(state.event, key=f"hop {len(state.path)}", kind=kind, **facts)
        for kind in (effect.events if field else ())
    )


def _latched(state: _State, findings: tuple[Finding, ...]) -> _State:
    latched = set(state.latched)
    for finding in findings:
        if isinstance(finding, Latch):
            (latched.add if finding.on else latched.discard)(finding.automation)
    return replace(state, latched=frozenset(latched))
