"""Every setting of the bot: one table per part, each key documented by the text below it.

`config.example.toml` and the reference page are generated from these models.
"""

from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr

from clickup_mlops.automations.settings import AutomationsSettings
from clickup_mlops.bot.handle.context.on_call import PeopleSettings
from clickup_mlops.bot.lanes.settings import EngineSettings
from clickup_mlops.bot.receive.clickup_webhook_settings import HooksSettings
from clickup_mlops.bot.receive.jobs import JobsSettings
from clickup_mlops.bot.receive.retention import RetentionSettings
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.commands.settings import CommandSettings
from clickup_mlops.config import FileSettings, Table
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.features.digests.settings import DigestTables
from clickup_mlops.features.integrations.settings import IntegrationTables
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.features.outbound.settings import OutboundSettings
from clickup_mlops.features.provisioning.settings import ProvisionSettings
from clickup_mlops.features.reports.delivery.mail import MailSettings
from clickup_mlops.features.reports.settings import ReportTables
from clickup_mlops.features.wiki.settings import WikiSettings
from clickup_mlops.monday.settings import MondaySettings
from clickup_mlops.routing.classifier.settings import ClassifierSettings
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store.settings import AuditSettings, StoreSettings


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
    hosts: tuple[str, ...] = ()
    """Names besides this machine's own by which agents reach it, such as `mcp.example.org`, with or
    without a port. Others are refused."""
    origins: tuple[str, ...] = ()
    """Origins of web pages that may call it, such as `https://agents.example.org`. Others are
    refused."""


class LogSettings(Table):
    """Log lines on standard error."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least important kind of line to print."""
    name: str = ""
    """In every line as `bot`, to distinguish several bots. With several settings files
    `serve` sets it to each file's name."""
    json_lines: bool | None = None
    """True: JSON lines; false: for people. Unset: for people on a terminal, else JSON."""


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
    integrations: IntegrationTables = Field({})
    """Other systems that report to `/hooks/in/<name>`: `[integrations.mlflow]` and so on, each with
    its `kind`. Kinds and their keys: the page "Integrations" of the reference."""
    metrics: MetricsSettings = MetricsSettings()
    """Numbers of servers, GPUs and networks."""
    provision: ProvisionSettings = ProvisionSettings()
    """What `provision apply` may do."""
    monday: MondaySettings = MondaySettings()
    """How to reach Monday.com, to migrate from it."""
    outbound: OutboundSettings = OutboundSettings()
    """Webhooks that automations send."""
    classifier: ClassifierSettings = ClassifierSettings()
    """The classifier that reads the tasks' texts."""
    audit: AuditSettings = AuditSettings()
    """The record of every write to ClickUp."""
    mcp: McpSettings = McpSettings()
    """Agents that use the bot over HTTP."""
    dashboard: DashboardSettings = DashboardSettings()
    """The dashboard."""
    wiki: WikiSettings = WikiSettings()
    """Pages about models in ClickUp Docs."""
    reports: ReportTables = Field({})
    """Reports that are sent by the clock: `[reports.weekly]` and so on, each with `every`, `at` and
    `[reports.<name>.targets.<target>]`. The page "Schedule a report" has their keys."""
    digests: DigestTables = Field({})
    """Messages about open work that a chat channel gets once a day and that are kept up to date:
    `[digests.<name>]`. The page "Post a chat digest" has their keys."""
    mail: MailSettings = MailSettings()
    """How e-mail is sent."""
    log: LogSettings = LogSettings()
    """Log lines."""
