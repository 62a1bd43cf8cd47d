"""What can be done in a workspace, and what is known of it from before."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clickup_mlops.provision.fields import Refused
from clickup_mlops.provision.match import Memory
from clickup_mlops.provision.tree import Path


@dataclass(frozen=True)
class Abilities:
    """`experimental` switches the undocumented field call on; ClickUp's templates are ids by name.

    `remembered` are the objects of earlier runs (`Journal.remembered()`); `confirmed` are steps
    that no call can see and a person said are done; `refused` are the fields that the undocumented
    call was refused for (`Journal.refused()`).
    """

    experimental: bool = False
    list_templates: Mapping[str, str] = field(default_factory=dict)
    folder_templates: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[Path, Memory] = field(default_factory=dict)
    confirmed: frozenset[Path] = frozenset()
    refused: Mapping[Path, Refused] = field(default_factory=dict)
