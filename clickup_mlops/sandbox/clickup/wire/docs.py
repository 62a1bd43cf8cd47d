"""Docs and pages on the wire; numbers are numbers in v3."""

from clickup_mlops.sandbox.clickup.state.model import Doc, Json, Page
from clickup_mlops.sandbox.clickup.state.talk import docs
from clickup_mlops.sandbox.clickup.state.world import World


def doc(found: Doc) -> Json:
    """A Doc."""
    return {
        "id": found.id,
        "date_created": found.date_created,
        "date_updated": found.date_updated,
        "name": found.name,
        "type": 1,
        "parent": {"id": found.parent_id, "type": found.parent_type},
        "public": found.public,
        "workspace_id": int(found.team_id),
        "creator": found.creator_id,
        "deleted": False,
        "archived": found.archived,
    }


def page(world: World, of: Doc, found: Page, depth: int = -1) -> Json:
    """A page with its subpages, `depth` levels down (-1: all)."""
    return {
        **_reference(of, found),
        "sub_title": found.sub_title,
        "date_created": found.date_created,
        "date_updated": found.date_updated,
        "content": found.content,
        "creator_id": found.creator_id,
        "deleted": False,
        "archived": False,
        "authors": [found.creator_id],
        "contributors": [found.creator_id],
        "protected": False,
        "pages": [page(world, of, one, depth - 1) for one in _below(world, of, found, depth)],
    }


def listing(world: World, of: Doc, found: Page, depth: int = -1) -> Json:
    """A page without its content."""
    below = [listing(world, of, one, depth - 1) for one in _below(world, of, found, depth)]
    return {**_reference(of, found), "pages": below}


def _below(world: World, of: Doc, found: Page, depth: int) -> list[Page]:
    return [] if depth == 0 else docs.pages(world, of, found.id)


def _reference(of: Doc, found: Page) -> Json:
    shown: Json = {"id": found.id, "doc_id": of.id, "workspace_id": int(of.team_id)}
    shown["name"] = found.name
    if found.parent_page_id:
        shown["parent_page_id"] = found.parent_page_id
    return shown
