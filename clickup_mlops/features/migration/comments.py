"""An update as the comment that it becomes. Pure."""

import re
from collections.abc import Mapping as ReadOnly
from types import MappingProxyType
from typing import Final

from clickup_mlops.clickup.blocks import LONGEST, escape_markdown, format_mention
from clickup_mlops.features.migration.columns import _dates
from clickup_mlops.features.migration.columns._model import Lookup, Loss
from clickup_mlops.features.migration.convert import ItemLoss
from clickup_mlops.features.migration.html import to_markdown
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.records import Update
from clickup_mlops.features.migration.steps import AddComment
from clickup_mlops.spelling import format_count

AUTOMATION: Final = "An automation"
UNKNOWN: Final = "Somebody"
LIKES: Final = "the likes of an update"
_NOBODY: Final = re.compile(r"-\d+")
"""Ids of automations and templates."""
_NO_NAMES: Final[ReadOnly[str, str]] = MappingProxyType({})


def comment(
    update: Update, mapping: Mapping, lookup: Lookup, names: ReadOnly[str, str] = _NO_NAMES
) -> tuple[AddComment, tuple[ItemLoss, ...]]:
    """The update's comment, which begins with its author and time, and what is lost.

    `names` are the names of files by their ids, for pictures in the text.
    """

    def mention(person_id: str, name: str) -> str:
        user = lookup.person(person_id) if mapping.mentions else None
        if user is not None:
            return format_mention(user, name)
        fallback_name = lookup.name(person_id)
        return escape_markdown(f"@{name or fallback_name}")

    head = _head(update, lookup)
    body = to_markdown(update.html, mention, lambda loss: names.get(loss, ""), LONGEST - len(head))
    text = f"{head}\n\n{body.markdown}" if body.markdown else head
    step = AddComment(update.id, update.item_id, text, update.reply_to)
    # Not in the text: each new like would be an edit of the comment.
    likes = (Loss(LIKES, str(update.likes)),) if update.likes > 0 else ()
    losses = (*body.losses, *likes)
    return step, tuple(ItemLoss("", "updates", loss.what, loss.example) for loss in losses)


def _head(update: Update, lookup: Lookup) -> str:
    parts = (
        f"**{escape_markdown(_author(update, lookup))}**",
        _dates.format_instant(update.created_ms) if update.created_ms is not None else "",
        _edited(update),
        "pinned" if update.pinned else "",
        format_count(len(update.assets), "file") if update.assets else "",
    )
    return " · ".join(filter(None, parts))


def _author(update: Update, lookup: Lookup) -> str:
    display_name = lookup.name(update.author) if update.author else ""
    if display_name == update.author:
        display_name = ""  # only an id
    name = " ".join((display_name or update.author_name).split())
    if name:
        return name
    return AUTOMATION if _NOBODY.fullmatch(update.author) else UNKNOWN


def _edited(update: Update) -> str:
    if update.edited_ms is None or update.edited_ms == update.created_ms:
        return ""
    return f"edited {_dates.format_instant(update.edited_ms)}"
