"""What another policy would change, over the tasks that the bot knows. No call, no write."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clickup_mlops.bot.handling.context.routing_context import for_routing
from clickup_mlops.bot.handling.first_sight import FirstSight
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import InputError
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import CachedClassifier, Classifier, Router
from clickup_mlops.routing.what_if import Board, Move, Watch, moves
from clickup_mlops.spelling import SENTENCE, did_you_mean
from clickup_mlops.store import Override, Store

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
    board = _board(store, question.now, now_ms)
    tasks = _placed(board.tasks, question.place)
    cached, spaces = CachedClassifier(classifier), store.space_policies
    routers = Router(question.now, cached, spaces), Router(question.then, cached, spaces)
    found = sorted(moves(board, *routers, tasks, watch), key=_order)
    return len(tasks), found


def _order(move: Move) -> tuple[int, str, str]:
    return move.after.priority or 0, move.task.list_name, move.task.id


def _board(store: Store, policy: Policy, now_ms: int) -> Board:
    tasks = [Task.parse(row.raw) for row in store.mirror.all_open()]
    kept = {one.task_id: one for one in _unseen(store, policy, tasks, now_ms)}
    kept |= {one.task_id: one for one in store.overrides.list(now_ms)}
    found = {task_id: for_routing(one) for task_id, one in kept.items()}
    return Board(tasks, {task_id: one for task_id, one in found.items() if one}, now_ms)


def _unseen(store: Store, policy: Policy, tasks: Sequence[Task], now_ms: int) -> Iterator[Override]:
    """What the bot will keep of the tasks that it has not evaluated yet."""
    first_sight = FirstSight(store, policy, lambda: now_ms, lambda: None)
    known = store.decisions.tasks()
    for task in tasks:
        found = None if task.id in known else first_sight.of(task, now_ms, now_ms)
        if found is not None:
            yield found


def _placed(tasks: Sequence[Task], place: str) -> Sequence[Task]:
    wanted = place.strip().casefold()
    found = [t for t in tasks if wanted in ("", t.list_name.casefold(), t.list_id)]
    if place and not found:
        names = sorted({task.list_name for task in tasks})
        listed = f"Known: {', '.join(names) or 'none'}"
        meant = did_you_mean(place, names, SENTENCE, otherwise=listed)
        raise InputError(f'No open task is known in a List "{place}"', hint=meant)
    return found


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
    new = [one for one in after.reasons if one not in before.reasons]
    return "; ".join(new or after.reasons[-1:])
