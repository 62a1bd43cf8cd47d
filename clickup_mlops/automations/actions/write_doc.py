"""`write_doc`: keep a page of a doc up to date."""

from clickup_mlops.automations.actions.comment import subject
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered, Written
from clickup_mlops.automations.text import Markdown, Text
from clickup_mlops.config import Table


class Options(Table):
    """Which page, and its text."""

    doc: Text
    """Name of the doc; it is made if there is none."""
    page: Text
    """Name of the page; it is made if there is none."""
    text: Markdown
    """The page's text, in Markdown. It replaces what is there; ClickUp drops checklists in it."""
    key: str = ""
    """Distinguishes several pages of one automation."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the bot wrote that text there last."""
    kind = f"doc:{subject(situation.automation, options.key)}"
    after = {name: getattr(options, name).fill(situation) for name in ("doc", "page", "text")}
    if empty := [name for name, value in after.items() if not value.strip()]:
        raise Unanswered(f"{empty[0]} is empty here")
    last = situation.written(kind)
    if last and last.after == after:
        return None
    text = f'page "{after["page"]}" of "{after["doc"]}"'
    return Change(kind, _before(last, after), after, text, dict(after))


def _before(last: Written | None, after: dict[str, str]) -> dict[str, str] | None:
    """The same page as the bot wrote it last."""
    if last is None or last.after is None or not last.receipt:
        return None
    # Another doc or page is written anew; the old one stays as it is.
    same = all(last.after[name] == after[name] for name in ("doc", "page"))
    return {"id": last.receipt, **last.after} if same else None


ACTION = ActionType(
    "Keep a page of a doc up to date.", Options, plan, writes=("doc",), needs_task=False
)
