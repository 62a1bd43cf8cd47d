"""Which changes a person means: by a change's number, a run, an event or a rule."""

from collections.abc import Callable, Sequence

from clickup_mlops.errors import InputError
from clickup_mlops.rules.undo import UNDO
from clickup_mlops.store import Audit, Entry, Filter
from clickup_mlops.store.journal import DONE

_FORMS = "change:NUMBER, run:NAME, event:KEY or rule:NAME"


def find(
    audit: Audit,
    target: str,
    *,
    since_ms: int | None = None,
    until_ms: int | None = None,
    task_id: str | None = None,
) -> list[Entry]:
    """The changes, oldest first; `change:`, `run:`, `event:` or `rule:` may stand before it.

    Raises:
        InputError: there are none, or a rule is named without a time.
    """
    way, found = _named(audit, target)
    if way == "rule" and since_ms is None:
        raise InputError(
            f"since when? {len(found)} change(s) by {target} are recorded",
            hint="Give --since, such as 2h, 7d or 2026-11-26T08:30.",
        )
    chosen = [
        entry
        for entry in found
        if _within(entry, since_ms, until_ms) and task_id in (None, entry.task_id)
    ]
    if not chosen:
        raise InputError(
            f"no change is recorded for {target!r}",
            hint=f"`clickup-mlops audit list` shows them. Name one as {_FORMS}.",
        )
    return chosen


def _named(audit: Audit, target: str) -> tuple[str, Sequence[Entry]]:
    way, _, name = target.partition(":")
    if way in _BY and name:
        return way, _BY[way](audit, name)
    tried = ((way, by(audit, target)) for way, by in _BY.items())
    return next((one for one in tried if one[1]), ("", ()))


def of_task(audit: Audit, task_id: str, change: int | None) -> list[Entry]:
    """The bot's last change of the task, or the one with this number.

    Raises:
        InputError: there is none, or it is about another task.
    """
    if change is None:
        recent = audit.list(Filter(task_id=task_id, outcome=DONE), 100)
        last = next((entry for entry in recent if entry.rule != UNDO), None)
    else:
        last = audit.get(change)
    if last is None or last.task_id != task_id:
        wanted = "change" if change is None else f"change {change}"
        raise InputError(f"no {wanted} of this task is recorded")
    return [last]


def _by_number(audit: Audit, name: str) -> Sequence[Entry]:
    if not (name.isascii() and name.isdecimal() and len(name) < 19):
        return ()
    entry = audit.get(int(name))
    return [entry] if entry else ()


def _by_run(audit: Audit, name: str) -> Sequence[Entry]:
    return [*audit.select(Filter(run=name, outcome=DONE))]


def _by_event(audit: Audit, name: str) -> Sequence[Entry]:
    return [entry for entry in audit.caused_by(name) if entry.outcome == DONE]


def _by_rule(audit: Audit, name: str) -> Sequence[Entry]:
    return [*audit.select(Filter(rule=name, outcome=DONE))]


_BY: dict[str, Callable[[Audit, str], Sequence[Entry]]] = {
    "change": _by_number,
    "run": _by_run,
    "event": _by_event,
    "rule": _by_rule,
}


def _within(entry: Entry, since_ms: int | None, until_ms: int | None) -> bool:
    after = since_ms is None or entry.at_ms >= since_ms
    return after and (until_ms is None or entry.at_ms < until_ms)
