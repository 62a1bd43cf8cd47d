"""Settings of the engines: who handles the events that were received."""

from datetime import timedelta

from pydantic import Field, SecretStr

from clickup_mlops.config import Table


class EngineSettings(Table):
    """Who handles the events that were received."""

    kind: str = "threads"
    """`threads`: in this process. `celery` (Redis or RabbitMQ) and `procrastinate`: shared by every
    `serve` process, on any number of machines, with one PostgreSQL store. The name of a file in
    `bot/lanes/engines/`."""
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
    """A lane that stands still for this long, or is due and not taken up, is reported by
    `/readyz`, metrics and log. Waiting for the rate limit, and attempts while ClickUp is
    unavailable, do not count. Leave it well above `clickup.timeout` and `engine.sweep_every`."""
