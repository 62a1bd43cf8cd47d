"""The page of manual steps in ClickUp: read for what people ticked, and written again."""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.clickup.content import Parent
from clickup_mlops.errors import InputError, NotFound
from clickup_mlops.features.provisioning.apply.resources.page import every
from clickup_mlops.features.provisioning.manual import page
from clickup_mlops.features.provisioning.manual.checklist import Checklist
from clickup_mlops.features.provisioning.operations.manual_steps import name_of
from clickup_mlops.features.provisioning.plan.model import Plan

_SCOPE: Final = "manual page"


@dataclass(frozen=True, slots=True)
class Kept:
    """A page that was written: its Doc, its text's digest, and the titles that it had."""

    doc_id: str
    page_id: str
    digest: str
    titles: tuple[str, ...] = ()


def ticked(bot: Bot, plan: Plan, todo: Checklist) -> list[str]:
    """The automations and dashboards that people ticked on the page; none without a page.

    Raises:
        ApiError: ClickUp cannot be read.
    """
    stored_page = _load(bot, plan)
    return [] if stored_page is None else page.confirmed(_read(bot, stored_page) or "", todo.items)


def write(bot: Bot, plan: Plan, todo: Checklist) -> None:
    """Write the page; the first time in the Doc for it in the template's Space.

    Raises:
        InputError: the Space does not exist yet. ApiError: ClickUp refused.
    """
    stored_page = _load(bot, plan)
    if stored_page is None and not todo.items:
        return
    if stored_page is None or _read(bot, stored_page) is None:
        stored_page = _created(bot, plan)
    titles = [item.title for item in todo.items]
    completed = [title for title in stored_page.titles if title not in titles]
    text = page.text(plan.template, todo.items, completed)
    docs = bot.client.docs
    docs.edit_page(bot.workspace_id, stored_page.doc_id, stored_page.page_id, markdown=text)
    content = docs.page(bot.workspace_id, stored_page.doc_id, stored_page.page_id).content
    _keep(
        bot,
        plan,
        Kept(stored_page.doc_id, stored_page.page_id, _digest(content), (*titles, *completed)),
    )


def own_docs(bot: Bot) -> frozenset[str]:
    """The Docs of such pages in which nothing is people's: no other page, no word on these."""
    notes = bot.store.notes.all(_scope(bot)).values()
    unchanged: dict[str, set[str]] = {}
    for stored_page in (_parsed(note.value) for note in notes):
        if _digest(_read(bot, stored_page) or "") == stored_page.digest:
            unchanged.setdefault(stored_page.doc_id, set()).add(stored_page.page_id)
    return frozenset(doc for doc, pages in unchanged.items() if _pages(bot, doc) <= pages)


def _pages(bot: Bot, doc_id: str) -> set[str]:
    return {page_.id for page_ in every(bot.client.docs.pages(bot.workspace_id, doc_id))}


def _created(bot: Bot, plan: Plan) -> Kept:
    space = next((s.have.id for s in plan.steps if len(s.path) == 1 and s.have is not None), None)
    if not space:
        raise InputError("there is no Space for the page yet", hint="First `provision apply`.")
    docs, team = bot.client.docs, bot.workspace_id
    docs_in_space = docs.all(team, parent_id=space)
    doc_id = next((doc.id for doc in docs_in_space if doc.name == page.NAME), None)
    if doc_id is None:
        parent = (Parent.SPACE, space)
        doc_id = docs.create(team, page.NAME, parent=parent, create_page=False).id
    values = ", ".join(str(value) for _, value in sorted(plan.instance.items()))
    name = f"{page.NAME}: {plan.template}{f' ({values})' if values else ''}"
    stored_page = Kept(doc_id, docs.add_page(team, doc_id, name, "").id, "")
    _keep(bot, plan, stored_page)
    return stored_page


def _read(bot: Bot, stored_page: Kept) -> str | None:
    """The page's text; None if people deleted it."""
    try:
        return bot.client.docs.page(
            bot.workspace_id, stored_page.doc_id, stored_page.page_id
        ).content
    except NotFound:
        return None


def _load(bot: Bot, plan: Plan) -> Kept | None:
    note = bot.store.notes.get(_scope(bot), name_of(plan))
    return None if note is None else _parsed(note.value)


def _parsed(value: Any) -> Kept:
    return Kept(value["doc"], value["page"], value["digest"], tuple(value["titles"]))


def _keep(bot: Bot, plan: Plan, stored_page: Kept) -> None:
    value = {
        "doc": stored_page.doc_id,
        "page": stored_page.page_id,
        "digest": stored_page.digest,
        "titles": stored_page.titles,
    }
    bot.store.notes.put(_scope(bot), name_of(plan), value, bot.now_ms())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _scope(bot: Bot) -> str:
    return f"{_SCOPE}:{bot.workspace_id}"
