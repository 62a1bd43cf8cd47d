"""Docs. The API can neither rename nor delete one."""

from collections.abc import Mapping
from typing import Final

from clickup_mlops.clickup.content import Parent
from clickup_mlops.features.provisioning.apply.created_objects import Left, foreign, listed, renamed
from clickup_mlops.features.provisioning.apply.resources import Impossible
from clickup_mlops.features.provisioning.apply.resources.page import every
from clickup_mlops.features.provisioning.apply.session import Session, id_of
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import Level, Path

_PARENTS: Final[Mapping[Level, Parent]] = {
    "team": Parent.WORKSPACE,
    "space": Parent.SPACE,
    "folder": Parent.FOLDER,
    "list": Parent.LIST,
}


class Docs:
    """The calls for docs."""

    def create(self, session: Session, step: Step) -> str:
        """Without ClickUp's own empty first page: the template names every page."""
        level, parent_id = session.place(step.path)
        created = session.clickup.docs.create(
            session.workspace,
            step.path[-1][1],
            parent=(_PARENTS[level], parent_id),
            create_page=False,
        )
        return created.id

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """Pages are steps of their own."""

    def find(self, session: Session, path: Path) -> str | None:
        """By name in its place."""
        docs = session.clickup.docs.all(session.workspace, parent_id=session.parent(path)[1])
        return id_of(docs, path)

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Nothing of a doc itself can be changed."""
        raise Impossible("a doc can only be renamed in ClickUp")

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """Not by the API."""
        raise Impossible("ClickUp's API cannot delete docs: move it to the trash in ClickUp")

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """Pages that people made, and another name."""
        doc = session.clickup.docs.get(session.workspace, object_id)
        pages = session.clickup.docs.pages(session.workspace, object_id)
        return listed(foreign("page", every(pages), left_state), renamed(path, doc.name))


RESOURCE = Docs()
