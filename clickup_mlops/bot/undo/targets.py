"""Which changes a person means: by a change's number, a run, an event or an automation."""

from collections.abc import Callable, Sequence

from clickup_mlops.automations.undo import UNDO
from clickup_mlops.bot.handling.hold_notices import NOTICE
from clickup_mlops.errors import InputError
from clickup_mlops.spelling import counted
from clickup_mlops.store import Audit, Entry, Filter
from clickup_mlops.store.tables.journal import DONE
from clickup_mlops.store.tables.journal import UNDO as CAUSE

_RECENT = 100
"""Changes of a task among which the last one of an automation or command is looked for."""
_FORMS = "change:NUMBER, run:NAME, event:KEY or automation:NAME"


def find(
    audit: Audit,
    target: str,
    *,
    since_ms: int | None = None,
    until_ms: int | None = None,
    task_id: str | None = None,
) -> list[Entry]:
    """The changes, oldest first; `change:`, `run:`, `event:` or `automation:` may stand before it.

    Raises:
        InputError: there are none, or an automation is named without a time.
    """
    form, found = _named(audit, target)
    if form == "automation" and since_ms is None:
        raise InputError(
            f"since when? {counted(len(found), 'change')} by {target} in the record",
            hint="Give --since, such as 2h, 7d or 2026-11-26T08:30.",
        )
    chosen = [
        entry
        for entry in found
        if _within(entry, since_ms, until_ms) and task_id in (None, entry.task_id)
    ]
    if not chosen:
        limits = " within these limits" if found else ""
        raise InputError(
            f"no change is recorded for {target!r}{limits}",
            hint=f"`clickup-mlops audit list` shows them. Name one as {_FORMS}.",
        )
    return chosen


def _named(audit: Audit, target: str) -> tuple[str, Sequence[Entry]]:
    form, _, name = target.partition(":")
    if form in _BY and name:
        return form, _BY[form](audit, name)
    tried = ((form, by(audit, target)) for form, by in _BY.items())
    return next((one for one in tried if one[1]), ("", ()))


def of_task(audit: Audit, task_id: str, change: int | None) -> list[Entry]:
    """What the bot last did on the task and is not undone yet, or the change with this number.

    Raises:
        InputError: there is none, or it is about another task.
    """
    if change is None:
        last = last_of(audit, task_id)
    else:
        entry = audit.get(change)
        last = [entry] if entry and entry.task_id == task_id else []
    if not last:
        wanted = "change" if change is None else f"change {change}"
        raise InputError(f"no {wanted} of this task is recorded")
    return last


def last_of(audit: Audit, task_id: str, *, before: int | None = None) -> list[Entry]:
    """The newest changes that belong together and are not undone, before the one with this number;
    empty: there are none.
    """
    recent = audit.list(Filter(task_id=task_id, outcome=DONE), _RECENT)
    undone = _undone(recent)
    own = [
        entry
        for entry in recent
        if entry.automation != UNDO
        and not _is_answer(entry)
        and entry.seq not in undone
        and (before is None or entry.seq < before)
    ]
    return [entry for entry in own if _origin(entry) == _origin(own[0])]


def _undone(recent: Sequence[Entry]) -> set[int]:
    """Numbers of the changes that are undone, newest first: an undo that is undone counts not."""
    undone: set[int] = set()
    for entry in recent:
        if entry.automation == UNDO and entry.seq not in undone:
            undone.add(int(entry.cause.removeprefix(CAUSE)))
    return undone


def begun(audit: Audit, run: str) -> list[Entry]:
    """What an undo run that was cut off had begun to undo; empty: nothing yet."""
    first = next(audit.select(Filter(run=run)), None)
    if first is None:
        return []
    origin = audit.get(int(first.cause.removeprefix(CAUSE)))
    if origin is None:
        return []
    recent = audit.list(Filter(task_id=origin.task_id, outcome=DONE), _RECENT)
    undone = _undone([entry for entry in recent if entry.run != run])
    return [
        entry
        for entry in recent
        if _origin(entry) == _origin(origin) and not _is_answer(entry) and entry.seq not in undone
    ]


def _origin(entry: Entry) -> tuple[str, str]:
    """Changes that belong together: of one run, such as a command, or because of one event."""
    return entry.run or entry.cause, entry.automation


def _is_answer(entry: Entry) -> bool:
    return _is_reply(entry) or entry.kind.startswith(NOTICE)


def _is_reply(entry: Entry) -> bool:
    """The answer to a command is a record: only by its number it is removed."""
    return entry.kind.startswith("reply:")


def _by_number(audit: Audit, name: str) -> Sequence[Entry]:
    if not (name.isascii() and name.isdecimal() and len(name) < 19):
        return ()
    entry = audit.get(int(name))
    return [entry] if entry else ()


def _by_run(audit: Audit, name: str) -> Sequence[Entry]:
    return [*audit.select(Filter(run=name, outcome=DONE))]


def _by_event(audit: Audit, name: str) -> Sequence[Entry]:
    return [e for e in audit.caused_by(name) if e.outcome == DONE and not _is_reply(e)]


def _by_automation(audit: Audit, name: str) -> Sequence[Entry]:
    found = audit.select(Filter(automation=name, outcome=DONE))
    return [entry for entry in found if not _is_reply(entry)]


_BY: dict[str, Callable[[Audit, str], Sequence[Entry]]] = {
    "change": _by_number,
    "run": _by_run,
    "event": _by_event,
    "automation": _by_automation,
}


def _within(entry: Entry, since_ms: int | None, until_ms: int | None) -> bool:
    after = since_ms is None or entry.at_ms >= since_ms
    return after and (until_ms is None or entry.at_ms < until_ms)
