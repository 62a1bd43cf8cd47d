"""`write_block`: keep a block of a doc's page up to date, among what people write there."""

from collections.abc import Mapping

from clickup_mlops.automations.actions.comment import subject
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered, Written
from clickup_mlops.automations.text import Markdown, Text, Title
from clickup_mlops.config import Table


class Options(Table):
    """Which block of which page, and its text."""

    doc: Text
    """Name of the doc; it is made if there is none."""
    page: Title
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
    names = ("doc", "page", "block", "text")
    filled = {name: getattr(options, name).fill(situation).strip() for name in names}
    if empty := [name for name, value in filled.items() if not value]:
        raise Unanswered(f"{empty[0]} is empty here")
    kind = f"block:{subject(situation.automation, options.key)}"
    blocks = {filled["block"]: filled["text"]}
    change = blocks_change(kind, situation.written(kind), filled["doc"], filled["page"], blocks)
    return change and Change(change.kind, change.before, change.after, change.text, filled)


def blocks_change(
    kind: str, last: Written | None, doc: str, page: str, blocks: Mapping[str, str]
) -> Change | None:
    """The change of a page's blocks; None: the bot wrote them so last."""
    after = {"doc": doc, "page": page, "blocks": dict(blocks)}
    before = None
    if last and last.after and last.receipt:
        # Another page is written anew; the old one stays as it is.
        is_same_page = all(last.after[name] == after[name] for name in ("doc", "page"))
        before = {"id": last.receipt, **last.after} if is_same_page else None
    if before and before["blocks"] == after["blocks"]:
        return None
    text = f'{", ".join(blocks)} on page "{page}" of "{doc}"'
    return Change(kind, before, after, text, {})


ACTION = ActionType(
    "Keep a block of a doc's page up to date, among what people write there.",
    Options,
    plan,
    writes=("block",),
    needs_task=False,
)
