"""Docs and pages on the wire; numbers are numbers in v3."""

from clickup_mlops.sandbox.clickup.state.model import Doc, JsonTable, Page
from clickup_mlops.sandbox.clickup.state.talk import docs
from clickup_mlops.sandbox.clickup.state.world import World


def format_doc(doc: Doc) -> JsonTable:
    """A Doc without its pages; the creator is a bare id."""
    return {
        "id": doc.id,
        "date_created": doc.date_created,
        "date_updated": doc.date_updated,
        "name": doc.name,
        "type": 1,
        "parent": {"id": doc.parent_id, "type": doc.parent_type},
        "public": doc.public,
        "workspace_id": int(doc.team_id),
        "creator": doc.creator_id,
        "deleted": False,
        "archived": doc.archived,
    }


def format_page(world: World, of: Doc, page: Page, depth: int = -1) -> JsonTable:
    """A page with its subpages, `depth` levels down (-1: all)."""
    return {
        **_format_reference(of, page),
        "sub_title": page.sub_title,
        "date_created": page.date_created,
        "date_updated": page.date_updated,
        "content": page.content,
        "creator_id": page.creator_id,
        "deleted": False,
        "archived": False,
        "authors": [page.creator_id],
        "contributors": [page.creator_id],
        "protected": False,
        "pages": [
            format_page(world, of, subpage, depth - 1)
            for subpage in _list_subpages(world, of, page, depth)
        ],
    }


def format_page_listing(world: World, of: Doc, page: Page, depth: int = -1) -> JsonTable:
    """A page without its content."""
    below = [
        format_page_listing(world, of, subpage, depth - 1)
        for subpage in _list_subpages(world, of, page, depth)
    ]
    return {**_format_reference(of, page), "pages": below}


def _list_subpages(world: World, of: Doc, page: Page, depth: int) -> list[Page]:
    return [] if depth == 0 else docs.list_pages(world, of, page.id)


def _format_reference(of: Doc, page: Page) -> JsonTable:
    reference: JsonTable = {"id": page.id, "doc_id": of.id, "workspace_id": int(of.team_id)}
    reference["name"] = page.name
    if page.parent_page_id:
        reference["parent_page_id"] = page.parent_page_id
    return reference
