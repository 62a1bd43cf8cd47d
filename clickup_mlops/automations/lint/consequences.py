"""What automations would set off: their writes, the events that ClickUp would send of them, and so
on.

Follows the task itself and the tasks that are made; writes on related tasks are not followed. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from clickup_mlops.automations.engine import judge, listens
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
from clickup_mlops.json_types import Json
from clickup_mlops.routing.facts import Context, Override

_US: Final = -1
_CREATED: Final = "task_creation"
_FAR: Final = 1_000
"""The limit is kept here, not by the engine."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Scene:
    """A task and the event about it, on the way."""

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
    one = sample.example
    latched = frozenset([sample.owner]) if one.latched else frozenset[str]()
    scene = _Scene(one, one.task, one.event, one.context, latched=latched)
    yield from _from(subject, automation, scene, _judged(subject, automation, scene))


def _from(
    subject: Subject, automation: Automation, scene: _Scene, found: tuple[Finding, ...]
) -> Iterator[Path]:
    if not any(isinstance(one, Action) for one in found):
        return
    path = (*scene.path, automation.name)
    if len(scene.path) >= subject.hops:
        yield path
        return
    for after, events in _afterwards(subject, replace(scene, path=path), found):
        for other in subject.active:
            yield from _next(subject, other, after, events)


def _next(
    subject: Subject, automation: Automation, scene: _Scene, events: tuple[Event, ...]
) -> Iterator[Path]:
    """One write is told by several events; the first that makes it act stands for all."""
    for event in events:
        if not listens(automation, event.kind, scene.path[-1]):
            continue
        heard = replace(scene, event=event)
        found = _judged(subject, automation, heard)
        if any(isinstance(one, Action) for one in found):
            yield from _from(subject, automation, heard, found)
            return


def _judged(subject: Subject, automation: Automation, scene: _Scene) -> tuple[Finding, ...]:
    one, written = scene.example, scene.written or {}
    own = (
        one.automation if one.automation and one.automation.name == automation.name else automation
    )
    situation = Situation(
        scene.event,
        scene.task,
        one.now_ms,
        lambda: subject.router.route(scene.task, scene.context, one.now_ms),
        one.metrics,
        written=written.get,
        chain=tuple((f"hop {n}", name) for n, name in enumerate(scene.path, 1)),
        latched=lambda name: name in scene.latched,
        around=one.around,
        related=lambda target: one.related.get(target, ()),
    )
    return judge([own.switched_on()], situation, hops=_FAR)


# What becomes of it


def _afterwards(
    subject: Subject, scene: _Scene, found: tuple[Finding, ...]
) -> Iterator[tuple[_Scene, tuple[Event, ...]]]:
    """The task with all changes and the events about it; then each task that was made."""
    actions = [one for one in found if isinstance(one, Action)]
    own = [one.change for one in actions if one.task_id == scene.task.id]
    yield _changed(subject, _latched(scene, found), own)
    for number, change in enumerate(one.change for one in actions):
        effect = subject.effects[change.effect]
        raw = effect.makes(change, f"{scene.task.id}-{number}", scene.example.now_ms)
        if raw is not None:
            task = Task.parse(raw)
            made = replace(scene, task=task, context=Context(), written=None, latched=frozenset())
            yield made, _events(made, effect, _CREATED)


def _changed(
    subject: Subject, scene: _Scene, changes: list[Change]
) -> tuple[_Scene, tuple[Event, ...]]:
    raw, context, events = scene.task.raw, scene.context, list[Event]()
    written = dict(scene.written or {})
    for change in changes:
        effect = subject.effects[change.effect]
        raw, context = effect.patch(raw, change), _held(context, change)
        written[change.kind] = Written(change.after, "", scene.example.now_ms)
        events += _events(scene, effect, effect.history(change))
    after = replace(scene, task=Task.parse(raw), context=context, written=written)
    return after, tuple(events)


def _held(context: Context, change: Change) -> Context:
    """A priority that routing leaves alone from now on."""
    if change.effect != "hold":
        return context
    kept = change.after and Override(
        change.after["priority"],
        "",
        change.after["since_ms"],
        change.after["until_ms"],
        automation=change.after.get("automation", ""),
    )
    return replace(context, override=kept)


def _events(scene: _Scene, effect: Effect, field: str) -> tuple[Event, ...]:
    """What ClickUp would say about a write; nothing if the effect does not know it."""
    now_ms, task = scene.example.now_ms, scene.task
    item = HistoryItem("hop", field, now_ms, _US, task.list_id, None, None, {})
    facts: dict[str, Json] = {"items": (item,), "raw": {}, "task_id": task.id, "date_ms": now_ms}
    return tuple(
        replace(scene.event, key=f"hop {len(scene.path)}", kind=kind, **facts)
        for kind in (effect.events if field else ())
    )


def _latched(scene: _Scene, found: tuple[Finding, ...]) -> _Scene:
    latched = set(scene.latched)
    for one in found:
        if isinstance(one, Latch):
            (latched.add if one.on else latched.discard)(one.automation)
    return replace(scene, latched=frozenset(latched))
