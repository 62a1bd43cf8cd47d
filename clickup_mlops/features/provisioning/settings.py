"""Settings: what provisioning must not do."""

from typing import Final

from pydantic import Field

from clickup_mlops.config import FileSettings, Table

NAME = r"^[a-z0-9_-]+$"


class PlanPolicyTable(Table):
    """A rule that every plan must keep; one that breaks it is not applied."""

    name: str = Field(pattern=NAME)
    """How the rule is called in messages."""
    deny: str = Field(min_length=1)
    """Condition (CEL) that no step of a plan may meet, over `step.operation`, `step.kind`,
    `step.name`, `step.place`, `step.attributes`, `step.before`, `step.changed`, `plan.creates`
    and `plan.updates`."""
    message: str = Field(min_length=1)
    """What to do instead."""


class ProvisionSettings(Table):
    """What `provision apply` may do."""

    policies: tuple[PlanPolicyTable, ...] = ()
    """Rules that every plan must keep: `[[provision.policies]]`."""


class ProvisioningTables(FileSettings):
    """What provisioning adds to the configuration."""

    provision: ProvisionSettings = ProvisionSettings()
    """What `provision apply` may do."""


SETTINGS: Final = ProvisioningTables
