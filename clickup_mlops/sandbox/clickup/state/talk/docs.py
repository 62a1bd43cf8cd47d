"""Docs and their pages (v3). A Doc can be neither renamed nor deleted by the API."""

import re
from collections.abc import Callable

from clickup_mlops.sandbox.clickup.state.model import Doc, JsonTable, Page, User
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import read_flag, read_int, read_record, read_text
from clickup_mlops.sandbox.clickup.state.world import World

_SPECIAL = "\\`*_{}[]()#+-.!|"
MARKDOWN = "text/md"
PARENT_TYPES = {"SPACE": "4", "FOLDER": "5", "LIST": "6", "EVERYTHING": "7", "WORKSPACE": "12"}
_CHECKLIST = re.compile(r"^[ \t]*[-*+] \[[ xX]\].*\n?", re.MULTILINE)


def get(world: World, team_id: str, doc_id: str) -> Doc:
    """A Doc by id."""
    doc = world.docs.get(doc_id)
    if doc is None or doc.team_id != team_id:
        raise no_access("Doc")
    return doc


def get_page(world: World, doc: Doc, page_id: str) -> Page:
    """A page of a Doc by id."""
    page = world.pages.get(page_id)
    if page is None or page.doc_id != doc.id:
        raise no_access("Page")
    return page


def search(world: World, team_id: str, filters: JsonTable) -> list[Doc]:
    """The Docs of a Workspace that match `id`, `creator`, `parent_id` and `parent_type`.

    The type may be a name or a number. Archived ones are listed only if asked for (by hand Docs can
    be archived, the API cannot); deleted ones there are none.
    """
    if read_flag(filters, "deleted", False):
        return []
    if "parent_type" in filters:
        filters = {**filters, "parent_type": _parse_parent_type(filters["parent_type"])}
    readers: dict[str, Callable[[Doc], str]] = {
        "id": lambda doc: doc.id,
        "creator": lambda doc: str(doc.creator_id),
        "parent_id": lambda doc: doc.parent_id,
        "parent_type": lambda doc: str(doc.parent_type),
    }
    archived = read_flag(filters, "archived", False)
    docs = [doc for doc in world.docs if (doc.team_id, doc.archived) == (team_id, archived)]
    for key, read in readers.items():
        docs = [doc for doc in docs if key not in filters or read(doc) == filters[key]]
    return sorted(docs, key=lambda doc: (doc.date_created, doc.id))


def _parse_parent_type(name_or_number: str) -> str:
    parent_type = PARENT_TYPES.get(name_or_number, name_or_number)
    if parent_type not in PARENT_TYPES.values():
        raise bad_input(f"parent_type must be one of {', '.join(PARENT_TYPES)}")
    return parent_type


def create(world: World, actor: User, team_id: str, body: JsonTable) -> Doc:
    """A new Doc; with a first page unless `create_page` is false."""
    parent = {"id": team_id, "type": 12} | read_record(body, "parent")
    now = world.now_ms()
    doc = Doc(
        f"8c{team_id[-4:]}-{world.ids.count('doc')}",
        team_id,
        read_text(body, "name", ""),
        str(parent["id"]),
        read_int(parent, "type", 12) or 12,
        actor.id,
        now,
        now,
        public=body.get("visibility", "PUBLIC") in ("PUBLIC", 1),
    )
    world.docs.put(doc)
    if body.get("create_page", True):
        create_page(world, actor, doc, {})
    return doc


def list_pages(world: World, doc: Doc, parent_id: str | None = None) -> list[Page]:
    """The pages directly below a page, or the Doc's own; in the order of creation."""
    pages = [p for p in world.pages if (p.doc_id, p.parent_page_id) == (doc.id, parent_id)]
    return sorted(pages, key=lambda p: (p.date_created, p.id))


def create_page(world: World, actor: User, doc: Doc, body: JsonTable) -> Page:
    """Create a page, below another one if `parent_page_id` names it."""
    parent = body.get("parent_page_id")
    if parent is not None:
        get_page(world, doc, parent)
    now = world.now_ms()
    page = Page(
        f"{doc.id}-p{world.ids.count('page'):05}",
        doc.id,
        read_text(body, "name", ""),
        actor.id,
        now,
        now,
        sub_title=read_text(body, "sub_title", ""),
        content=_read_content(body),
        parent_page_id=parent,
    )
    return world.pages.put(page)


def edit_page(world: World, page: Page, body: JsonTable) -> None:
    """Change a page; `content_edit_mode` replaces, appends or prepends."""
    mode = body.get("content_edit_mode", "replace")
    if mode not in ("replace", "append", "prepend"):
        raise bad_input("content_edit_mode invalid")
    if "content" in body:
        new = _read_content(body)
        joined = {"append": page.content + new, "prepend": new + page.content}
        page.content = joined.get(mode, new)
    page.name = read_text(body, "name", page.name)
    page.sub_title = read_text(body, "sub_title", page.sub_title)
    page.date_updated = world.now_ms()
    world.pages.put(page)


def _read_content(body: JsonTable) -> str:
    """Markdown stays markdown only if the request says that it is."""
    content = read_text(body, "content", "")
    if body.get("content_format") == MARKDOWN:
        return _CHECKLIST.sub("", content)  # they are dropped (measured live)
    return "".join(
        f"\\{character}" if character in _SPECIAL else character for character in content
    )
