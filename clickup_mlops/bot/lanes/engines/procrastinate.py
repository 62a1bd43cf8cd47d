"""Lanes on Procrastinate workers: many machines with PostgreSQL alone, the store's own database."""

import asyncio
import logging
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from psycopg import AsyncConnection
from psycopg_pool import ConnectionPool

from clickup_mlops import logs
from clickup_mlops.bot.lanes.broker_queue import BrokerQueue
from clickup_mlops.bot.lanes.engines import STOP_S, Handler
from clickup_mlops.bot.lanes.engines._procrastinate_tables import create_once
from clickup_mlops.bot.lanes.engines._waits import STEADY_S, Waits
from clickup_mlops.bot.lanes.settings import EngineSettings
from clickup_mlops.errors import ConfigError
from clickup_mlops.store.database.opening import CONNECT_OPTIONS, CONNECT_S, parse_url
from clickup_mlops.store.ranks import DEFAULT, Turns, Urgency, urgency_of

TASK: Final = "clickup_mlops.lane"
_POLL_S: Final = 1.0  # only in case a notification was missed
_SOON: Final[dict[str, Any]] = {
    "kwargs": CONNECT_OPTIONS,
    "timeout": float(CONNECT_S),
    # A pool that tries again by itself waits ever longer, even when the database is long back.
    "reconnect_timeout": float(CONNECT_S),
}

_log = logs.get()


def _queue_of(urgency: Urgency) -> str:
    return f"clickup-mlops-{urgency.name.lower()}"


_QUEUES: Final = [*map(_queue_of, Urgency)]
# The pools would complain about each of their connections: the worker's end is logged once.
logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)


class ProcrastinateEngine:
    """A worker inside this process, and a sender that queues each lane at most once.

    Both go on by themselves when the database was away.
    """

    def __init__(self, store_url: str, workers: int) -> None:
        self._store_url, self._workers = store_url, workers
        plain = parse_url(store_url).set(drivername="postgresql")
        self._conninfo = plain.render_as_string(hide_password=False)
        self._pool = ConnectionPool(
            self._conninfo,
            min_size=0,
            max_size=1,
            open=False,
            check=ConnectionPool.check_connection,
            **_SOON,
        )
        self._sender = App(connector=SyncPsycopgConnector())
        self._sender.open(self._pool)
        self._queue = BrokerQueue(self._send)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._thread: threading.Thread | None = None

    def start(self, handler: Handler) -> None:
        """Run a worker in a thread of this process.

        Raises:
            StoreUnavailable: the database is away: start it again later.
            ConfigError: Procrastinate's tables are not there and cannot be made, or are others.
        """
        create_once(self._store_url)
        self._pool.open()
        self._thread = threading.Thread(
            target=self._run, args=(handler,), name="procrastinate", daemon=True
        )
        self._thread.start()

    def dispatch(self, lane: str, rank: int = DEFAULT) -> None:
        """Have the lane queued, unless it waits in the queue of its rank already."""
        self._queue.put(lane, rank)

    @property
    def problem(self) -> str:
        """Why the last name could not be sent."""
        return self._queue.problem

    def _send(self, lane: str, rank: int) -> None:
        # Not `lock=`: a dead worker's job would keep it, and with it the lane. One that has become
        # more urgent is queued once more.
        job = self._sender.configure_task(
            TASK,
            queue=_queue_of(urgency_of(rank)),
            priority=-rank,
            queueing_lock=f"{rank}:{lane}",
        )
        try:
            job.defer(lane=lane)
        except AlreadyEnqueued:
            return

    def stop(self) -> None:
        """Stop the worker of this process once its lanes have ended."""
        self._queue.stop(1.0)
        if self._loop is not None and self._main is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._main.cancel)
            self._thread.join(STOP_S)
        self._pool.close(1.0)

    def _run(self, handler: Handler) -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(self._keep_working(handler))

    async def _keep_working(self, handler: Handler) -> None:
        """Run workers, one after the other, until cancelled: one ends when its connection does."""
        self._loop, self._main = asyncio.get_running_loop(), asyncio.current_task()
        logged, waits = "", Waits()
        while True:
            began = self._loop.time()
            problem = await self._worked(handler)
            ran_s = self._loop.time() - began
            if problem != logged or ran_s > STEADY_S:
                _log.warning("worker_ended", problem=problem, hint="Another one is started.")
            logged = problem
            await asyncio.sleep(waits.after(ran_s))

    async def _worked(self, handler: Handler) -> str:
        """Run one worker; why it ended."""
        try:
            # A pool of connections that cannot be made would not say why.
            await (await AsyncConnection.connect(self._conninfo, **CONNECT_OPTIONS)).close()
            await self._work(handler)
        except Exception as problem:
            return f"{type(problem).__name__}: {problem.__cause__ or problem}"
        return "it lost its connection"

    async def _work(self, handler: Handler) -> None:
        app = App(connector=PsycopgConnector(conninfo=self._conninfo, **_SOON))

        def run_lane(lane: str) -> None:
            handler(lane)

        app.task(name=TASK)(run_lane)
        app.job_manager = _JobsInTurns(app.connector)
        async with app.open_async():
            await app.run_worker_async(
                queues=_QUEUES,
                concurrency=self._workers,
                install_signal_handlers=False,
                fetch_job_polling_interval=_POLL_S,
                delete_jobs="always",
            )


class _JobsInTurns(JobManager):
    """Gives a worker the jobs of all its queues, by priority, but looks first into the queue whose
    turn it is: else the least urgent jobs would wait for ever.
    """

    def __init__(self, connector: BaseConnector) -> None:
        super().__init__(connector)
        self._turns = Turns()

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        first = next(self._turns.order())
        job = None
        if first is not Urgency.LIVE:  # which is first anyway
            job = await super().fetch_job([_queue_of(first)], worker_id)
        job = job or await super().fetch_job(queues, worker_id)
        if job is not None:
            self._turns.end()
        return job


def ENGINE(settings: EngineSettings, store_url: str) -> ProcrastinateEngine:  # noqa: N802
    """The engine that `bot.lanes.engines.create` asks for.

    Raises:
        ConfigError: the store is not PostgreSQL.
    """
    if parse_url(store_url).get_backend_name() != "postgresql":
        raise ConfigError(
            "engine.kind: procrastinate needs a PostgreSQL store",
            hint="Set store.url to postgresql+psycopg://…, or engine.kind to threads.",
        )
    return ProcrastinateEngine(store_url, settings.workers)
