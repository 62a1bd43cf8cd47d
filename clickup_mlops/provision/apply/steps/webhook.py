"""Webhooks of the token's user, for the workspace or one place in it."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.provision.apply.session import Site
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Path


class Webhooks:
    """The calls for webhooks. The name in the path is the endpoint."""

    def create(self, site: Site, step: Step) -> str:
        """For the place that the path is in."""
        kind, parent_id = site.parent(step.path)
        place = {f"{kind}_id": parent_id} if kind else {}
        events = step.want.attributes.get("events") or ["*"]
        endpoint = step.path[-1][1]
        made = site.clickup.webhooks.create(site.workspace, endpoint, _events(events), **place)
        return made.id

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """Everything was said at once."""

    def find(self, site: Site, path: Path) -> str | None:
        """By endpoint and place."""
        kind, parent_id = site.parent(path)
        for one in site.clickup.webhooks.list(site.workspace):
            place = getattr(one, f"{kind}_id") if kind else site.workspace
            if one.endpoint == path[-1][1] and place == parent_id:
                return one.id
        return None

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """Events; the webhook is active again afterwards."""
        events = step.want.attributes.get("events") or ["*"]
        site.clickup.webhooks.update(object_id, step.path[-1][1], _events(events))

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """Deliveries end."""
        site.clickup.webhooks.delete(object_id)

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """Nothing is put into a webhook."""
        return ""


def _events(events: Any) -> Any:
    return "*" if list(events) == ["*"] else list(events)


MAKER = Webhooks()
