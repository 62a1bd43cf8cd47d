"""Kinds that no call knows. A plan calls them manual, so that apply never gets here, only undo."""

from collections.abc import Mapping
from typing import Any, NoReturn

from clickup_mlops.provision.apply.session import Site
from clickup_mlops.provision.apply.steps import Impossible
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Path


class ByHand:
    """A kind without calls; `where` says where a person does it."""

    def __init__(self, where: str) -> None:
        self._where = where

    def create(self, site: Site, step: Step) -> str:
        """A person must."""
        self._refuse()

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """A person must."""
        self._refuse()

    def find(self, site: Site, path: Path) -> str | None:
        """Nobody can see it."""
        return None

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """A person must."""
        self._refuse()

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """A person must."""
        self._refuse()

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """Nobody can see."""
        return ""

    def _refuse(self) -> NoReturn:
        raise Impossible(f"ClickUp's API does not know {self._where}")
