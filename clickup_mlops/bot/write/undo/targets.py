"""Which changes a person means: by a change's number, a run, an event or an automation."""

from collections.abc import Callable, Sequence

from clickup_mlops.errors import InputError
from clickup_mlops.spelling import format_count
from clickup_mlops.store import Audit, Entry, Filter
from clickup_mlops.store.journal_rows import DONE

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
    form, entries = _named(audit, target)
    if form == "automation" and since_ms is None:
        raise InputError(
            f"since when? {format_count(len(entries), 'change')} by {target} in the record",
            hint="Give --since, such as 2h, 7d or 2026-11-26T08:30.",
        )
    chosen = [
        entry
        for entry in entries
        if _within(entry, since_ms, until_ms) and task_id in (None, entry.task_id)
    ]
    if not chosen:
        limits = " within these limits" if entries else ""
        raise InputError(
            f"no change is recorded for {target!r}{limits}",
            hint=f"`clickup-mlops audit list` shows them. Name one as {_FORMS}.",
        )
    return chosen


def _named(audit: Audit, target: str) -> tuple[str, Sequence[Entry]]:
    form, _, name = target.partition(":")
    if form in _BY and name:
        return form, _BY[form](audit, name)
    candidates = ((form, by(audit, target)) for form, by in _BY.items())
    return next((candidate for candidate in candidates if candidate[1]), ("", ()))


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
    entries = audit.select(Filter(automation=name, outcome=DONE))
    return [entry for entry in entries if not _is_reply(entry)]


_BY: dict[str, Callable[[Audit, str], Sequence[Entry]]] = {
    "change": _by_number,
    "run": _by_run,
    "event": _by_event,
    "automation": _by_automation,
}


def _within(entry: Entry, since_ms: int | None, until_ms: int | None) -> bool:
    after = since_ms is None or entry.at_ms >= since_ms
    return after and (until_ms is None or entry.at_ms < until_ms)
