"""Docs and pages (v3)."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.paging import cursor_page
from clickup_mlops.sandbox.clickup.state.talk import docs
from clickup_mlops.sandbox.clickup.wire import docs as wire

ROUTES = Blueprint("docs", __name__)

_ALL = "/api/v3/workspaces/<workspace_id>/docs"
_ONE = f"{_ALL}/<doc_id>"


def _depth() -> int:
    return request.args.get("max_page_depth", -1, type=int)


@ROUTES.get(_ALL)
def search(workspace_id: str) -> Response:
    """The Docs of a Workspace."""
    found = docs.search(world(), workspace_id, request.args.to_dict())
    page, following = cursor_page(found, low=10)
    more = {"next_cursor": following} if following else {}
    return answer({"docs": [wire.doc(one) for one in page], **more})


@ROUTES.post(_ALL)
def create(workspace_id: str) -> Response:
    """A new Doc."""
    return answer(wire.doc(docs.create(world(), actor(), workspace_id, body())), 201)


@ROUTES.get(_ONE)
def get(workspace_id: str, doc_id: str) -> Response:
    """One Doc."""
    return answer(wire.doc(docs.get(world(), workspace_id, doc_id)))


@ROUTES.get(f"{_ONE}/page_listing")
@ROUTES.get(f"{_ONE}/pageListing")
def listing(workspace_id: str, doc_id: str) -> Response:
    """The tree of pages, without content."""
    doc = docs.get(world(), workspace_id, doc_id)
    found = docs.pages(world(), doc)
    return answer([wire.listing(world(), doc, one, _depth()) for one in found])


@ROUTES.get(f"{_ONE}/pages")
def pages(workspace_id: str, doc_id: str) -> Response:
    """The tree of pages, with content."""
    doc = docs.get(world(), workspace_id, doc_id)
    return answer([wire.page(world(), doc, one, _depth()) for one in docs.pages(world(), doc)])


@ROUTES.post(f"{_ONE}/pages")
def create_page(workspace_id: str, doc_id: str) -> Response:
    """A new page."""
    doc = docs.get(world(), workspace_id, doc_id)
    return answer(wire.page(world(), doc, docs.create_page(world(), actor(), doc, body())), 201)


@ROUTES.get(f"{_ONE}/pages/<page_id>")
def get_page(workspace_id: str, doc_id: str, page_id: str) -> Response:
    """One page."""
    doc = docs.get(world(), workspace_id, doc_id)
    return answer(wire.page(world(), doc, docs.page(world(), doc, page_id)))


@ROUTES.put(f"{_ONE}/pages/<page_id>")
def edit_page(workspace_id: str, doc_id: str, page_id: str) -> Response:
    """Change a page."""
    doc = docs.get(world(), workspace_id, doc_id)
    docs.edit_page(world(), docs.page(world(), doc, page_id), body())
    return answer({})
