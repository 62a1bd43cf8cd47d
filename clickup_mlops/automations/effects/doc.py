"""`doc:<automation>` and the like: the text of a page in a doc, both known by their names.

With `once` a page that is there is left as it is.
"""

from contextlib import suppress

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, Receipt
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import NotFound


def write(clickup: EffectClient, _task_id: str, change: Change) -> str:
    """One call for a page that the bot knows, else three or four; `doc id/page id`."""
    text = change.after["text"]
    page = (change.before or {}).get("id")
    # Ids survive a renaming by people; names are only for the first time.
    with suppress(NotFound):
        if page:
            edit(clickup, page, text)
            return str(page)
    page_found, is_new = place(clickup, change.after["doc"], change.after["page"], text)
    if not is_new and not change.after.get("once"):
        edit(clickup, page_found, text)
    return page_found


def place(clickup: EffectClient, doc_name: str, page_name: str, text: str = "") -> tuple[str, bool]:
    """`doc id/page id` of the page with these names, and whether it is new: with this text."""
    # Looked up before it is created: docs are not unique by name, nor can they be deleted.
    doc_id = _doc(clickup, doc_name) or _new(clickup, doc_name)
    if page_id := _page(clickup, doc_id, page_name):
        return f"{doc_id}/{page_id}", False
    page = clickup.docs.add_page(clickup.workspace_id, doc_id, page_name, text)
    return f"{doc_id}/{page.id}", True


def known_place(clickup: EffectClient, doc_name: str, page_name: str) -> str | None:
    """The same; None: there is none. Two calls."""
    doc_id = _doc(clickup, doc_name)
    page_id = doc_id and _page(clickup, doc_id, page_name)
    return f"{doc_id}/{page_id}" if doc_id and page_id else None


def edit(clickup: EffectClient, page: str, text: str) -> None:
    """Replace the text of the page `doc id/page id`. Raises NotFound."""
    doc_id, _, page_id = page.partition("/")
    clickup.docs.edit_page(clickup.workspace_id, doc_id, page_id, markdown=text)


def _doc(clickup: EffectClient, name: str) -> str | None:
    docs = clickup.docs.all(clickup.workspace_id)
    return next((doc.id for doc in docs if doc.name.casefold() == name.casefold()), None)


def _new(clickup: EffectClient, name: str) -> str:
    return clickup.docs.create(clickup.workspace_id, name, create_page=False).id


def _page(clickup: EffectClient, doc_id: str, name: str) -> str | None:
    pages = clickup.docs.pages(clickup.workspace_id, doc_id)
    return next((page.id for page in pages if page.name == name), None)


def find(clickup: EffectClient, _task: Task, change: Change, _lost_write: LostWrite) -> str | None:
    """A page of that name with that text. Three calls."""
    page_place = known_place(clickup, change.after["doc"], change.after["page"])
    if page_place is None:
        return None
    if change.after.get("once"):
        return page_place
    doc_id, _, page_id = page_place.partition("/")
    page = clickup.docs.page(clickup.workspace_id, doc_id, page_id)
    # Markdown that comes back may have other blanks, and backslashes before signs such as `_`.
    is_same = (
        page.content.replace("\\", "").split() == change.after["text"].replace("\\", "").split()
    )
    return page_place if is_same else None


def undo(change: Change, receipt: Receipt) -> Change | None:
    """The old text comes back. A page that was new stays: ClickUp's API cannot delete pages."""
    if not change.before or receipt is None:
        return None
    now = {"id": receipt, **change.after}
    old = {key: change.before[key] for key in ("doc", "page", "text")}
    return Change(change.kind, now, old, f"undo: {change.text}", {})


def shared(change: Change) -> str:
    """The doc, by its name: docs and pages are not unique by name."""
    return f"doc/{(change.after or change.before)['doc'].casefold()}"


EFFECT = Effect("The text of a page in a doc.", write, find, undo, makes_new=True, shared=shared)
