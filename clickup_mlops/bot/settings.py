"""Every setting of the bot: one table per part, each key documented by the text below it.

`config.example.toml` and the reference page are generated from these models.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator

from clickup_mlops.bot.integration_settings import NAME, IntegrationTable
from clickup_mlops.bot.on_call import PeopleSettings
from clickup_mlops.bot.outbound_settings import OutboundSettings
from clickup_mlops.bot.retention import RetentionSettings
from clickup_mlops.config import FileSettings, Table
from clickup_mlops.routing.policy import Policy
from clickup_mlops.rules.choices import RuleChoice
from clickup_mlops.rules.when import QuietTable, zone
from clickup_mlops.store.chain import Keyring

TASK_EVENTS = (
    "taskCreated",
    "taskUpdated",
    "taskDeleted",
    "taskPriorityUpdated",
    "taskStatusUpdated",
    "taskAssigneeUpdated",
    "taskDueDateUpdated",
    "taskTagUpdated",
    "taskMoved",
    "taskCommentPosted",
    "taskCommentUpdated",
    "taskTimeEstimateUpdated",
    "taskTimeTrackedUpdated",
)


class ClickUpSettings(Table):
    """How to reach ClickUp."""

    token: SecretStr = SecretStr("")
    """Personal token (`pk_…`) or OAuth access token. Better kept in the environment as
    `CLICKUP_MLOPS_CLICKUP__TOKEN`, or in the secrets folder, than in a file."""
    oauth: bool = False
    """True when `token` came from the OAuth code exchange: it is then sent as a Bearer token."""
    base_url: str = "https://api.clickup.com"
    """Where the API is. Point it at the sandbox to try things out."""
    workspace_id: str = ""
    """The Workspace to work in. Empty: the only one that the token can see."""
    timeout: timedelta = Field(timedelta(seconds=30), gt=timedelta(0))
    """How long one call may take. So long ClickUp may also act on a call whose caller has gone:
    after a crash or a cut line, a task waits this long for what cannot be seen yet."""
    patience: timedelta = timedelta(seconds=2)
    """While changes of a List come in a burst (five or more a second), reading its tasks is held
    back up to this long, so that one call serves many of them. Fewer are handled at once. 0:
    never wait; costs up to one call for each event."""


class StoreSettings(Table):
    """Where the bot remembers things."""

    url: SecretStr = SecretStr("sqlite:///clickup-mlops.db")
    """SQLAlchemy address of a SQLite file, or `postgresql+psycopg://user@host/database`.
    SQLite takes one bot process; PostgreSQL any number, on any number of machines."""


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
    max_body_bytes: int = Field(default=1_048_576, ge=1024)
    """Larger requests are refused unread."""


class EngineSettings(Table):
    """Who handles the events that were received."""

    kind: str = "threads"
    """`threads`: in this process. `celery` (Redis or RabbitMQ) and `procrastinate`: shared by every
    `serve` process, on any number of machines, with one PostgreSQL store. The name of a file in
    `bot/engine/`."""
    workers: int = Field(default=8, ge=1)
    """Lanes that one process handles at the same time. One task's events always stay in order."""
    broker_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    """Celery's broker. Other engines do not use it."""
    lease: timedelta = Field(timedelta(seconds=30), gt=timedelta(0))
    """After this silence a worker counts as dead and another one takes over its lane. A living
    worker renews its leases, however long a call takes."""
    sweep_every: timedelta = Field(timedelta(seconds=1), gt=timedelta(0))
    """How often to look for lanes that wait and that nobody handles."""
    max_attempts: int = Field(default=8, ge=1)
    """An event that failed this often is parked; `events replay` tries it again."""
    backoff: timedelta = timedelta(seconds=2)
    """Wait before the second attempt; doubles with each further one."""
    backoff_max: timedelta = timedelta(minutes=10)
    """The longest wait between two attempts."""
    stalled_after: timedelta = Field(timedelta(minutes=5), gt=timedelta(0))
    """A lane that stands still for this long, or is due and not taken up, is told by `/readyz`,
    metrics and log. Waiting for the rate limit, and tries while ClickUp is away, do not count.
    Leave it well above `clickup.timeout` and `engine.sweep_every`."""


class HooksSettings(Table):
    """The webhook that the bot keeps registered in ClickUp."""

    public_url: str = ""
    """The address under which ClickUp reaches this bot, for example
    `https://bot.example.org/hooks/clickup`. Empty: no webhook is registered or healed."""
    space_id: str = ""
    """Only events of this Space. Empty: the whole Workspace."""
    list_id: str = ""
    """Only events of this List. Empty: the Space or the whole Workspace."""
    events: tuple[str, ...] = TASK_EVENTS
    """The events to ask for, or `["*"]` for all."""
    check_every: timedelta = Field(timedelta(seconds=30), gt=timedelta(0))
    """How often to check that the webhook exists, is active and is configured like this. One call
    each time. A broken webhook is noticed and repaired within this time."""
    rotation: timedelta = timedelta(hours=1)
    """After `hooks rotate` the old secret stays valid for this long, for deliveries on the way."""


class JobsSettings(Table):
    """What happens by the clock."""

    backfill_every: timedelta = Field(timedelta(minutes=10), gt=timedelta(0))
    """How often to look for changes whose event never arrived. At least one call each time."""
    backfill_overlap: timedelta = timedelta(minutes=2)
    """Each look goes back this much further than the last one, because clocks differ."""
    reevaluate_every: timedelta = Field(timedelta(minutes=15), gt=timedelta(0))
    """How often open tasks are judged again, because due dates come nearer and tasks age.
    Costs no call besides a back-fill, but for at most five tasks that were not read for 30 days:
    they may be gone. Only priorities that change are written."""
    reevaluate_most: int = Field(default=200, ge=1)
    """At most this many priorities are changed by one such round; the next one goes on."""
    time_zone: str = "UTC"
    """Time zone of schedules, for example `Europe/Madrid`."""

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        zone(value)
        return value


class AutomationsSettings(Table):
    """The rules in `automations/`."""

    folder: Path | None = None
    """The folder to read them from. Unset: the folder that came with the installation."""
    record: bool = True
    """Keep what was heard and read, for `rules simulate` and `what-if`: about 1 KB an event, for as
    long as `retention.recordings` says."""
    mode: Literal["on", "shadow"] = "shadow"
    """`shadow`: decide, record and explain, but write nothing to ClickUp. `on`: write. Going
    live is a decision: take it when you agree with what the bot would do."""
    quiet: QuietTable = QuietTable()
    """Hours in which automations with `quiet = true` wait; they act when the hours end."""
    rules: dict[str, RuleChoice] = Field({})
    """Choices about single automations, by name, without editing their files:
    `[automations.rules.live_incident]` with any of `mode`, `cap`, `canary`, `quiet` and `settings`,
    a table of the automation's own. Each automation's page lists them."""
    hops: int = Field(default=4, ge=1)
    """So many rules may act because of each other's writes; the next one is stopped and says why.
    Keeps rules that undo each other from going on for ever."""


class CommandSettings(Table):
    """Slash commands in task comments, such as `/why`."""

    enabled: bool = True
    """Whether they are answered."""
    allow: dict[str, Literal["guest", "member", "admin", "owner"]] = Field(default_factory=dict)
    """The least role that may use a command, by its name, where it is not the usual one; for
    example `mute = "admin"`."""
    believe_roles: timedelta = timedelta(minutes=10)
    """So long a member's role is believed before ClickUp is asked again. One call each time."""


class ClassifierSettings(Table):
    """The classifier that reads the tasks' texts."""

    corpus: tuple[Path, ...] = ()
    """Your team's own example files. `routing corpus FILE` checks one and shows the form."""
    learned: Path = Path("learned.json")
    """Corrections, as `routing learn` keeps them. Used if the file is there."""


class AuditSettings(Table):
    """The record of every write to ClickUp."""

    key: SecretStr = SecretStr("")
    """Signs the record (HMAC-SHA256), so that nobody can change it unseen who can write the
    database but does not know the key. Keep it in the environment, as
    `CLICKUP_MLOPS_AUDIT__KEY`, for example made by `openssl rand -hex 32`. Empty: not signed."""
    old_keys: tuple[SecretStr, ...] = ()
    """Keys that signed earlier entries, to verify them."""

    @property
    def keyring(self) -> Keyring:
        """The keys, ready to use."""
        old = [one.get_secret_value() for one in self.old_keys]
        return Keyring(self.key.get_secret_value(), old)


class LogSettings(Table):
    """Log lines on standard error."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least important kind of line to print."""
    name: str = ""
    """Stands in every line as `bot`, to tell several bots apart. With several settings files
    `serve` sets it to each file's name."""
    json_lines: bool | None = None
    """True: JSON lines; false: for people. Unset: for people on a terminal, else JSON."""


class Settings(FileSettings):
    """The whole configuration: a table per part."""

    clickup: ClickUpSettings = ClickUpSettings()
    """How to reach ClickUp."""
    store: StoreSettings = StoreSettings()
    """Where the bot remembers things."""
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
    """How tasks are told apart and ranked."""
    automations: AutomationsSettings = AutomationsSettings()
    """The rules in `automations/`."""
    commands: CommandSettings = CommandSettings()
    """Slash commands in task comments, such as `/why`."""
    people: PeopleSettings = PeopleSettings()
    """People whom automations name by their part."""
    integrations: dict[Annotated[str, Field(pattern=NAME)], IntegrationTable] = Field({})
    """Other systems that report to `/hooks/in/<name>`: `[integrations.mlflow]` and so on."""
    outbound: OutboundSettings = OutboundSettings()
    """Webhooks that automations send."""
    classifier: ClassifierSettings = ClassifierSettings()
    """The classifier that reads the tasks' texts."""
    audit: AuditSettings = AuditSettings()
    """The record of every write to ClickUp."""
    log: LogSettings = LogSettings()
    """Log lines."""
