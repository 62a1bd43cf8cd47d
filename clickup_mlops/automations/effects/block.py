"""`block:<what>`: parts of a doc's page that the bot keeps, among what people write there.

`after` has the names of doc and page, and the texts by name of their block. The page is read right
before it is written, and again if it has changed meanwhile: ClickUp has no way to write a part of a
page, or only if nobody else did.
"""

from collections.abc import Mapping
from typing import Any, Final

from clickup_mlops import logs
from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.effects import doc
from clickup_mlops.automations.model import Change, Effect, LostWrite, Receipt
from clickup_mlops.clickup.managed_blocks import extract_block, is_same_text, replace_block
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import Conflict, NotFound

_TRIES: Final = 5
Texts = Mapping[str, str | None]
"""By block; None: it is taken away."""


def write(clickup: EffectClient, _task_id: str, change: Change) -> str:
    """Three calls for a page that the bot knows; `doc id/page id`. Blocks that people removed stay
    away, and the others are written.

    Raises:
        Conflict: no block can be written; the page stays as it is.
    """
    before, after = change.before or {}, change.after or {}
    place, last = before.get("id"), before.get("blocks", {})
    texts: Texts = dict.fromkeys(last) | after.get("blocks", {})
    if place and _write_existing(clickup, place, texts, last):
        return str(place)
    page, _is_new = doc.place(clickup, after["doc"], after["page"])
    _replace(clickup, page, texts, {})
    return page


def _write_existing(clickup: EffectClient, place: str, texts: Texts, last: Texts) -> bool:
    """Whether the page that the bot has written is still there, and written now."""
    try:
        _replace(clickup, place, texts, last)
    except NotFound:
        return not any(texts.values())  # nothing to take away
    return True


def _replace(clickup: EffectClient, place: str, texts: Texts, last: Texts) -> None:
    text = _read(clickup, place)
    for _ in range(_TRIES):
        page = _with_blocks(text, texts, last)
        now = _read(clickup, place)
        if now == text:
            doc.edit(clickup, place, page)
            return
        text = now
    raise Conflict(
        "people are writing on the page just now", hint="It is written with the next event."
    )


def _with_blocks(page: str, texts: Texts, last: Texts) -> str:
    problems: list[Conflict] = []
    for key, text in texts.items():
        try:
            replaced = replace_block(page, key, text, last.get(key))
        except Conflict as problem:
            problems.append(problem)
            continue
        page = replaced.page
        if replaced.moved:
            logs.get().warning("moved_out_of_block", block=key, lines=len(replaced.moved))
    if problems and len(problems) == len(texts):
        raise problems[0]
    for unwritten in problems:
        logs.get().warning("block_not_written", problem=str(unwritten), hint=unwritten.hint)
    return page


def _read(clickup: EffectClient, place: str) -> str:
    doc_id, _, page_id = place.partition("/")
    return clickup.docs.page(clickup.workspace_id, doc_id, page_id).content


def find(clickup: EffectClient, _task: Task, change: Change, _lost_write: LostWrite) -> str | None:
    """The page, if a block of it has its text, and none another. Three calls."""
    desired = change.after or change.before
    place = doc.known_place(clickup, desired["doc"], desired["page"])
    if place is None:
        return None
    page = _read(clickup, place)
    texts_by_key = {key: extract_block(page, key) for key in desired["blocks"]}
    if change.after is None:
        return None if any(texts_by_key.values()) else place
    texts = change.after["blocks"]
    present = {key: text for key, text in texts_by_key.items() if text is not None}
    is_same = all(is_same_text(text, texts[key]) for key, text in present.items())
    return place if present and is_same else None


def undo(change: Change, receipt: Receipt) -> Change | None:
    """The old texts come back. Blocks that were new are taken away; their page stays."""
    if change.after is None or receipt is None:
        return None
    now = {"id": receipt, **change.after}
    old: Mapping[str, Any] | None = change.before and {
        key: change.before[key] for key in change.after
    }
    return Change(change.kind, now, old, f"undo: {change.text}", {})


EFFECT = Effect("Blocks of a page in a doc.", write, find, undo, makes_new=True, shared=doc.shared)
