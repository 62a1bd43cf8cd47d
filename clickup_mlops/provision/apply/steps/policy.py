"""What a template says about the tasks of its Space. Kept in the bot's own store: no call."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clickup_mlops.provision.apply.session import Site
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Path
from clickup_mlops.store.tables.space_policies import SpacePolicy, id_of


class Policies:
    """The rows for policies."""

    def create(self, site: Site, step: Step) -> str:
        """Keep it; repeatable."""
        (_, space), (_, name) = step.path[-2:]
        body, folders = dict(step.want.attributes), _folders(site, step.path, step.want.attributes)
        policy = SpacePolicy(site.workspace, site.id(step.path[:-1]), space, name, folders, body)
        site.policies.put(policy, site.now_ms())
        return policy.id

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """Everything was said at once."""

    def find(self, site: Site, path: Path) -> str | None:
        """By its Space and its name."""
        found = site.policies.get(id_of(site.id(path[:-1]), path[-1][1]))
        return found.id if found else None

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """Keep the tables that changed, beside the others."""
        there = site.policies.get(object_id)
        if there is not None:
            changed = {name: wanted for name, (_, wanted) in step.changes.items()}
            body = {**there.body, **changed}
            folders = _folders(site, step.path, body)
            site.policies.put(replace(there, folders=folders, body=body), site.now_ms())

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """Forget it."""
        site.policies.remove(object_id)

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """People put nothing into it."""
        return ""


def _folders(site: Site, path: Path, body: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of those of the template's Folders that are there."""
    paths: list[Path] = [(*path[:-1], ("folder", name)) for name in body.get("folders", ())]
    return tuple(site.ids[one] for one in paths if one in site.ids)


MAKER = Policies()
