"""Pages of docs, as Markdown."""

from collections.abc import Iterable

from clickup_mlops.clickup.content import Page
from clickup_mlops.features.provisioning.apply.created_objects import Left, listed, renamed
from clickup_mlops.features.provisioning.apply.resources import Impossible
from clickup_mlops.features.provisioning.apply.session import Session, id_of
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import Path


class Pages:
    """The calls for pages."""

    def create(self, session: Session, step: Step) -> str:
        """With its text, below another page if the path says so."""
        kind, parent_id = session.parent(step.path)
        created = session.clickup.docs.add_page(
            session.workspace,
            session.within(step.path, "doc"),
            step.path[-1][1],
            step.want.attributes.get("content") or "",
            parent_page_id=parent_id if kind == "page" else None,
        )
        return created.id

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """`create` set everything."""

    def find(self, session: Session, path: Path) -> str | None:
        """By name below its parent."""
        pages: Iterable[Page] = session.clickup.docs.pages(
            session.workspace, session.within(path, "doc")
        )
        kind, parent_id = session.parent(path)
        if kind == "page":
            pages = next((page.pages for page in every(pages) if page.id == parent_id), ())
        return id_of(pages, path)

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Name and text, which is replaced."""
        session.clickup.docs.edit_page(
            session.workspace,
            session.within(step.path, "doc"),
            object_id,
            name=step.changes["name"][1] if "name" in step.changes else None,
            markdown=step.changes["content"][1] if "content" in step.changes else None,
        )

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """Not by the API."""
        raise Impossible("ClickUp's API cannot delete pages: delete it in ClickUp")

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """Another text or name than the template's, which goes with its place."""
        page = session.clickup.docs.page(session.workspace, session.within(path, "doc"), object_id)
        is_same_text = (
            page.content.strip() == str(left_state.attributes.get("content") or "").strip()
        )
        return listed(renamed(path, page.name), "" if is_same_text else "another text")


def every(pages: Iterable[Page]) -> Iterable[Page]:
    """The pages, and those below them."""
    for page in pages:
        yield page
        yield from every(page.pages)


RESOURCE = Pages()
