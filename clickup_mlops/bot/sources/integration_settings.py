"""`[integrations.<name>]`: other systems that report to the bot."""

from typing import Final

from pydantic import SecretStr, model_validator

from clickup_mlops.config import Table

NAME: Final = r"^[a-z0-9_-]+$"


class FindTable(Table):
    """Which task a report is about. Places in it are written with dots: `run.tags.task`."""

    id: str = ""
    """Place of the task's own id."""
    name: str = ""
    """Place of the task's name."""
    field: str = ""
    """Name of the custom field whose value is found at `value`."""
    value: str = ""
    """Place of that value."""

    @model_validator(mode="after")
    def _whole(self) -> "FindTable":
        if bool(self.field) != bool(self.value):
            raise ValueError("`field` and `value` need each other")
        return self


class IntegrationTable(Table):
    """How one system reports to `/hooks/in/<name>`."""

    secret: SecretStr = SecretStr("")
    """Signs the body: HMAC-SHA256, in hex, perhaps after `sha256=`."""
    signature_header: str = "X-Signature"
    """The header with that signature."""
    token: SecretStr = SecretStr("")
    """Or what it sends as `Authorization: Bearer …`."""
    type: str = "type"
    """Place of the report's type: `integration:<name>.<type>` is the event's name."""
    key: str = ""
    """Place of what makes a report the same as an earlier one. Empty: all of it."""
    find: FindTable = FindTable()
    """Which task it is about. Empty: none; automations need `per = "workspace"` then."""

    @model_validator(mode="after")
    def _guarded(self) -> "IntegrationTable":
        if not (self.secret.get_secret_value() or self.token.get_secret_value()):
            raise ValueError("set `secret` or `token`: unsigned reports are not accepted")
        return self
