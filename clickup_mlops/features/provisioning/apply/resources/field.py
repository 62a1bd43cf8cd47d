"""Custom fields: they come with a ClickUp template, or by the undocumented call if switched on."""

from clickup_mlops.features.provisioning import fields
from clickup_mlops.features.provisioning.apply.created_objects import Left, listed, renamed
from clickup_mlops.features.provisioning.apply.resources import Impossible, NotAllowed, _templates
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import Level, Path, fold_name


class Fields:
    """The calls for custom field definitions."""

    def create(self, session: Session, step: Step) -> str:
        """By the way that the plan names."""
        if step.how != "experimental":
            return _templates.wait_for(session, step.path, lambda: self.find(session, step.path))
        level, parent_id = session.place(step.path)
        created = session.refused.get(level) or fields.create(
            session.clickup.fields, level, parent_id, step.path[-1][1], step.want.attributes
        )
        if isinstance(created, fields.Refused):
            if created.level:
                session.refused[created.level] = created
            raise NotAllowed(created)
        return created.id

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """`create` set everything."""

    def find(self, session: Session, path: Path) -> str | None:
        """By name where it was made."""
        level, parent_id = session.place(path)
        name = fold_name(path[-1][1])
        ids = session.read(("fields", parent_id), lambda: _fields(session, level, parent_id), name)
        return ids.get(name)

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Not by the API."""
        raise Impossible("a custom field can only be changed in ClickUp")

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """Not by the API."""
        raise Impossible("ClickUp's API cannot delete custom fields: use the Custom Field Manager")

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """Another name, type, option or setting. It goes with its place."""
        level, parent_id = session.place(path)
        definitions = session.once(
            ("defined fields", parent_id),
            lambda: fields.readers(session.clickup)[level](parent_id),
        )
        definition = next(
            (candidate for candidate in definitions if candidate.id == object_id), None
        )
        if definition is None:
            return None
        more = set(fields.attributes(definition).get("options", ())) - set(
            left_state.attributes.get("options") or ()
        )
        options = f"options {', '.join(sorted(more))}" if more else ""
        changed = ", ".join(fields.differences(left_state.attributes, definition))
        return listed(renamed(path, definition.name), options, changed and f"changed: {changed}")


def _fields(session: Session, level: Level, parent_id: str) -> dict[str, str]:
    read = fields.readers(session.clickup)[level]
    return {fold_name(field.name): field.id for field in read(parent_id)}


RESOURCE = Fields()
