"""Webhooks of the token's user, for the workspace or one place in it."""

from collections.abc import Sequence

from clickup_mlops.features.provisioning.apply.created_objects import Left
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import Attributes, Path


class Webhooks:
    """The calls for webhooks. The name in the path is the endpoint."""

    def create(self, session: Session, step: Step) -> str:
        """For the place that the path is in."""
        kind, parent_id = session.parent(step.path)
        place = {f"{kind}_id": parent_id} if kind else {}
        endpoint, events = step.path[-1][1], _events(step.want.attributes)
        created = session.clickup.webhooks.create(session.workspace, endpoint, events, **place)
        return created.id

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """`create` set everything."""

    def find(self, session: Session, path: Path) -> str | None:
        """By endpoint and place."""
        kind, parent_id = session.parent(path)
        for webhook in session.clickup.webhooks.list(session.workspace):
            place = getattr(webhook, f"{kind}_id") if kind else session.workspace
            if webhook.endpoint == path[-1][1] and place == parent_id:
                return webhook.id
        return None

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Events; the webhook is active again afterwards."""
        session.clickup.webhooks.update(object_id, step.path[-1][1], _events(step.want.attributes))

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """Deliveries end."""
        session.clickup.webhooks.delete(object_id)

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """Other events."""
        webhooks = session.clickup.webhooks.list(session.workspace)
        webhook = next((candidate for candidate in webhooks if candidate.id == object_id), None)
        if webhook is None:
            return None
        desired = _events(left_state.attributes)
        has_same_events = desired == "*" or set(webhook.events) == set(desired)
        return "" if has_same_events else "other events"


def _events(attributes: Attributes) -> Sequence[str]:
    events = list(attributes.get("events") or "*")
    return "*" if events == ["*"] else events


RESOURCE = Webhooks()
