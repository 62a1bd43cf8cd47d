"""Docs and pages (v3)."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.paging import paginate
from clickup_mlops.sandbox.clickup.state.talk import docs
from clickup_mlops.sandbox.clickup.wire import docs as wire

ROUTES = Blueprint("docs", __name__)

_ALL = "/api/v3/workspaces/<workspace_id>/docs"
_ONE = f"{_ALL}/<doc_id>"


def _read_depth() -> int:
    return request.args.get("max_page_depth", -1, type=int)


@ROUTES.get(_ALL)
def search(workspace_id: str) -> Response:
    """The Docs of a Workspace."""
    matches = docs.search(get_world(), workspace_id, request.args.to_dict())
    page, following = paginate(matches, low=10)
    more = {"next_cursor": following} if following else {}
    return answer({"docs": [wire.format_doc(doc) for doc in page], **more})


@ROUTES.post(_ALL)
def create(workspace_id: str) -> Response:
    """Create a Doc, with a first page unless `create_page` is false."""
    return answer(
        wire.format_doc(docs.create(get_world(), get_actor(), workspace_id, read_body())), 201
    )


@ROUTES.get(_ONE)
def get(workspace_id: str, doc_id: str) -> Response:
    """One Doc, without its pages."""
    return answer(wire.format_doc(docs.get(get_world(), workspace_id, doc_id)))


@ROUTES.get(f"{_ONE}/page_listing")
@ROUTES.get(f"{_ONE}/pageListing")
def list_page_tree(workspace_id: str, doc_id: str) -> Response:
    """The tree of pages, without content."""
    doc = docs.get(get_world(), workspace_id, doc_id)
    roots = docs.list_pages(get_world(), doc)
    return answer(
        [wire.format_page_listing(get_world(), doc, page, _read_depth()) for page in roots]
    )


@ROUTES.get(f"{_ONE}/pages")
def list_pages(workspace_id: str, doc_id: str) -> Response:
    """The tree of pages, with content."""
    doc = docs.get(get_world(), workspace_id, doc_id)
    return answer(
        [
            wire.format_page(get_world(), doc, page, _read_depth())
            for page in docs.list_pages(get_world(), doc)
        ]
    )


@ROUTES.post(f"{_ONE}/pages")
def create_page(workspace_id: str, doc_id: str) -> Response:
    """Create a page, or a subpage if `parent_page_id` is given."""
    doc = docs.get(get_world(), workspace_id, doc_id)
    return answer(
        wire.format_page(
            get_world(), doc, docs.create_page(get_world(), get_actor(), doc, read_body())
        ),
        201,
    )


@ROUTES.get(f"{_ONE}/pages/<page_id>")
def get_page(workspace_id: str, doc_id: str, page_id: str) -> Response:
    """One page with its content and its subpages."""
    doc = docs.get(get_world(), workspace_id, doc_id)
    return answer(wire.format_page(get_world(), doc, docs.get_page(get_world(), doc, page_id)))


@ROUTES.put(f"{_ONE}/pages/<page_id>")
def edit_page(workspace_id: str, doc_id: str, page_id: str) -> Response:
    """Change a page; `content_edit_mode` replaces, appends or prepends."""
    doc = docs.get(get_world(), workspace_id, doc_id)
    docs.edit_page(get_world(), docs.get_page(get_world(), doc, page_id), read_body())
    return answer({})
