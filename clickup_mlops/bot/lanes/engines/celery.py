"""Lanes on Celery workers (Redis or RabbitMQ): any number of processes on any number of machines.

Every bot process that starts this engine is a worker too; results and retries are not Celery's
business, because the inbox knows both.
"""

import threading
import time
from typing import Any, Final

from celery import Celery
from celery.exceptions import OperationalError
from celery.worker import WorkController

from clickup_mlops import logs
from clickup_mlops.bot.lanes.broker_queue import BrokerQueue
from clickup_mlops.bot.lanes.engines import STOP_S, Handler, _queue_turns
from clickup_mlops.bot.lanes.engines._waits import Waits
from clickup_mlops.bot.lanes.settings import EngineSettings
from clickup_mlops.errors import ConfigError
from clickup_mlops.store.database.opening import parse_url
from clickup_mlops.store.ranks import DEFAULT, RANKS

TASK: Final = "clickup_mlops.lane"
_QUEUES: Final = [f"{_queue_turns.PREFIX}{rank}" for rank in RANKS]

_log = logs.get()


class CeleryEngine:
    """A worker with a pool of threads inside this process, and a sender of lane names.

    Both go on by themselves when the broker was away.
    """

    def __init__(self, broker_url: str, workers: int) -> None:
        self._broker_url, self._workers = broker_url, workers
        self._app = self._new_app()
        self._queue = BrokerQueue(self._send)
        self._worker: Any = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._lock = threading.Lock()

    def _new_app(self) -> Celery:
        app = Celery("clickup_mlops", broker=self._broker_url, set_as_current=False)
        app.conf.update(
            task_default_queue=_QUEUES[DEFAULT],
            task_ignore_result=True,
            # Taken only when a thread is free: what was taken before cannot be overtaken.
            task_acks_late=True,
            task_publish_retry=False,  # the sweeper tries again
            worker_prefetch_multiplier=1,
            broker_connection_retry_on_startup=True,
            broker_connection_max_retries=None,  # as long as it takes
            broker_transport_options={
                "socket_connect_timeout": 2,
                "socket_timeout": 10,
                "queue_order_strategy": f"{_queue_turns.__name__}:QueueTurns",
            },
        )
        return app

    def start(self, handler: Handler) -> None:
        """Run a worker in a thread of this process."""
        self._thread = threading.Thread(
            target=self._keep_working, args=(handler,), name="celery", daemon=True
        )
        self._thread.start()

    def _keep_working(self, handler: Handler) -> None:
        """Run workers, one after the other: a broker that goes away can be one's end."""
        waits = Waits()
        while worker := self._next_worker(handler):
            began = time.monotonic()
            worker.start()
            if not self._stopping.wait(waits.after(time.monotonic() - began)):
                _log.warning("worker_ended", hint="Another one is started.")

    def _next_worker(self, handler: Handler) -> Any:
        with self._lock:
            self._worker = None if self._stopping.is_set() else self._new_worker(handler)
            return self._worker

    def _new_worker(self, handler: Handler) -> Any:
        def run_lane(lane: str) -> None:
            handler(lane)

        app = self._new_app()  # of its own: connections that broke stay with the last one
        app.task(run_lane, name=TASK, shared=False)
        app.finalize()
        app.set_default()  # the pool's threads look their task up in the default app
        return WorkController(
            app=app,
            queues=_QUEUES,
            pool_cls="threads",
            concurrency=self._workers,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )

    def dispatch(self, lane: str, rank: int = DEFAULT) -> None:
        """Have the lane's name sent to the broker, into the queue of its rank."""
        self._queue.put(lane, rank)

    def _send(self, lane: str, rank: int) -> None:
        self._app.send_task(TASK, [lane], queue=_QUEUES[rank])

    @property
    def problem(self) -> str:
        """Why the last name could not be sent."""
        return self._queue.problem

    def ping(self) -> None:
        """Reach the broker once, to find out whether that is possible.

        Raises:
            ConfigError: it cannot be reached.
        """
        connection = self._app.connection_for_write()
        try:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=3)
        except (OperationalError, OSError) as problem:
            raise ConfigError(
                f"engine.broker_url: {connection.as_uri()}: {problem}",
                hint="Is the broker running? Events wait in the inbox meanwhile.",
            ) from problem
        finally:
            connection.release()

    def stop(self) -> None:
        """Stop the worker of this process once its lanes have ended."""
        self._queue.stop(1.0)
        with self._lock:
            self._stopping.set()
            worker = self._worker
        if worker is not None and self._thread is not None:
            # It would wait for its lanes, and for a broker that is away, as long as that takes.
            threading.Thread(target=worker.stop, name="celery-stop", daemon=True).start()
            self._thread.join(STOP_S)
        self._app.close()


def ENGINE(settings: EngineSettings, store_url: str) -> CeleryEngine:  # noqa: N802
    """The engine that `bot.lanes.engines.create` asks for.

    Raises:
        ConfigError: the store is not PostgreSQL, which several processes need.
    """
    if parse_url(store_url).get_backend_name() != "postgresql":
        raise ConfigError(
            "engine.kind: celery needs a PostgreSQL store",
            hint="Set store.url to postgresql+psycopg://…, or engine.kind to threads.",
        )
    return CeleryEngine(settings.broker_url.get_secret_value(), settings.workers)
