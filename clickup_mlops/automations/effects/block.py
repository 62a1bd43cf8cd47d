"""`block:<page and block>`: a part of a doc's page that the bot keeps, among what people write.

`after` has the names of doc, page and block, and the text. The page is read right before it is
written, and again if it has changed meanwhile; ClickUp has no way to write a part of a page, or
only if nobody else did.
"""

from typing import Final

from clickup_mlops import logs
from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.effects import doc
from clickup_mlops.automations.managed_blocks import block_text, replace_block, same_text
from clickup_mlops.automations.model import Change, Effect, Lost, Receipt
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import Conflict, NotFound
from clickup_mlops.json_types import JsonObject

_TRIES: Final = 5


def write(clickup: EffectClient, _task_id: str, change: Change) -> str:
    """Three calls for a page that the bot knows; `doc id/page id`.

    Raises:
        Conflict: people removed the block or keep changing the page; it stays as it is.
    """
    wanted = change.after or {**change.before, "text": None}
    before = change.before or {}
    place = before.get("id") or _place(clickup, wanted)
    try:
        _replace(clickup, str(place), wanted, before.get("text"))
    except NotFound:
        if not before.get("id") or change.after is None:
            raise
        place = _place(clickup, wanted)
        _replace(clickup, place, wanted, None)
    return str(place)


def _place(clickup: EffectClient, wanted: JsonObject) -> str:
    found, _is_new = doc.place(clickup, wanted["doc"], wanted["page"])
    return found


def _replace(clickup: EffectClient, place: str, wanted: JsonObject, last: str | None) -> None:
    text = _read(clickup, place)
    for _ in range(_TRIES):
        replaced = replace_block(text, wanted["block"], wanted["text"], last)
        now = _read(clickup, place)
        if now == text:
            doc.edit(clickup, place, replaced.page)
            if replaced.moved:
                logs.get().warning(
                    "lines_moved_out_of_block", page=wanted["page"], lines=len(replaced.moved)
                )
            return
        text = now
    raise Conflict(f'people are writing on the page "{wanted["page"]}"', hint="Try again later.")


def _read(clickup: EffectClient, place: str) -> str:
    doc_id, _, page_id = place.partition("/")
    return clickup.docs.page(clickup.workspace_id, doc_id, page_id).content


def find(clickup: EffectClient, _task: Task, change: Change, _lost: Lost) -> str | None:
    """The page, if its block has that text. Three calls."""
    wanted = change.after or change.before
    place = doc.known_place(clickup, wanted["doc"], wanted["page"])
    if place is None:
        return None
    text = block_text(_read(clickup, place), wanted["block"])
    if change.after is None or text is None:
        return place if change.after is None and text is None else None
    return place if same_text(text, change.after["text"]) else None


def undo(change: Change, receipt: Receipt) -> Change | None:
    """The old text comes back. A block that was new is removed; its page stays."""
    if change.after is None or receipt is None:
        return None
    now = {"id": receipt, **change.after}
    old = change.before and {key: change.before[key] for key in change.after}
    return Change(change.kind, now, old, f"undo: {change.text}", {})


EFFECT = Effect("A block of a page in a doc.", write, find, undo, makes_new=True)
