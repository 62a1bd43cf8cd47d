"""`write_doc`: keep a page of a doc up to date."""

from clickup_mlops.automations.actions.comment import subject
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered, Written
from clickup_mlops.automations.text import Markdown, Text, Title
from clickup_mlops.config import Table
from clickup_mlops.json_types import Json


class Options(Table):
    """Which page, and its text."""

    doc: Text
    """Name of the doc; it is made if there is none."""
    page: Title
    """Name of the page; it is made if there is none."""
    text: Markdown
    """The page's text, in Markdown. It replaces what is there; ClickUp drops checklists in it."""
    key: Text = Text("")
    """Distinguishes several pages of one automation."""
    once: bool = False
    """Write it once for each task and key, as a draft that people go on with: a page that is there
    is left as it is."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the bot wrote that text there last."""
    kind = f"doc:{subject(situation.automation, options.key.fill(situation).strip())}"
    after = {name: getattr(options, name).fill(situation) for name in ("doc", "page", "text")}
    if empty := [name for name, value in after.items() if not value.strip()]:
        raise Unanswered(f"{empty[0]} is empty here")
    last = situation.written(kind)
    if last and (options.once or last.after == after):
        return None
    text, summary = f'page "{after["page"]}" of "{after["doc"]}"', dict(after)
    desired: dict[str, Json] = after | ({"once": True} if options.once else {})
    return Change(kind, _before(last, after), desired, text, summary)


def _before(last: Written | None, after: dict[str, str]) -> dict[str, str] | None:
    """The same page as the bot wrote it last."""
    if last is None or last.after is None or not last.receipt:
        return None
    # Another doc or page is written anew; the old one stays as it is.
    is_same_page = all(last.after[name] == after[name] for name in ("doc", "page"))
    return {"id": last.receipt, **last.after} if is_same_page else None


ACTION = ActionType(
    "Keep a page of a doc up to date.", Options, plan, writes=("doc",), needs_task=False
)
