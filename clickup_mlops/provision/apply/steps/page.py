"""Pages of docs, as Markdown."""

from collections.abc import Iterable, Mapping
from typing import Any

from clickup_mlops.clickup.talk import Page
from clickup_mlops.provision.apply.session import Site, id_of
from clickup_mlops.provision.apply.steps import Impossible
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Path


class Pages:
    """The calls for pages."""

    def create(self, site: Site, step: Step) -> str:
        """With its text, below another page if the path says so."""
        kind, parent_id = site.parent(step.path)
        made = site.clickup.docs.add_page(
            site.workspace,
            site.within(step.path, "doc"),
            step.path[-1][1],
            step.want.attributes.get("content") or "",
            parent_page_id=parent_id if kind == "page" else None,
        )
        return made.id

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """Everything was said at once."""

    def find(self, site: Site, path: Path) -> str | None:
        """By name below its parent."""
        pages: Iterable[Page] = site.clickup.docs.pages(site.workspace, site.within(path, "doc"))
        kind, parent_id = site.parent(path)
        if kind == "page":
            pages = next((one.pages for one in _all(pages) if one.id == parent_id), ())
        return id_of(pages, path)

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """Name and text, which is replaced."""
        site.clickup.docs.edit_page(
            site.workspace,
            site.within(step.path, "doc"),
            object_id,
            name=step.changes["name"][1] if "name" in step.changes else None,
            markdown=step.changes["content"][1] if "content" in step.changes else None,
        )

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """A person must."""
        raise Impossible("ClickUp's API cannot delete pages: delete it in ClickUp")

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """Another text than the template's, which goes with its place."""
        page = site.clickup.docs.page(site.workspace, site.within(path, "doc"), object_id)
        same = page.content.strip() == str(left.get("content") or "").strip()
        return "" if same else "another text"


def _all(pages: Iterable[Page]) -> Iterable[Page]:
    for page in pages:
        yield page
        yield from _all(page.pages)


MAKER = Pages()
