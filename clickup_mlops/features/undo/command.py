"""`/undo` in a comment: undoes what the bot last did on the task, with the same functions."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.bot.write.inverse import describe
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

    def __call__(self, task_id: str, change: int | None, asked: Asked) -> str:
        """What to say about it, in Markdown."""
        self._store.flush()  # writes of this lane whose end is not on disk yet
        run, audit = f"undo-{asked.key}", self._store.audit
        try:
            meant = self._meant(task_id, change, asked.actor, run)
            for entry in meant.entries:
                must_be_allowed(origin(entry, audit.get).automation, asked.commands)
        except InputError as problem:
            return f"Nothing to undo: {problem}."
        shown = self._store.mirror.get(task_id)
        done = list(self._undoing.run(meant.entries, UndoRequest(run, asked.actor)))
        lines = [*map(_line, done), *_besides(done), *self._older(task_id, done)]
        text = "\n".join([*lines, *_newer(meant)])
        for known in filter(None, (shown, self._store.mirror.get(task_id))):
            text = named(text, known.raw)
        return text

    def _meant(self, task_id: str, change: int | None, actor: str, run: str) -> Last:
        """Raises InputError: nothing of it is recorded, or it is about another task."""
        if change is None:
            meant = last(
                self._store,
                self._undoing.effects,
                task_id,
                episode=self._episode_of(task_id),
                actor=actor,
                run=run,
            )
        else:
            entry = self._store.audit.get(change)
            meant = Last([entry] if entry and entry.task_id == task_id else [])
        if not meant.entries:
            what = "change" if change is None else f"change {change}"
            raise InputError(f"no {what} of this task is recorded")
        return meant

    def _older(self, task_id: str, done: Sequence[Undone]) -> Iterator[str]:
        """The change before, if nothing could be undone: else `/undo` would stop there for ever."""
        if all(one.state == "kept" for one in done):
            first = min(one.seq for one in done)
            if older := before(self._store, task_id, first):
                yield f"The bot's change before that is undone by `/undo {older[0].seq}`."


def named(text: str, raw: Mapping[str, Any]) -> str:
    """The text with names for ids: of the task's custom fields, their options, List and people."""
    for field in raw.get("custom_fields") or ():
        options = (field.get("type_config") or {}).get("options") or ()
        for one in (field, *options):
            name = one.get("name") or one.get("label")
            if name and len(str(one["id"])) == _ID_LENGTH:
                text = text.replace(str(one["id"]), str(name))
    for one in (raw.get("list") or {}, *(raw.get("assignees") or ())):
        if name := one.get("name") or one.get("username"):
            # As a word: it might be a part of a longer number.
            text = plain(str(name)).join(re.split(rf"\b{one['id']}\b", text))
    return text


def _line(one: Undone) -> str:
    why = f": {one.why}" if one.why else ""
    return f"{_TITLES[one.state]}: change {one.seq} by {one.automation}, {one.text}{why}."


def _newer(meant: Last) -> Iterator[str]:
    """The bot's change since a command: another `/undo` goes further back, not to that."""
    if (entry := meant.since) is not None:
        what = describe(entry.kind, entry.before, entry.after)
        yield f"Since then {entry.automation} changed {what}: `/undo {entry.seq}` undoes that."


def _besides(done: Sequence[Undone]) -> Iterator[str]:
    """What it keeps the bot from, until when, and how to end that."""
    muted = {automation: until_ms for one in done for automation, until_ms in one.muted.items()}
    for automation, until_ms in muted.items():
        yield f"{Muted(automation, until_ms).sentence} `/unmute {automation}` ends that."
    for priority, until_ms in dict.fromkeys((one.keeps, one.until_ms) for one in done):
        if priority is not None:
            kept = f"{format_priority(priority)} is held until {format_moment(until_ms)}"
            yield f"{kept}. `/release` ends that."
    for automation in dict.fromkeys(automation for one in done for automation in one.unmuted):
        yield f"`{automation}` is no longer muted here."
