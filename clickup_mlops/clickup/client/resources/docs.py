"""Docs and their pages (v3). A doc can be neither renamed nor deleted through the API."""

from collections.abc import Iterator
from typing import Any, Literal

from clickup_mlops.clickup.client.base import Resource, check_name, drop_none
from clickup_mlops.clickup.client.paging import iterate_cursor
from clickup_mlops.clickup.content import Doc, Page, Parent
from clickup_mlops.json_types import Json

PAGE_SIZE = 100
"""Docs on a page of the listing; the API's most."""

_DOCS = "/api/v3/workspaces/{workspace_id}/docs"
_PAGES = f"{_DOCS}/{{doc_id}}/pages"
# Without it Markdown is kept escaped.
_MARKDOWN = "text/md"


class Docs(Resource):
    """Find and write docs. Text is Markdown; checklists in it are dropped by ClickUp."""

    def all(
        self, team_id: str, *, parent_id: str | None = None, archived: bool | None = None
    ) -> Iterator[Doc]:
        """The workspace's docs, or those of one place; or those that are archived.

        https://developer.clickup.com/reference/searchdocspublic
        """
        parameters = {"limit": PAGE_SIZE, "parent_id": parent_id, "archived": archived}
        return iterate_cursor(self._api, Doc.parse, _DOCS, parameters, "docs", workspace_id=team_id)

    def get(self, team_id: str, doc_id: str) -> Doc:
        """One doc, without its text.

        https://developer.clickup.com/reference/getdocpublic
        """
        route = f"{_DOCS}/{{doc_id}}"
        return self._api.get(route, workspace_id=team_id, doc_id=doc_id).parse_one(Doc.parse)

    def create(
        self,
        team_id: str,
        name: str,
        *,
        parent: tuple[Parent, str] | None = None,
        visibility: Literal["PUBLIC", "PRIVATE", "PERSONAL", "HIDDEN"] | None = None,
        create_page: bool = True,
    ) -> Doc:
        """A new doc, in the workspace or in one place.

        https://developer.clickup.com/reference/createdocpublic
        """
        place: Json = None if parent is None else {"id": parent[1], "type": int(parent[0])}
        body = drop_none(
            name=check_name(name), parent=place, visibility=visibility, create_page=create_page
        )
        return self._api.post(_DOCS, body, workspace_id=team_id).parse_one(Doc.parse)

    def pages(self, team_id: str, doc_id: str) -> tuple[Page, ...]:
        """The tree of the doc's pages, without their text.

        https://developer.clickup.com/reference/getdocpagelistingpublic
        """
        route = f"{_DOCS}/{{doc_id}}/page_listing"
        answer = self._api.get(route, workspace_id=team_id, doc_id=doc_id)
        return answer.parse_many(Page.parse)

    def texts(self, team_id: str, doc_id: str) -> tuple[Page, ...]:
        """The tree of the doc's pages with their text, in one call.

        https://developer.clickup.com/reference/getdocpagespublic
        """
        # -1: no limit of depth.
        parameters = {"content_format": _MARKDOWN, "max_page_depth": -1}
        answer = self._api.get(_PAGES, parameters, workspace_id=team_id, doc_id=doc_id)
        return answer.parse_many(Page.parse)

    def page(self, team_id: str, doc_id: str, page_id: str) -> Page:
        """One page with its text.

        https://developer.clickup.com/reference/getpagepublic
        """
        route = f"{_PAGES}/{{page_id}}"
        parameters = {"content_format": _MARKDOWN}
        return self._api.get(
            route, parameters, workspace_id=team_id, doc_id=doc_id, page_id=page_id
        ).parse_one(Page.parse)

    def add_page(
        self,
        team_id: str,
        doc_id: str,
        name: str,
        markdown: str,
        *,
        parent_page_id: str | None = None,
    ) -> Page:
        """A new page.

        https://developer.clickup.com/reference/createpagepublic
        """
        body = drop_none(
            name=check_name(name),
            content=markdown,
            content_format=_MARKDOWN,
            parent_page_id=parent_page_id,
        )
        return self._api.post(_PAGES, body, workspace_id=team_id, doc_id=doc_id).parse_one(
            Page.parse
        )

    def edit_page(
        self,
        team_id: str,
        doc_id: str,
        page_id: str,
        *,
        markdown: str | None = None,
        name: str | None = None,
        mode: Literal["replace", "append", "prepend"] = "replace",
    ) -> None:
        """Change a page's text, its name, or both.

        https://developer.clickup.com/reference/editpagepublic
        """
        body: dict[str, Any] = drop_none(name=name)
        if markdown is not None:
            body |= {
                "content": markdown,
                "content_format": _MARKDOWN,
                "content_edit_mode": mode,
            }
        route = f"{_PAGES}/{{page_id}}"
        # Adding text twice is not the same as adding it once.
        send = self._api.put if mode == "replace" else self._api.put_relative
        send(route, body, workspace_id=team_id, doc_id=doc_id, page_id=page_id)
