"""Tags of a space. ClickUp keeps their names in lower case; their id is their name."""

from clickup_mlops.features.provisioning.apply.created_objects import Left, differing, listed
from clickup_mlops.features.provisioning.apply.session import Session, attributes
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import Path, fold_name
from clickup_mlops.spelling import format_count


class Tags:
    """The calls for tags."""

    def create(self, session: Session, step: Step) -> str:
        """Making a tag twice makes it once."""
        name = step.path[-1][1]
        colors = attributes(step.want.attributes, "foreground", "background")
        session.clickup.tags.create(session.within(step.path, "space"), name, **colors)
        return fold_name(name)

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """`create` set everything."""

    def find(self, session: Session, path: Path) -> str | None:
        """By name in the space."""
        name, tags = (
            fold_name(path[-1][1]),
            session.clickup.tags.of_space(session.within(path, "space")),
        )
        return name if name in {fold_name(tag.name) for tag in tags} else None

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Colours: ClickUp sets both, so the one that stays is sent again."""
        live = step.have.attributes if step.have else {}
        colors = attributes(live, "foreground", "background")
        colors |= {name: after for name, (_, after) in step.changes.items()}
        session.clickup.tags.update(session.within(step.path, "space"), object_id, **colors)

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """From the space and all its tasks."""
        session.clickup.tags.delete(session.within(path, "space"), object_id)

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """Tasks that carry it and are not the template's, and other colours."""
        space_id = session.within(path, "space")
        tags = {fold_name(tag.name): tag for tag in session.clickup.tags.of_space(space_id)}
        if object_id not in tags:
            return None
        tag = tags[object_id]
        colours = {"foreground": tag.foreground, "background": tag.background}
        carriers = {
            task.id
            for archived in (False, True)
            for task in session.clickup.tasks.in_workspace(
                session.workspace, space_ids=[space_id], tags=[object_id], archived=archived
            )
        }
        foreign = len(carriers - left_state.runs_made)
        carried = (
            format_count(foreign, "task that carries it", "tasks that carry it") if foreign else ""
        )
        return listed(carried, differing("tag", colours, left_state))


RESOURCE = Tags()
