"""Chat channels. Asking for one that is there gives that one."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.provision.apply.session import Site, id_of
from clickup_mlops.provision.apply.steps import Impossible
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Path


class Channels:
    """The calls for channels."""

    def create(self, site: Site, step: Step) -> str:
        """By name; repeatable."""
        private = bool(step.want.attributes.get("private"))
        name = step.path[-1][1]
        return site.clickup.chat.create_channel(site.workspace, name, private=private).id

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """Everything was said at once."""

    def find(self, site: Site, path: Path) -> str | None:
        """By name in the workspace."""
        found = site.clickup.chat.channels(site.workspace)
        return id_of(found, path)

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """Nothing of a channel is compared but its name."""
        raise Impossible("a channel's settings can only be changed in ClickUp")

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """With its messages: undo asks about them first."""
        site.clickup.chat.delete_channel(site.workspace, object_id)

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """Messages."""
        messages = site.clickup.chat.messages(site.workspace, object_id)
        return "messages in it" if next(iter(messages), None) else ""


MAKER = Channels()
