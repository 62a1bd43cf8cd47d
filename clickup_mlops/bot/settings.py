"""Every setting of the bot: one table per part, each key documented by the text below it.

Features declare their tables in their `settings.py`; `config.example.toml` and the reference page
are generated from the models.
"""

from datetime import timedelta
from types import new_class
from typing import Any, Literal, Self, TypeVar

from pydantic import Field, SecretStr, model_validator

from clickup_mlops import registry
from clickup_mlops.automations.settings import AutomationsSettings
from clickup_mlops.bot.handle.context.on_call import PeopleSettings, TurnsTable
from clickup_mlops.bot.lanes.settings import EngineSettings
from clickup_mlops.bot.log_settings import LogSettings
from clickup_mlops.bot.receive.clickup_webhook_settings import HooksSettings
from clickup_mlops.bot.receive.jobs_settings import JobsSettings
from clickup_mlops.bot.receive.retention import RetentionSettings
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.commands.settings import CommandSettings
from clickup_mlops.config import FileSettings, Table, TableT
from clickup_mlops.routing.classifier.settings import ClassifierSettings
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store.settings import AuditSettings, StoreSettings

S = TypeVar("S", bound=FileSettings)
T = TypeVar("T", bound=FileSettings)


class ServerSettings(Table):
    """The HTTP server that receives webhooks and answers health checks."""

    host: str = "127.0.0.1"
    """Address to listen on. ClickUp must reach it through `hooks.public_url`."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Port to listen on. 0: any free one."""
    kind: Literal["granian", "waitress"] = "granian"
    """`granian` is faster; `waitress` is pure Python, for machines where granian has no wheel."""
    threads: int = Field(default=16, ge=1)
    """Requests that are served at the same time."""
    request_timeout: timedelta = Field(
        default=timedelta(seconds=15), gt=timedelta(seconds=1), le=timedelta(seconds=60)
    )
    """A connection that was not sent an answer for so long is closed: its request is incomplete, or
    there is none. Linux only."""
    connections: int = Field(default=512, ge=1)
    """Most connections that wait for longer than a second; the longest waiting ones are closed."""
    connections_per_peer: int = Field(default=128, ge=1)
    """Most of them from one address. A reverse proxy is one address."""
    max_body_bytes: int = Field(default=1_048_576, ge=1024)
    """Larger requests are refused unread."""

    @property
    def request_s(self) -> float:
        """`request_timeout` in seconds."""
        return self.request_timeout.total_seconds()


class McpSettings(Table):
    """Agents that reach `clickup-mlops mcp --http`. Over standard input and output none of it is
    needed.
    """

    token: SecretStr = SecretStr("")
    """What agents must send as `Authorization: Bearer`; 16 characters at least. Put it into the
    environment or the secrets folder."""
    people: bool = False
    """Whether members may connect with their own ClickUp token, too: their agents read what they
    see in ClickUp, and write nothing."""
    hosts: tuple[str, ...] = ()
    """Names besides this machine's own by which agents reach it, such as `mcp.example.org`, with or
    without a port. Others are refused."""
    origins: tuple[str, ...] = ()
    """Origins of web pages that may call it, such as `https://agents.example.org`. Others are
    refused."""


def with_tables_of_features(model: type[S]) -> type[S]:
    """The model with the tables of each feature that is installed, in the order of their names.

    A feature's `SETTINGS` is a model that has its tables.
    """
    tables = registry.find_modules("settings", "SETTINGS").values()

    # Fields come from the last base first.
    def describe(namespace: dict[str, object]) -> None:
        namespace.update({"__doc__": model.__doc__, "__module__": model.__module__})

    composed: type[S] = new_class(model.__name__, (*reversed(tables), model), exec_body=describe)
    return composed


@with_tables_of_features
class Settings(FileSettings):
    """The whole configuration: a table per part."""

    clickup: ClickUpSettings = ClickUpSettings()
    """How to reach ClickUp."""
    store: StoreSettings = StoreSettings()
    """Where the bot keeps its state."""
    retention: RetentionSettings = RetentionSettings()
    """How long things are kept."""
    server: ServerSettings = ServerSettings()
    """The HTTP server that receives webhooks."""
    engine: EngineSettings = EngineSettings()
    """Who handles the events."""
    hooks: HooksSettings = HooksSettings()
    """The webhook that the bot keeps registered."""
    jobs: JobsSettings = JobsSettings()
    """What happens by the clock."""
    routing: Policy = Policy()
    """How tasks are classified and prioritised."""
    automations: AutomationsSettings = AutomationsSettings()
    """The automations in `automations/`."""
    commands: CommandSettings = CommandSettings()
    """Slash commands in task comments, such as `/why`."""
    people: PeopleSettings = PeopleSettings()
    """People whom automations name by their role."""
    classifier: ClassifierSettings = ClassifierSettings()
    """The classifier that reads the tasks' texts."""
    audit: AuditSettings = AuditSettings()
    """The record of every write to ClickUp."""
    mcp: McpSettings = McpSettings()
    """Agents that use the bot over HTTP."""
    log: LogSettings = LogSettings()
    """Log lines."""

    @model_validator(mode="after")
    def _spread_time_zone(self) -> Self:
        """What is sent by the clock, and has no zone of its own, is on the team's clocks."""
        if self.jobs.time_zone != "UTC":
            self.__dict__.update({name: _move(value, self.jobs.time_zone) for name, value in self})
        return self

    def table(self, kind: type[TableT]) -> TableT:
        """The table of this class.

        Raises:
            LookupError: the feature that it belongs to is not installed.
        """
        for _, value in self:
            if isinstance(value, kind):
                return value
        raise LookupError(f"no feature adds {kind.__name__} to the configuration")

    def with_tables(self, *tables: Table) -> Self:
        """A copy in which these tables replace those of the same class."""
        names = {type(value): name for name, value in self}
        return self.model_copy(update={names[type(table)]: table for table in tables})

    def tables(self, kind: type[T]) -> T:
        """These settings as the model with a feature's tables.

        Raises:
            LookupError: the feature is not installed.
        """
        if isinstance(self, kind):
            return self
        raise LookupError(f"no feature adds {kind.__name__} to the configuration")


def _move(value: Any, zone: str) -> Any:
    """A table, or the tables by name, with this `zone` where none was chosen. Turns stay: another
    zone would change who is on call.
    """
    if isinstance(value, dict):
        return {name: _move(table, zone) for name, table in value.items()}
    has_default = (
        isinstance(value, Table)
        and not isinstance(value, TurnsTable)
        and "zone" in type(value).model_fields.keys() - value.model_fields_set
    )
    return value.model_copy(update={"zone": zone}) if has_default else value
