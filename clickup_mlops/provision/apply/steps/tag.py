"""Tags of a space. ClickUp keeps their names in lower case; their id is their name."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.provision.apply.session import Site, attributes
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Path, fold_name


class Tags:
    """The calls for tags."""

    def create(self, site: Site, step: Step) -> str:
        """Making a tag twice makes it once."""
        name = step.path[-1][1]
        colors = attributes(step.want.attributes, "foreground", "background")
        site.clickup.tags.create(site.within(step.path, "space"), name, **colors)
        return fold_name(name)

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """Everything was said at once."""

    def find(self, site: Site, path: Path) -> str | None:
        """By name in the space."""
        name, tags = fold_name(path[-1][1]), site.clickup.tags.of_space(site.within(path, "space"))
        return name if name in {fold_name(tag.name) for tag in tags} else None

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """Colours: ClickUp sets both, so the one that is as wanted is said again."""
        found = step.have.attributes if step.have else {}
        colors = attributes(found, "foreground", "background")
        colors |= {name: after for name, (_, after) in step.changes.items()}
        site.clickup.tags.update(site.within(step.path, "space"), object_id, **colors)

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """From the space and all its tasks."""
        site.clickup.tags.delete(site.within(path, "space"), object_id)

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """Tasks that carry it and are not the template's."""
        found = site.clickup.tasks.in_workspace(
            site.workspace, space_ids=[site.within(path, "space")], tags=[object_id]
        )
        known = set(site.ids.values())
        foreign = sum(1 for task in found if task.id not in known)
        return f"{foreign} tasks that carry it" if foreign else ""


MAKER = Tags()
