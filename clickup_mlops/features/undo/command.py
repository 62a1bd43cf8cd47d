"""`/undo` in a comment: undoes what the bot last did on the task, with the same functions."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from clickup_mlops.automations.model import Unanswered
from clickup_mlops.automations.names import Names
from clickup_mlops.bot.ports import UndoTarget
from clickup_mlops.bot.write.descriptions import describe, name_assignees
from clickup_mlops.bot.write.undo.episode import Episode
from clickup_mlops.bot.write.undo.holds import origin
from clickup_mlops.bot.write.undo.undoing import Undoing, Undone, UndoRequest
from clickup_mlops.commands.dispatch import must_be_allowed
from clickup_mlops.commands.phrases import plain
from clickup_mlops.errors import InputError
from clickup_mlops.features.undo.last_change import (
    Group,
    Last,
    before,
    last,
    list_assignments,
    list_begun,
    list_created_tags,
    list_episode_writes,
    list_with_end,
)
from clickup_mlops.routing.decision import format_moment, format_priority
from clickup_mlops.routing.task_state import Muted
from clickup_mlops.spelling import format_count
from clickup_mlops.store import Entry, Store

_TITLES = {"undone": "Undone", "kept": "Left as it is", "failed": "Not done"}
_ID_LENGTH: Final = 36
"""Ids of fields and options are UUIDs; anything shorter might be a part of a word."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, the key of the command, and the commands that this user may use."""

    actor: str
    key: str
    commands: Collection[str]


class UndoCommand:
    """Call it with the task, what to undo (see `ports.UndoTarget`), and who asks.

    It may be called again after a crash: it goes on with what it has begun to undo.
    """

    def __init__(
        self,
        store: Store,
        undoing: Undoing,
        episode_of: Callable[[str], Episode | None],
        names: Names,
    ) -> None:
        self._store, self._undoing, self._episode_of = store, undoing, episode_of
        self._names = names

    def __call__(self, task_id: str, target: UndoTarget, request: Asked) -> str:
        """What to say about it, in Markdown."""
        self._store.flush()  # writes of this lane whose end is not on disk yet
        run, audit = f"undo-{request.key}", self._store.audit
        episode = self._episode_of(task_id)
        try:
            changes = self._find_changes(task_id, target, episode, request.actor, run)
            for entry in changes.entries:
                must_be_allowed(origin(entry, audit.get).automation, request.commands)
        except InputError as problem:
            return f"Nothing to undo: {problem}."
        undo = UndoRequest(run, request.actor, dry=changes.is_live)
        row_before = self._store.mirror.get(task_id)
        results = list(self._undoing.run(changes.entries, undo))
        is_undone = any(result.state == "undone" for result in results)
        if is_undone and _is_whole(target, changes, episode):
            besides = self._list_besides(changes.entries, results, episode, undo)
            results += self._undoing.run(besides, replace(undo, mutes=False))
        if changes.is_live and episode:
            return _question(episode, results)
        lines = [*map(_line, results), *_besides(results), *self._older(task_id, results)]
        text = "\n".join([*lines, *_newer(changes)])
        for row in filter(None, (row_before, self._store.mirror.get(task_id))):
            text = named(text, row.raw)
        return name_assignees(text, self._find_name)

    def _find_name(self, user_id: str) -> str | None:
        """Also of somebody who is not assigned any more. None: they have left the Workspace."""
        with suppress(Unanswered):
            return plain(self._names.people(user_id)[0].username)
        return None

    def _list_besides(
        self, entries: Group, results: Sequence[Undone], episode: Episode | None, undo: UndoRequest
    ) -> list[Entry]:
        """What goes with changes that are undone, and would not go by itself."""
        besides = {e.seq: e for e in list_assignments(self._store, entries, undo.run)}
        if episode is None:
            return [*besides.values()]
        undone = {result.seq for result in results if result.state == "undone"}
        command, effects = [e for e in entries if e.seq in undone], self._undoing.effects
        begun = list_begun(self._store, effects, command, episode, run=undo.run)
        besides |= {entry.seq: entry for entry in begun}
        created = list_created_tags(self._store, entries, episode, undo.run)
        return [*besides.values(), *created]

    def _find_changes(
        self, task_id: str, target: UndoTarget, episode: Episode | None, actor: str, run: str
    ) -> Last:
        """Raises InputError: nothing of it is recorded, or it is about another task."""
        store, effects = self._store, self._undoing.effects
        if isinstance(target, int):
            entry = store.audit.get(target)
            if entry is None or entry.task_id != task_id:
                raise InputError(f"no change {target} of this task is recorded")
            return Last(list_with_end(store, effects, entry, run))
        if target is not None:
            episode = episode if episode is not None and episode.kind == target else None
            writes = list_episode_writes(store, effects, task_id, episode, actor=actor, run=run)
            if not writes:
                raise InputError(f"the bot wrote nothing about an {target} here")
            return Last(writes)
        changes = last(store, effects, task_id, episode=episode, actor=actor, run=run)
        if not changes.entries:
            raise InputError("no command of yours and no change by an automation is recorded here")
        return changes

    def _older(self, task_id: str, changes: Sequence[Undone]) -> Iterator[str]:
        """The change before, if nothing could be undone: else `/undo` would stop there for ever."""
        if all(change.state == "kept" for change in changes):
            first = min(change.seq for change in changes)
            if older := before(self._store, task_id, first):
                yield f"The bot's change before that is undone by `/undo {older[0].seq}`."


def _is_whole(target: UndoTarget, changes: Last, episode: Episode | None) -> bool:
    """Whether people whom automations assigned because of the command go with these changes: not
    with a single one of it that is not about the episode.
    """
    if not isinstance(target, int):
        return True
    return episode is not None and episode.kind in changes.entries[0].kind.split(":")


def named(text: str, raw: Mapping[str, Any]) -> str:
    """The text with names for ids: of the task's custom fields, their options, List and people."""
    for field in raw.get("custom_fields") or ():
        options = (field.get("type_config") or {}).get("options") or ()
        for entry in (field, *options):
            name = entry.get("name") or entry.get("label")
            if name and len(str(entry["id"])) == _ID_LENGTH:
                text = text.replace(str(entry["id"]), str(name))
    for entry in (raw.get("list") or {}, *(raw.get("assignees") or ())):
        if name := entry.get("name") or entry.get("username"):
            # As a word: it might be a part of a longer number.
            text = plain(str(name)).join(re.split(rf"\b{entry['id']}\b", text))
    return text


def _question(episode: Episode, preview: Sequence[Undone]) -> str:
    """What it would do to an episode that lasts, which a person has to name for that."""
    changes = format_count(sum(change.state == "would" for change in preview), "change")
    ends = {name: until_ms for change in preview for name, until_ms in change.muted.items()}
    until = f" until {format_moment(max(ends.values()))}" if ends else ""
    return (
        f"The {episode.kind} is live, and you gave no command here: `/undo {episode.kind}` undoes "
        f"{changes} of the bot, with {', '.join(sorted(ends)) or 'nothing'} muted on this "
        f"task{until}; what people did stays. `/{episode.kind} no` ends it and mutes nothing."
    )


def _line(change: Undone) -> str:
    why = f": {change.why}" if change.why else ""
    return (
        f"{_TITLES[change.state]}: change {change.seq} by {change.automation}, {change.text}{why}."
    )


def _newer(target: Last) -> Iterator[str]:
    """The bot's change since a command: another `/undo` goes further back, not to that."""
    if (entry := target.since) is not None:
        summary = describe(entry.kind, entry.before, entry.after)
        yield f"Since then {entry.automation} changed {summary}: `/undo {entry.seq}` undoes that."


def _besides(changes: Sequence[Undone]) -> Iterator[str]:
    """What it keeps the bot from, until when, and how to end that."""
    muted = {
        automation: until_ms for change in changes for automation, until_ms in change.muted.items()
    }
    for automation, until_ms in muted.items():
        yield f"{Muted(automation, until_ms).sentence} `/unmute {automation}` ends that."
    for priority, until_ms in dict.fromkeys((change.keeps, change.until_ms) for change in changes):
        if priority is not None:
            text = f"{format_priority(priority)} is held until {format_moment(until_ms)}"
            yield f"{text}. `/release` ends that."
    for automation in dict.fromkeys(
        automation for change in changes for automation in change.unmuted
    ):
        yield f"`{automation}` is no longer muted here."
