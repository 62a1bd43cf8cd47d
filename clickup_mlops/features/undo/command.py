"""`/undo` in a comment: undoes what the bot last did on the task, with the same functions."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.bot.write.descriptions import describe
from clickup_mlops.bot.write.undo.episode import Episode
from clickup_mlops.bot.write.undo.holds import origin
from clickup_mlops.bot.write.undo.undoing import Undoing, Undone, UndoRequest
from clickup_mlops.commands.dispatch import must_be_allowed
from clickup_mlops.commands.phrases import plain
from clickup_mlops.errors import InputError
from clickup_mlops.features.undo.last_change import Last, before, last
from clickup_mlops.routing.decision import format_moment, format_priority
from clickup_mlops.routing.task_state import Muted
from clickup_mlops.store import Store

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
    """Call it with the task, the change's number or None, and who asks.

    It may be called again after a crash: it goes on with what it has begun to undo.
    """

    def __init__(
        self, store: Store, undoing: Undoing, episode_of: Callable[[str], Episode | None]
    ) -> None:
        self._store, self._undoing, self._episode_of = store, undoing, episode_of

    def __call__(self, task_id: str, change: int | None, request: Asked) -> str:
        """What to say about it, in Markdown."""
        self._store.flush()  # writes of this lane whose end is not on disk yet
        run, audit = f"undo-{request.key}", self._store.audit
        try:
            target = self._find_target(task_id, change, request.actor, run)
            for entry in target.entries:
                must_be_allowed(origin(entry, audit.get).automation, request.commands)
        except InputError as problem:
            return f"Nothing to undo: {problem}."
        row_before = self._store.mirror.get(task_id)
        changes = list(self._undoing.run(target.entries, UndoRequest(run, request.actor)))
        lines = [*map(_line, changes), *_besides(changes), *self._older(task_id, changes)]
        text = "\n".join([*lines, *_newer(target)])
        for row in filter(None, (row_before, self._store.mirror.get(task_id))):
            text = named(text, row.raw)
        return text

    def _find_target(self, task_id: str, change: int | None, actor: str, run: str) -> Last:
        """Raises InputError: nothing of it is recorded, or it is about another task."""
        if change is None:
            target = last(
                self._store,
                self._undoing.effects,
                task_id,
                episode=self._episode_of(task_id),
                actor=actor,
                run=run,
            )
        else:
            entry = self._store.audit.get(change)
            target = Last([entry] if entry and entry.task_id == task_id else [])
        if not target.entries:
            subject = "change" if change is None else f"change {change}"
            raise InputError(f"no {subject} of this task is recorded")
        return target

    def _older(self, task_id: str, changes: Sequence[Undone]) -> Iterator[str]:
        """The change before, if nothing could be undone: else `/undo` would stop there for ever."""
        if all(change.state == "kept" for change in changes):
            first = min(change.seq for change in changes)
            if older := before(self._store, task_id, first):
                yield f"The bot's change before that is undone by `/undo {older[0].seq}`."


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
