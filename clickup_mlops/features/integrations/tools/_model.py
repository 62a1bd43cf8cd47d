"""What tools and the bot share: reports, and the settings that every tool has."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Generic, Literal, TypeVar

from pydantic import Field, HttpUrl, SecretStr, model_validator

from clickup_mlops.bot.receive.ingest import Delivery
from clickup_mlops.config import Table
from clickup_mlops.json_types import Json, JsonObject

Ask = Callable[[str, Mapping[str, str]], Json]
"""Gives the answer of a tool to a GET of a path with parameters. Raises NoAnswer."""
SUPPRESSED: Final = "suppressed"
"""State of an alert that fires while nobody wants to hear of it: it is silenced or inhibited."""
NAME: Final = r"^[a-z0-9_-]+$"
"""Names of integrations: they are parts of lanes, keys and names of events."""


class FindTable(Table):
    """Which task a report is about, beside the one that the report names or that was made for its
    key. Places in `event.data` are written with dots: `run.tags.task`.
    """

    id: str = ""
    """Place of the task's own id."""
    name: str = ""
    """Place of the task's name."""
    field: str = ""
    """Name of the custom field whose value is found at `value`."""
    value: str = ""
    """Place of that value."""

    @model_validator(mode="after")
    def _check_field_and_value(self) -> "FindTable":
        if bool(self.field) != bool(self.value):
            raise ValueError("`field` and `value` need each other")
        return self


About = Literal["alert", "deployment", "version", "pipeline"]


class IntegrationTable(Table):
    """How one system reports to `/hooks/in/<name>`; tools add keys of their own."""

    kind: str = "generic"
    """The tool: a file of `clickup_mlops/features/integrations/tools/`."""
    secret: SecretStr = SecretStr("")
    """Signs the deliveries, in the way of the tool."""
    token: SecretStr = SecretStr("")
    """Or what it sends as `Authorization: Bearer …`."""
    silent_after: timedelta | None = Field(None, ge=timedelta(minutes=1))
    """Report it as silent if nothing comes for so long: the automation `silent_source` makes a task
    of it. Have the tool send something regularly, such as an alert that always fires."""
    find: FindTable = FindTable()
    """Which task a report is about."""
    about: About | None = None
    """What its reports are in the timeline: `deployment` (with `revision`, `commit`, `sha` or
    `version` of a `generic` body), `version`, `alert` or `pipeline`. Unset: as the tool is."""
    api: HttpUrl | None = None
    """Address of the tool. If it can be asked for what it reported while the bot was away, it is:
    at start and every few minutes."""
    api_token: SecretStr = SecretStr("")
    """Sent to it as `Authorization: Bearer …`."""

    @model_validator(mode="after")
    def _check_secret_or_token(self) -> "IntegrationTable":
        if not (self.secret.get_secret_value() or self.token.get_secret_value()):
            raise ValueError("set `secret` or `token`: unsigned reports are not accepted")
        return self


@dataclass(frozen=True, slots=True)
class Report:
    """One thing that a tool reports; `event.report` and `event.data` of automations."""

    type: str
    """The event is `integration:<name>.<type>`."""
    once: str
    """Reports with the same text are one: retries and repetitions."""
    returns: bool = False
    """`once` names neither a time nor a run: the same may happen again, and counts as a repetition
    only for a quarter of an hour."""
    key: str = ""
    """What it is about, the same for its whole life: an alert, a model version, a pipeline. Made by
    `ident`; empty: nothing that comes again."""
    title: str = ""
    """One line for people."""
    state: str = ""
    """`firing`, `resolved`, `running`, `succeeded`, `failed`, or empty: nothing that lasts."""
    severity: str = ""
    """As the tool calls it."""
    task: str = ""
    """Id of the task that it names, if it does. Not trusted to be one."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What it is about, in the tool's own names, such as `model`: what an incident is joined by."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Pages about it by name; made by `links`."""
    facts: Mapping[str, Json] = field(default_factory=dict)
    """What an automation may want to know, by name."""
    data: JsonObject = field(default_factory=dict, repr=False)
    """What the tool sent about it."""

    def to_dict(self) -> dict[str, Any]:
        """`event.report`, as JSON."""
        return {
            "type": self.type,
            "key": self.key,
            "title": self.title,
            "state": self.state,
            "severity": self.severity,
            "labels": dict(self.labels),
            "links": dict(self.links),
            "facts": dict(self.facts),
        }


TableT = TypeVar("TableT", bound=IntegrationTable)


@dataclass(frozen=True, slots=True)
class Kind(Generic[TableT]):
    """A tool. Its two functions are pure."""

    summary: str
    settings: type[TableT]
    verify: Callable[[TableT, Delivery], None]
    """Passes if the tool sent it. Raises BadSignature."""
    parse: Callable[[TableT, Delivery], Sequence[Report]]
    """What it reports; nothing, if that concerns nobody. Raises BadPayload."""
    about: About = "pipeline"
    """What its reports are in the timeline, if a report says nothing else."""
    signs: bool = True
    """Whether the tool can sign what it sends; else it needs `token`."""
    missed: Callable[[TableT, Ask, int], Iterable[Report]] | None = None
    """What the tool would report of what is now: all alerts that fire, the versions that were made
    since a time (Unix ms). Each has the `once` of its delivery. Raises NoAnswer, BadPayload. None:
    it cannot be asked.
    """
