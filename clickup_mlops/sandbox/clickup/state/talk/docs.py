"""Docs and their pages (v3). A Doc can be neither renamed nor deleted by the API."""

import re
from collections.abc import Callable

from clickup_mlops.sandbox.clickup.state.model import Doc, Json, Page, User
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import flag, record, text, whole
from clickup_mlops.sandbox.clickup.state.world import World

_SPECIAL = "\\`*_{}[]()#+-.!|"
MARKDOWN = "text/md"
PARENT_TYPES = {"SPACE": "4", "FOLDER": "5", "LIST": "6", "EVERYTHING": "7", "WORKSPACE": "12"}
_CHECKLIST = re.compile(r"^[ \t]*[-*+] \[[ xX]\].*\n?", re.MULTILINE)


def get(world: World, team_id: str, doc_id: str) -> Doc:
    """A Doc by id."""
    found = world.docs.get(doc_id)
    if found is None or found.team_id != team_id:
        raise no_access("Doc")
    return found


def page(world: World, doc: Doc, page_id: str) -> Page:
    """A page of a Doc by id."""
    found = world.pages.get(page_id)
    if found is None or found.doc_id != doc.id:
        raise no_access("Page")
    return found


def search(world: World, team_id: str, asked: Json) -> list[Doc]:
    """The Docs of a Workspace that match `id`, `creator`, `parent_id` and `parent_type`.

    The type may be a name or a number. Archived ones are listed only if asked for (by hand Docs can
    be archived, the API cannot); deleted ones there are none.
    """
    if flag(asked, "deleted", False):
        return []
    if "parent_type" in asked:
        asked = {**asked, "parent_type": _parent_type(asked["parent_type"])}
    readers: dict[str, Callable[[Doc], str]] = {
        "id": lambda doc: doc.id,
        "creator": lambda doc: str(doc.creator_id),
        "parent_id": lambda doc: doc.parent_id,
        "parent_type": lambda doc: str(doc.parent_type),
    }
    archived = flag(asked, "archived", False)
    found = [doc for doc in world.docs if (doc.team_id, doc.archived) == (team_id, archived)]
    for key, read in readers.items():
        found = [doc for doc in found if key not in asked or read(doc) == asked[key]]
    return sorted(found, key=lambda doc: (doc.date_created, doc.id))


def _parent_type(sent: str) -> str:
    found = PARENT_TYPES.get(sent, sent)
    if found not in PARENT_TYPES.values():
        raise bad_input(f"parent_type must be one of {', '.join(PARENT_TYPES)}")
    return found


def create(world: World, actor: User, team_id: str, body: Json) -> Doc:
    """A new Doc; with a first page unless `create_page` is false."""
    parent = {"id": team_id, "type": 12} | record(body, "parent")
    now = world.now_ms()
    made = Doc(
        f"8c{team_id[-4:]}-{world.ids.count('doc')}",
        team_id,
        text(body, "name", ""),
        str(parent["id"]),
        whole(parent, "type", 12) or 12,
        actor.id,
        now,
        now,
        public=body.get("visibility", "PUBLIC") in ("PUBLIC", 1),
    )
    world.docs.put(made)
    if body.get("create_page", True):
        create_page(world, actor, made, {})
    return made


def pages(world: World, doc: Doc, parent_id: str | None = None) -> list[Page]:
    """The pages directly below a page, or the Doc's own; in the order of creation."""
    found = [p for p in world.pages if (p.doc_id, p.parent_page_id) == (doc.id, parent_id)]
    return sorted(found, key=lambda p: (p.date_created, p.id))


def create_page(world: World, actor: User, doc: Doc, body: Json) -> Page:
    """A new page."""
    parent = body.get("parent_page_id")
    if parent is not None:
        page(world, doc, parent)
    now = world.now_ms()
    made = Page(
        f"{doc.id}-p{world.ids.count('page'):05}",
        doc.id,
        text(body, "name", ""),
        actor.id,
        now,
        now,
        sub_title=text(body, "sub_title", ""),
        content=_content(body),
        parent_page_id=parent,
    )
    return world.pages.put(made)


def edit_page(world: World, found: Page, body: Json) -> None:
    """Change a page; `content_edit_mode` replaces, appends or prepends."""
    mode = body.get("content_edit_mode", "replace")
    if mode not in ("replace", "append", "prepend"):
        raise bad_input("content_edit_mode invalid")
    if "content" in body:
        new = _content(body)
        joined = {"append": found.content + new, "prepend": new + found.content}
        found.content = joined.get(mode, new)
    found.name = text(body, "name", found.name)
    found.sub_title = text(body, "sub_title", found.sub_title)
    found.date_updated = world.now_ms()
    world.pages.put(found)


def _content(body: Json) -> str:
    """Markdown stays markdown only if the request says that it is."""
    content = text(body, "content", "")
    if body.get("content_format") == MARKDOWN:
        return _CHECKLIST.sub("", content)  # they are dropped (measured live)
    return "".join(f"\\{one}" if one in _SPECIAL else one for one in content)
