"""What can be done in a workspace, and what is known of it from earlier runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clickup_mlops.features.provisioning.fields import Refused
from clickup_mlops.features.provisioning.tree import Path

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.tables.provisions import Remembered


@dataclass(frozen=True)
class Known:
    """What earlier runs left: see `Journal.known`.

    `objects` by path; what a person `confirmed`, because no call can see it; the fields that the
    undocumented call was `refused` for, so that it is not tried again; `leftovers`, by id: tasks
    that came with a ClickUp template and that no template names.
    """

    objects: "Mapping[Path, Remembered]" = field(default_factory=dict)
    confirmed: frozenset[Path] = frozenset()
    refused: Mapping[Path, Refused] = field(default_factory=dict)
    leftovers: Mapping[Path, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Abilities:
    """`experimental` switches the undocumented field call on; ClickUp's templates: ids by name."""

    experimental: bool = False
    list_templates: Mapping[str, str] = field(default_factory=dict)
    folder_templates: Mapping[str, str] = field(default_factory=dict)
    known: Known = Known()
