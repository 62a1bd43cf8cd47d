"""`/undo` in a comment: undoes what the bot last did on the task, with the same functions."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.bot.undo import targets
from clickup_mlops.bot.undo.holds import origin
from clickup_mlops.bot.undo.undoing import Undoing, Undone, UndoRequest
from clickup_mlops.commands.dispatch import must_be_allowed
from clickup_mlops.commands.phrases import plain
from clickup_mlops.errors import InputError
from clickup_mlops.routing.decision import moment, title
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

    def __init__(self, store: Store, undoing: Undoing) -> None:
        self._store, self._undoing = store, undoing

    def __call__(self, task_id: str, change: int | None, asked: Asked) -> str:
        """What to say about it, in Markdown."""
        self._store.flush()  # writes of this lane whose end is not on disk yet
        run, audit = f"undo-{asked.key}", self._store.audit
        try:
            begun = targets.begun(audit, run) if change is None else []
            entries = begun or targets.of_task(audit, task_id, change)
            for entry in entries:
                must_be_allowed(origin(entry, audit.get).automation, asked.commands)
        except InputError as problem:
            return f"Nothing to undo: {problem}."
        before = self._store.mirror.get(task_id)
        done = list(self._undoing.run(entries, UndoRequest(run, asked.actor)))
        text = "\n".join([*map(_line, done), *_besides(done), *self._older(task_id, done)])
        for known in filter(None, (before, self._store.mirror.get(task_id))):
            text = named(text, known.raw)
        return text

    def _older(self, task_id: str, done: Sequence[Undone]) -> Iterator[str]:
        """The change before, if nothing could be undone: else `/undo` would stop there for ever."""
        if all(one.state == "kept" for one in done):
            first = min(one.seq for one in done)
            before = targets.last_of(self._store.audit, task_id, before=first)
            if before:
                yield f"The bot's change before that is undone by `/undo {before[0].seq}`."


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


def _besides(done: Sequence[Undone]) -> Iterator[str]:
    """What it keeps the bot from, until when, and how to end that."""
    muted = {automation: until_ms for one in done for automation, until_ms in one.muted.items()}
    for automation, until_ms in muted.items():
        yield f"{Muted(automation, until_ms).sentence} `/unmute {automation}` ends that."
    for priority, until_ms in dict.fromkeys((one.keeps, one.until_ms) for one in done):
        if priority is not None:
            kept = f"{title(priority)} is held until {moment(until_ms)}"
            yield f"{kept}. `/release` ends that."
    for automation in dict.fromkeys(automation for one in done for automation in one.unmuted):
        yield f"`{automation}` is no longer muted here."
