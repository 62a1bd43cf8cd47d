"""What another policy would change, over the tasks that the bot knows. No call, no write."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from clickup_mlops.bot.handle.context.authorship import Authorship
from clickup_mlops.bot.handle.context.routing_context import for_routing
from clickup_mlops.bot.handle.initial_priorities import InitialPriorities
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import InputError
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.own_words import Classifier
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import CachedClassifier, Router
from clickup_mlops.routing.what_if import Board, Move, Watch, find_moves
from clickup_mlops.spelling import SENTENCE, suggest_word
from clickup_mlops.store import Store

_FORM = "Write it as in the settings file: --set routing.urgency.soon=5d is not TOML, "
_HINT = f"{_FORM}--set 'routing.urgency.soon=\"P5D\"' is."


@dataclass(frozen=True, slots=True)
class Question:
    """Which policies to compare, and in which List (name or id; empty: in all)."""

    now: Policy
    then: Policy
    place: str = ""


def ask(
    store: Store, classifier: Classifier, question: Question, now_ms: int, *, watch: Watch = iter
) -> tuple[int, list[Move]]:
    """How many tasks were evaluated, and those that would move, the most important first.

    Raises:
        InputError: no open task is in a List of that name; names the nearest.
    """
    with_text = CachedClassifier(classifier), store.space_policies, Authorship(store)
    routers = Router(question.now, *with_text), Router(question.then, *with_text)
    names: set[str] = set()
    evaluated, moves = 0, list[Move]()
    for board in _boards(store, question.now, now_ms, watch):
        names.update(task.list_name for task in board.tasks)
        tasks = _placed(board.tasks, question.place)
        evaluated += len(tasks)
        moves += find_moves(board, *routers, tasks)
    if question.place and not evaluated:
        raise _unknown(question.place, sorted(names))
    return evaluated, sorted(moves, key=_order)


def _order(move: Move) -> tuple[int, str, str]:
    return move.after.priority or 0, move.task.list_name, move.task.id


def _boards(store: Store, policy: Policy, now_ms: int, watch: Watch) -> Iterator[Board]:
    """One for each List, so that only its tasks are in memory."""
    held_by_people = {override.task_id: override for override in store.overrides.list(now_ms)}
    first_sight = InitialPriorities(store, policy, lambda: now_ms, lambda: None)
    for list_id in watch(store.mirror.open_lists()):
        tasks = [Task.parse(row.raw) for row in store.mirror.all_open(list_id)]
        latest = store.decisions.latest_of([task.id for task in tasks])
        breaches_by_task = {row.task_id: row.body.get("breaches", ()) for row in latest}
        new = (task for task in tasks if task.id not in breaches_by_task)
        first = ((task.id, first_sight.of(task, now_ms, now_ms)) for task in new)
        held = dict(first) | {
            task.id: held_by_people[task.id] for task in tasks if task.id in held_by_people
        }
        routing_overrides = {task_id: for_routing(override) for task_id, override in held.items()}
        overrides = {
            task_id: override
            for task_id, override in routing_overrides.items()
            if override is not None
        }
        yield Board(tasks, overrides, now_ms, partial(_elsewhere, store), breaches_by_task)


def _elsewhere(store: Store, task_ids: Sequence[str]) -> dict[str, Task]:
    rows = store.mirror.get_many(task_ids).values()
    return {row.task_id: Task.parse(row.raw) for row in rows if store.mirror.is_open(row.raw)}


def _placed(tasks: Sequence[Task], place: str) -> Sequence[Task]:
    list_name = place.strip().casefold()
    return [t for t in tasks if list_name in ("", t.list_name.casefold(), t.list_id)]


def _unknown(place: str, names: Sequence[str]) -> InputError:
    listed = f"Known: {', '.join(names) or 'none'}"
    hint = suggest_word(place, names, SENTENCE, otherwise=listed)
    return InputError(f'No open task is known in a List "{place}"', hint=hint)


def settings_of(assignments: Sequence[str]) -> dict[str, Any]:
    """Assignments such as `routing.urgency.soon="P5D"` as nested settings. The value is TOML; what
    is not, is taken as text.

    Raises:
        InputError: it is no assignment, or not one of the policy's.
    """
    merged: dict[str, Any] = {}
    for text in assignments:
        _merge(merged, _assigned(text))
    return merged


def _assigned(text: str) -> dict[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise InputError(f"--set {text}: KEY=VALUE is wanted", hint=_HINT)
    if key.strip().partition(".")[0] != "routing" or "." not in key:
        raise InputError(
            f"--set {text}: only keys of the policy, such as routing.urgency.soon, can be tried",
            hint="For changed automations use `clickup-mlops automations simulate`.",
        )
    return _parsed(text) or _parsed(f"{key}={_quoted(value)}") or _refused(text)


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _quoted(value: str) -> str:
    escaped = value.strip().replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _refused(text: str) -> dict[str, Any]:
    raise InputError(f"--set {text}: this is not TOML", hint=_HINT)


def _merge(into: dict[str, Any], new: Mapping[str, Any]) -> None:
    for key, value in new.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def facts(move: Move) -> dict[str, Any]:
    """A move as plain JSON values."""
    task, before, after = move.task, move.before, move.after
    return {
        "task": task.id,
        "name": task.name,
        "list": task.list_name,
        "in_clickup": task.priority,
        "now": before.priority,
        "would_be": after.priority,
        "decided_by_now": before.decided_by,
        "decided_by_then": after.decided_by,
        "reason": reason(before, after),
    }


def reason(before: Decision, after: Decision) -> str:
    """What is new in the second decision's reasons."""
    new = [text for text in after.reasons if text not in before.reasons]
    return "; ".join(new or after.reasons[-1:])
