"""`write_block`: keep a block of a doc's page up to date, among what people write there."""

from clickup_mlops.automations.actions.comment import subject
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered, Written
from clickup_mlops.automations.text import Markdown, Text
from clickup_mlops.config import Table
from clickup_mlops.json_types import JsonObject

NAMES = ("doc", "page", "block", "text")


class Options(Table):
    """Which block of which page, and its text."""

    doc: Text
    """Name of the doc; it is made if there is none."""
    page: Text
    """Name of the page; it is made if there is none."""
    block: Text
    """Name of the block: it stands between two lines with its name. A new one is added at the
    page's end."""
    text: Markdown
    """The block's text, in Markdown. What people wrote in the block is moved below it."""
    key: str = ""
    """Distinguishes several blocks of one automation."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the bot wrote that text there last."""
    after = {name: getattr(options, name).fill(situation).strip() for name in NAMES}
    if empty := [name for name, value in after.items() if not value]:
        raise Unanswered(f"{empty[0]} is empty here")
    kind = f"block:{subject(situation.automation, options.key)}"
    return change(kind, situation.written(kind), after)


def change(kind: str, last: Written | None, after: JsonObject) -> Change | None:
    """The change of a block; None: the bot wrote it so last."""
    before = None
    if last and last.after and last.receipt:
        # Another page or block is written anew; the old one stays as it is.
        same = all(last.after[name] == after[name] for name in NAMES[:3])
        before = {"id": last.receipt, **last.after} if same else None
    if before and before["text"] == after["text"]:
        return None
    text = f'block "{after["block"]}" of page "{after["page"]}" of "{after["doc"]}"'
    return Change(kind, before, after, text, dict(after))


ACTION = ActionType(
    "Keep a block of a doc's page up to date, among what people write there.",
    Options,
    plan,
    writes=("block",),
    needs_task=False,
)
