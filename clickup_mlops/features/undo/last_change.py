"""What `/undo` means without a number: the last command of the person who asks, unless an episode,
such as an incident, began since; then all that the bot wrote because of it; else its last change of
the task.

What cannot be undone, such as an invitation that was attached, is passed over: the change before it
is meant, too.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.automations.events import REEVALUATION
from clickup_mlops.automations.model import Effect
from clickup_mlops.bot.handle.hold_notices import NOTICE
from clickup_mlops.bot.handle.trigger import SOURCE as MANUAL
from clickup_mlops.bot.write.inverse import UNDO, can_be_undone
from clickup_mlops.bot.write.undo.episode import Episode
from clickup_mlops.store import Entry, Filter, Store
from clickup_mlops.store.tables.journal import DONE
from clickup_mlops.store.tables.journal import UNDO as CAUSE

RECENT: Final = 100
"""Changes of a task among which the last ones are looked for."""
REPLY: Final = "reply:"
_RUN: Final = "/run"

Group = Sequence[Entry]
"""Changes that belong together, the newest first."""


@dataclass(frozen=True, slots=True)
class Last:
    """What is meant; `since`: the newest change of the task that is not, if it is newer."""

    entries: Group
    since: Entry | None = None


def last(
    store: Store,
    effects: Mapping[str, Effect],
    task_id: str,
    *,
    episode: Episode | None = None,
    actor: str = "",
    run: str = "",
) -> Last:
    """What `actor` means. `episode`: the latest of the task. `run`: the undo's own, which may have
    begun before a crash: what happened since it began counts for nothing. Empty `entries`: nothing
    is recorded.
    """
    recent = _before(store, store.audit.list(Filter(task_id=task_id, outcome=DONE), RECENT), run)
    groups = _groups(_open(recent))
    command = next(_commands(groups, recent, actor), None)
    writes = _list_episode_writes(store, episode, groups, run) if episode and groups else ()
    if writes and (command is None or _is_news(writes, command)):
        return Last(writes)
    if command:
        newest = groups[0][0]
        is_other = newest not in command and not _is_caused(newest, command)
        return Last(command, newest if is_other else None)
    return Last(_first_reversible(groups, effects))


def before(store: Store, task_id: str, seq: int) -> Group:
    """The changes before the one with this number that belong together; empty: there are none."""
    recent = store.audit.list(Filter(task_id=task_id, outcome=DONE), RECENT)
    older = [entry for entry in _open(recent) if entry.seq < seq]
    return next(iter(_groups(older)), ())


def undone(newest_first: Iterable[Entry]) -> set[int]:
    """Numbers of the changes that are undone: an undo that is undone counts not."""
    numbers: set[int] = set()
    for entry in newest_first:
        if entry.automation == UNDO and entry.seq not in numbers:
            numbers.add(int(entry.cause.removeprefix(CAUSE)))
    return numbers


def _before(store: Store, entries: Group, run: str) -> Group:
    first = next(store.audit.select(Filter(run=run)), None) if run else None
    return entries if first is None else [entry for entry in entries if entry.seq < first.seq]


def _open(recent: Group) -> list[Entry]:
    """The bot's changes that are not undone, without its answers and notices, and without what the
    policy decided because of an undo.
    """
    numbers = undone(recent)
    undoing = {entry.cause for entry in recent if entry.automation == f"/{UNDO}"}
    return [
        entry
        for entry in recent
        if entry.automation != UNDO
        and not entry.kind.startswith((REPLY, NOTICE))
        and not entry.cause.startswith(f"{REEVALUATION}:{entry.task_id}:{UNDO}-")
        and (entry.automation.startswith("/") or entry.cause not in undoing)
        and entry.seq not in numbers
    ]


def _groups(entries: Iterable[Entry]) -> list[Group]:
    """Of one run, such as a command, or because of one event."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.run or entry.cause, entry.automation), []).append(entry)
    return [*groups.values()]


def _commands(groups: Iterable[Group], recent: Group, actor: str) -> Iterator[Group]:
    """The person's commands that changed something, the newest first."""
    comments = {
        entry.kind.removeprefix(REPLY).partition("#")[0]
        for entry in recent
        if entry.automation == _RUN and entry.actor == actor
    }
    for group in groups:
        entry = group[0]
        is_command = entry.automation.startswith("/") and entry.actor == actor
        if is_command or (entry.cause.startswith(f"{MANUAL}:") and _comment(entry) in comments):
            yield group


def _comment(entry: Entry) -> str:
    """Id of the comment that had an automation run: see `bot.handling.trigger`."""
    return entry.cause.rpartition(":")[2]


def _list_episode_writes(
    store: Store, episode: Episode, groups: Sequence[Group], run: str
) -> Group:
    """What the bot wrote because of the episode, if that is open or was its last work."""
    writes = _open(_before(store, _with_undos(store, _writes(store, episode)), run))
    is_current = episode.is_open or groups[0][0] in writes
    return writes if is_current else ()


def _writes(store: Store, episode: Episode) -> Group:
    key = f"{episode.kind}:{episode.id}:"
    follows = [
        entry
        for entry in store.audit.caused_by(key.removesuffix(":"))
        if entry.cause.startswith(key)
    ]
    entered = store.audit.select(Filter(kind=episode.kind, since_ms=episode.opened_ms))
    origins = {(entry.cause, entry.automation) for entry in entered if entry.receipt == episode.id}
    began = store.audit.directly_caused_by([cause for cause, _ in origins]) if origins else []
    began = [entry for entry in began if (entry.cause, entry.automation) in origins]
    unique = {entry.seq: entry for entry in (*began, *follows) if entry.outcome == DONE}
    return [unique[seq] for seq in sorted(unique, reverse=True)]


def _with_undos(store: Store, entries: Group) -> Group:
    """The changes, their undos, the undos of those, and so on; the newest first."""
    by_seq = {entry.seq: entry for entry in entries}
    new: Collection[int] = by_seq
    while new:
        undos = store.audit.directly_caused_by([f"{CAUSE}{seq}" for seq in new])
        undos_by_seq = {entry.seq: entry for entry in undos if entry.outcome == DONE}
        new = undos_by_seq.keys() - by_seq.keys()
        by_seq |= undos_by_seq
    return [by_seq[seq] for seq in sorted(by_seq, reverse=True)]


def _is_news(episode_writes: Group, command: Group) -> bool:
    """Whether the episode began after the command, and not because of it."""
    opening = episode_writes[-1]
    return opening.seq > command[0].seq and not _is_caused(opening, command)


def _is_caused(entry: Entry, command: Group) -> bool:
    """Whether the command led to the change, be it over others."""
    return command[0].cause in {entry.cause, *(cause for cause, _ in entry.chain)}


def _first_reversible(groups: Iterable[Group], effects: Mapping[str, Effect]) -> Group:
    passed: list[Entry] = []
    for group in groups:
        passed += group
        if any(can_be_undone(entry, effects) for entry in group):
            break
    return passed
