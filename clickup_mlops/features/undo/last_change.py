"""What `/undo` means without a number: the last command of the person who asks; else what the bot
wrote because of an episode, such as an incident; else its last change of the task. What other
people wanted stays: their commands, and what followed from those.

What cannot be undone, such as an invitation that was attached, is passed over: the change before it
is meant, too.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from clickup_mlops.automations.events import REEVALUATION
from clickup_mlops.automations.model import Effect
from clickup_mlops.bot.handle.hold_notices import NOTICE
from clickup_mlops.bot.handle.trigger import SOURCE as MANUAL
from clickup_mlops.bot.write.inverse import can_be_undone
from clickup_mlops.bot.write.undo.episode import Episode
from clickup_mlops.clickup.model import Task
from clickup_mlops.store import Entry, Filter, Store
from clickup_mlops.store.journal_rows import DONE, UNDO
from clickup_mlops.store.tables.journal import UNDO as CAUSE

RECENT: Final = 100
"""Changes of a task among which the last ones are looked for."""
REPLY: Final = "reply:"
ASSIGNEE: Final = "assignee:"
TAG: Final = "tag:"
_RUN: Final = "/run"

Group = Sequence[Entry]
"""Changes that belong together, the newest first."""
Link = tuple[str, str]
"""The cause of changes, and who made them, as `Entry.chain` has it."""


@dataclass(frozen=True, slots=True)
class Last:
    """What is meant; `since`: the newest change of the task that is not, if it is newer."""

    entries: Group
    since: Entry | None = None
    is_live: bool = False
    """Whether it belongs to an episode that lasts, which a person has to name."""


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
    recent = _before(store, _recent(store, task_id), run)
    groups, by = _groups(_open(recent)), _commanders(recent)
    command = next((group for group in groups if by(group) == actor), None)
    if command:
        newest = groups[0][0]
        is_other = newest not in command and not _is_caused(newest, command)
        if episode and newest.cause.startswith(f"{episode.kind}:{episode.id}:"):
            is_other = False  # its texts follow what people say of it
        return Last(command, newest if is_other else None)
    writes = list_episode_writes(store, effects, task_id, episode, actor=actor, run=run)
    if episode and writes and (episode.is_open or (groups and groups[0][0] in writes)):
        return Last(writes, is_live=episode.is_open)
    return Last(_first_reversible((group for group in groups if by(group) is None), effects))


def list_episode_writes(
    store: Store,
    effects: Mapping[str, Effect],
    task_id: str,
    episode: Episode | None,
    *,
    actor: str,
    run: str,
) -> Group:
    """What automations wrote because of the episode, if there is one, and the command of `actor`
    that made this task a part of it. If it goes on for other tasks, what they need of it stays: it
    is what was written when this task became a part of it. `run`: as of `last`.
    """
    if episode is None:
        return ()
    key = f"{episode.kind}:{episode.id}:"
    entered = _list_entered(store, episode)
    origins = {(entry.cause, entry.automation) for entry in entered}
    about = () if episode.goes_on else _list_texts(store, episode, entered)
    all_writes = _with_undos(store, _writes(store, key, origins, about))
    writes = _open(_before(store, all_writes, run))
    automatic = [entry for entry in writes if not _is_by_person(entry, key, origins, effects)]
    if episode.goes_on:
        automatic = [e for e in automatic if e.task_id == task_id and not e.cause.startswith(key)]
    of_task = [entry for entry in entered if entry.task_id == task_id]
    command = _find_command(store, f"/{episode.kind}", of_task, actor)
    labelled = _open(_before(store, _with_undos(store, command), run))
    # A command that labelled nothing moved the task: others know it as a part of this episode.
    return [*automatic, *(labelled if any(_touches_task(e, effects) for e in labelled) else ())]


def _find_command(store: Store, name: str, entered: Group, actor: str) -> Group:
    """What the command of `actor` wrote that led to these changes."""
    links = {link for entry in entered for link in (*entry.chain, (entry.cause, entry.automation))}
    causes = [cause for cause, automation in links if automation == name]
    candidates = store.audit.directly_caused_by(causes) if causes else []
    return [e for e in candidates if (e.automation, e.actor, e.outcome) == (name, actor, DONE)]


def list_assignments(store: Store, command: Group, run: str) -> Group:
    """Whom automations assigned because of a person's command: nothing unassigns them when that is
    undone, while other values are decided again. `run`: as of `last`.
    """
    link = (command[0].cause, command[0].automation)
    if not command[0].automation.startswith("/"):
        return ()
    caused = _open(_before(store, _with_undos(store, store.audit.caused_by(link[0])), run))
    return [entry for entry in caused if link in entry.chain and entry.kind.startswith(ASSIGNEE)]


def list_begun(
    store: Store, effects: Mapping[str, Effect], command: Group, episode: Episode, *, run: str
) -> Group:
    """What automations wrote because of the episode, if a tag that the person's command wrote made
    its task a part of it: nobody hears that an undo takes the tag away. `run`: as of `last`.
    """
    first = next((entry for entry in command if entry.kind.removeprefix(TAG) in episode.tags), None)
    if first is None or not first.automation.startswith("/"):
        return ()
    link = (first.cause, first.automation)
    entered = [e for e in _list_entered(store, episode) if e.task_id == first.task_id]
    if not any(link in entry.chain for entry in entered):
        return ()
    writes = list_episode_writes(store, effects, first.task_id, episode, actor=first.actor, run=run)
    return [entry for entry in writes if (entry.cause, entry.automation) != link]


def list_with_end(store: Store, effects: Mapping[str, Effect], entry: Entry, run: str) -> Group:
    """The change; if it ended the task's part of an episode, with what was written beside it, which
    would end it again. `run`: as of `last`.
    """
    effect = effects.get(entry.kind.partition(":")[0])
    if effect is None or not effect.opens or entry.after is not None or entry.automation == UNDO:
        return [entry]
    changes = _open(_before(store, _recent(store, entry.task_id), run))
    end = (entry.cause, entry.automation)
    return [change for change in changes if (change.cause, change.automation) == end] or [entry]


def list_created_tags(store: Store, writes: Group, episode: Episode, run: str) -> Group:
    """The tags of the episode that its tasks were created with and still have, as writes of their
    own: of tasks that these writes made a part of it. `run`: what this undo removed counts, too.
    """
    beginnings = [e for e in writes if e.kind == episode.kind and e.after is not None]
    rows = map(store.journal.by_receipt, dict.fromkeys(entry.task_id for entry in beginnings))
    creations = [store.audit.newest(row.task_id, row.kind) for row in rows if row is not None]
    tags = [
        replace(entry, task_id=entry.receipt, kind=f"{TAG}{tag}", before=False, after=True)
        for entry in creations
        if entry is not None
        for tag in entry.after.get("tags") or ()
        if tag in episode.tags
    ]
    return [entry for entry in tags if _has_tag(store, entry) or _is_removed(store, entry, run)]


def _has_tag(store: Store, entry: Entry) -> bool:
    row = store.mirror.get(entry.task_id)
    tag = entry.kind.removeprefix(TAG)
    return row is not None and tag in Task.parse(row.raw).tags


def _is_removed(store: Store, entry: Entry, run: str) -> bool:
    newest = store.audit.newest(entry.task_id, entry.kind)
    return newest is not None and newest.run == run


def before(store: Store, task_id: str, seq: int) -> Group:
    """The bot's changes before the one with this number that belong together; empty: none."""
    recent = _recent(store, task_id)
    older, by = [entry for entry in _open(recent) if entry.seq < seq], _commanders(recent)
    return next((group for group in _groups(older) if by(group) is None), ())


def undone(newest_first: Iterable[Entry]) -> set[int]:
    """Numbers of the changes that are undone: an undo that is undone counts not."""
    numbers: set[int] = set()
    for entry in newest_first:
        if entry.automation == UNDO and entry.seq not in numbers:
            numbers.add(int(entry.cause.removeprefix(CAUSE)))
    return numbers


def _recent(store: Store, task_id: str) -> Group:
    return store.audit.list(Filter(task_id=task_id, outcome=DONE), RECENT)


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


def _commanders(recent: Group) -> Callable[[Group], str | None]:
    """By whose command changes were made; None: an automation's."""
    runs = {
        entry.kind.removeprefix(REPLY).partition("#")[0]: entry.actor
        for entry in recent
        if entry.automation == _RUN
    }

    def get_commander(group: Group) -> str | None:
        entry = group[0]
        if entry.automation.startswith("/"):
            return entry.actor
        # Id of the comment that had an automation run: see `bot.handling.trigger`.
        comment = entry.cause.rpartition(":")[2]
        return runs.get(comment) if entry.cause.startswith(f"{MANUAL}:") else None

    return get_commander


def _is_by_person(
    entry: Entry, key: str, origins: Collection[Link], effects: Mapping[str, Effect]
) -> bool:
    """Whether a person commanded it, or what follows from it on the task: the bot's own texts, in
    which it is said, go with the episode, as does all that follows from its beginning.
    """
    is_direct = entry.cause.startswith(key) and entry.chain and entry.chain[-1] not in origins
    by = entry.chain[-1][1] if is_direct else ""
    is_followed = _touches_task(entry, effects) and by.startswith("/")
    return entry.automation.startswith("/") or is_followed


def _touches_task(entry: Entry, effects: Mapping[str, Effect]) -> bool:
    effect = effects.get(entry.kind.partition(":")[0])
    return effect is not None and bool(effect.touches)


def _list_entered(store: Store, episode: Episode) -> Group:
    """What made tasks a part of the episode."""
    entered = store.audit.select(Filter(kind=episode.kind, since_ms=episode.opened_ms))
    return [entry for entry in entered if entry.receipt == episode.id]


def _list_texts(store: Store, episode: Episode, entered: Group) -> Group:
    """What was written about the episode, whatever event led to it: after a crash an alert may come
    before the event that the episode began.
    """
    return [
        entry
        for task_id in {entry.task_id for entry in entered}
        for entry in store.audit.select(Filter(task_id=task_id, since_ms=episode.opened_ms))
        if entry.kind.endswith(f"/{episode.id}")
    ]


def _writes(store: Store, key: str, origins: Collection[Link], about: Group) -> Group:
    follows = [
        entry
        for entry in store.audit.caused_by(key.removesuffix(":"))
        if entry.cause.startswith(key)
    ]
    began = store.audit.directly_caused_by([cause for cause, _ in origins]) if origins else []
    began = [entry for entry in began if (entry.cause, entry.automation) in origins]
    unique = {entry.seq: entry for entry in (*began, *follows, *about) if entry.outcome == DONE}
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
