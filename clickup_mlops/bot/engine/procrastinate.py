"""Lanes on Procrastinate workers: many machines with PostgreSQL alone, the store's own database."""

import asyncio
import threading
from typing import Final

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy.engine import make_url

from clickup_mlops.bot.engine import STOP_S, Handler
from clickup_mlops.bot.posting import Posting
from clickup_mlops.bot.settings import EngineSettings
from clickup_mlops.errors import ConfigError

TASK: Final = "clickup_mlops.lane"
_QUEUE: Final = "clickup-mlops"
_POLL_S: Final = 1.0  # only in case a notification was missed


class ProcrastinateEngine:
    """A worker inside this process, and a sender that queues each lane at most once."""

    def __init__(self, conninfo: str, workers: int) -> None:
        self._conninfo, self._workers = conninfo, workers
        self._sender = App(connector=SyncPsycopgConnector(conninfo=conninfo))
        self._sender.open()
        _prepare(self._sender)
        self._posting = Posting(self._send)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._job: asyncio.Task[None] | None = None
        self._thread: threading.Thread | None = None

    def start(self, handler: Handler) -> None:
        """Run a worker in a thread of this process."""
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(handler)), name="procrastinate", daemon=True
        )
        self._thread.start()

    def dispatch(self, lane: str) -> None:
        """Have the lane queued, unless it waits in the queue already."""
        self._posting.put(lane)

    def _send(self, lane: str) -> None:
        # Not `lock=`: a dead worker's job would keep it, and with it the lane.
        job = self._sender.configure_task(TASK, queue=_QUEUE, queueing_lock=lane)
        try:
            job.defer(lane=lane)
        except AlreadyEnqueued:
            return

    def stop(self) -> None:
        """Stop the worker of this process once its lanes have ended."""
        self._posting.stop(1.0)
        if self._loop is not None and self._job is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._job.cancel)
            self._thread.join(STOP_S)
        self._sender.close()

    async def _run(self, handler: Handler) -> None:
        app = App(connector=PsycopgConnector(conninfo=self._conninfo))

        def run_lane(lane: str) -> None:
            handler(lane)

        app.task(name=TASK, queue=_QUEUE)(run_lane)
        self._loop = asyncio.get_running_loop()
        async with app.open_async():
            worker = app.run_worker_async(
                queues=[_QUEUE],
                concurrency=self._workers,
                install_signal_handlers=False,
                fetch_job_polling_interval=_POLL_S,
                delete_jobs="always",
            )
            self._job = asyncio.ensure_future(worker)
            await asyncio.gather(self._job, return_exceptions=True)


def _prepare(app: App) -> None:
    """Create Procrastinate's tables unless they are there."""
    found = app.connector.get_sync_connector().execute_query_one(
        "SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS there"
    )
    if not found["there"]:
        app.schema_manager.apply_schema()


def ENGINE(settings: EngineSettings, store_url: str) -> ProcrastinateEngine:  # noqa: N802
    """The engine that `bot.engine.create` asks for.

    Raises:
        ConfigError: the store is not PostgreSQL.
    """
    url = make_url(store_url)
    if url.get_backend_name() != "postgresql":
        raise ConfigError(
            "engine.kind: procrastinate needs a PostgreSQL store",
            hint="Set store.url to postgresql+psycopg://…, or engine.kind to threads.",
        )
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return ProcrastinateEngine(plain, settings.workers)
