"""Which template, with which parameters."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clickup_mlops import content
from clickup_mlops.errors import ContentError
from clickup_mlops.features.provisioning.template import desired, load, parameters, target
from clickup_mlops.features.provisioning.template.instance import Instance
from clickup_mlops.features.provisioning.template.model import Template
from clickup_mlops.features.provisioning.tree import Tree


def read_assignments(path: Path) -> tuple[str, ...]:
    """The parameters in a TOML file as `NAME=VALUE`.

    Raises:
        ContentError: it is no TOML file, or a value is neither text, number nor boolean.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ContentError(path, "", f"is no TOML file: {problem}") from problem
    for name, value in values.items():
        if not isinstance(value, str | int | float):
            raise ContentError(path, name, "is neither text, number nor boolean")
    return tuple(f"{name}={_text(value)}" for name, value in values.items())


def _text(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Desired:
    """The desired state, and which instance of the template it is: `Template.instance`."""

    tree: Tree
    instance: Instance


@dataclass(frozen=True, slots=True)
class Request:
    """A template as somebody asks for it.

    `given` are parameters as `NAME=VALUE`; `instance` names the space (None: as the template does);
    `folder` holds the templates (None: those that came with the installation). `experimental`
    permits ClickUp's undocumented call for custom fields, `retry` tries it also for fields that
    ClickUp refused before. `targets` are the paths of the only objects that are meant; empty: all.
    """

    name: str
    given: tuple[str, ...] = ()
    instance: str | None = None
    folder: Path | None = None
    experimental: bool = False
    retry: bool = False
    targets: tuple[str, ...] = ()

    def template(self, automations: Sequence[str]) -> Template:
        """Checked, with its parameters; it may enable the `automations`.

        Raises:
            ContentError: there is no such template, or it cannot be used.
            InputError: a parameter is unknown, missing or wrong.
        """
        return load.load(
            content.find_folder("templates", self.folder),
            self.name,
            parameters.parse_assignments(self.given),
            instance=self.instance,
            automations=automations,
        )

    def desired(self, automations: Sequence[str]) -> Desired:
        """Raises as `template` does, and InputError for an unknown target."""
        template = self.template(automations)
        tree_ = desired.tree(template)
        tree = target.only(tree_, self.targets) if self.targets else tree_
        return Desired(tree, template.instance)
