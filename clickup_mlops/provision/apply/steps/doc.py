"""Docs. The API can neither rename nor delete one."""

from collections.abc import Mapping
from typing import Any, Final

from clickup_mlops.clickup.talk import Parent
from clickup_mlops.provision.apply.session import Site, id_of
from clickup_mlops.provision.apply.steps import Impossible
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Level, Path

_PARENTS: Final[Mapping[Level, Parent]] = {
    "team": Parent.WORKSPACE,
    "space": Parent.SPACE,
    "folder": Parent.FOLDER,
    "list": Parent.LIST,
}


class Docs:
    """The calls for docs."""

    def create(self, site: Site, step: Step) -> str:
        """Without ClickUp's own empty first page: the template names every page."""
        level, parent_id = site.place(step.path)
        made = site.clickup.docs.create(
            site.workspace,
            step.path[-1][1],
            parent=(_PARENTS[level], parent_id),
            create_page=False,
        )
        return made.id

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """Pages are steps of their own."""

    def find(self, site: Site, path: Path) -> str | None:
        """By name in its place."""
        found = site.clickup.docs.all(site.workspace, parent_id=site.parent(path)[1])
        return id_of(found, path)

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """Nothing of a doc itself can be changed."""
        raise Impossible("a doc can only be renamed in ClickUp")

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """A person must."""
        raise Impossible("ClickUp's API cannot delete docs: move it to the trash in ClickUp")

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """Pages that people made."""
        pages, known = site.clickup.docs.pages(site.workspace, object_id), set(site.ids.values())
        names = [f'page "{one.name}"' for one in pages if one.id not in known]
        return ", ".join(names)


MAKER = Docs()
