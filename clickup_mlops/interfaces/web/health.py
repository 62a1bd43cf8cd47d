"""`/healthz`: the process answers. `/readyz`: it can do its work. `/metrics`: its numbers.

Ready means that an event is delivered, stored and handled: without a webhook the bot is not ready,
unless it is to have none (`hooks.public_url`). That ClickUp refuses the bot's calls is a note and
no reason to turn deliveries away: they wait in the inbox.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import orjson
from flask import Blueprint, Response

from clickup_mlops import __version__, logs
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.interfaces.web.metrics import CONTENT_TYPE, Metrics
from clickup_mlops.store import Store

OK: Final = "ok"
_PATIENCE_S: Final = 5.0
"""So long a check waits for another one, which may wait for the store."""
_HANGS: Final = f"a check of it has not ended for {_PATIENCE_S:g} s: it hangs, or is very slow"


class Monitored(Protocol):
    """The part of the bot that the checks read."""

    @property
    def store(self) -> Store:
        """The store of the bot."""
        ...

    def stopped(self) -> Sequence[str]:
        """The names of those `parts` that should run and do not."""
        ...

    def stalled(self) -> str:
        """Why lanes are stalled; empty if they are not. Never blocks."""
        ...

    def warnings(self) -> Sequence[str]:
        """External problems, for example a refused token."""
        ...

    def secrets(self, webhook_id: str, /) -> Sequence[str]:
        """A webhook's secrets; raises when they cannot be read."""
        ...

    def check_webhook(self) -> None:
        """Raises ConfigError if ClickUp should deliver events and no webhook is registered."""
        ...

    def measure(self) -> None:
        """Brings the gauges in `telemetry` up to date."""
        ...

    def now_ms(self) -> int:
        """The time now, Unix milliseconds."""
        ...


def blueprint(bot: Monitored, metrics: Metrics) -> Blueprint:
    """The three routes. None of them shows anything secret."""
    health, probe = Blueprint("health", __name__), Probe()

    @health.get("/healthz")
    def healthz() -> Response:
        return _json({"alive": True, "version": __version__}, 200)

    @health.get("/readyz")
    def readyz() -> Response:
        report = probe.examine(bot)
        return _json(report, 200 if report["ready"] else 503)

    @health.get("/metrics")
    def numbers() -> Response:
        return Response(metrics.exposition(bot.measure), content_type=CONTENT_TYPE)

    return health


class Probe:
    """Whether the bot can do its work. One check at a time: while it hangs, the others say so."""

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def examine(self, bot: Monitored) -> dict[str, Any]:
        """`ready`; `checks`, each `ok` or the reason why not; `notes`; the inbox's depth.

        The store is read, and now and then written; its schema is compared, the webhooks and their
        secrets are read, and each part that has to run is looked at. If lanes are stalled no other
        check runs: it could block on the same cause, such as a store that hangs.
        """
        if stalled := bot.stalled():
            return _report({"lanes": stalled}, bot.warnings())
        if not self._turn.acquire(timeout=_PATIENCE_S):
            return _report({"store": _HANGS}, bot.warnings())
        try:
            return self._examined(bot)
        finally:
            self._turn.release()

    def _examined(self, bot: Monitored) -> dict[str, Any]:
        inbox: dict[str, int] = {}
        checks = {
            "store": _checked(lambda: _use(bot, inbox)),
            "schema": _checked(lambda: _schema(bot)),
            "secrets": _checked(lambda: bot.secrets("readyz")),
            "webhook": _checked(bot.check_webhook),
            "threads": ", ".join(f"{part} does not run" for part in bot.stopped()) or OK,
            "lanes": OK,
        }
        return _report(checks, bot.warnings(), inbox)


def _report(
    checks: Mapping[str, str], notes: Sequence[str], inbox: Mapping[str, int] | None = None
) -> dict[str, Any]:
    ready = all(result == OK for result in checks.values())
    return {"ready": ready, "checks": checks, "notes": [*notes], "inbox": inbox or {}}


def _use(bot: Monitored, inbox: dict[str, int]) -> None:
    now = bot.now_ms()
    bot.store.must_be_in_place()
    bot.store.must_be_writable(now)
    backlog = bot.store.stats.backlog(now)
    inbox |= {"ready": backlog.ready, "waiting": backlog.waiting, "parked": backlog.parked}


def _schema(bot: Monitored) -> None:
    bot.store.must_be_current()


def _checked(look: Callable[[], object]) -> str:
    try:
        look()
    except ClickUpMlopsError as problem:
        return logs.redactor.text(str(problem))
    except Exception as problem:
        # Always answer; the message of a driver may contain secrets.
        return type(problem).__name__
    return OK


def _json(value: Any, status: int) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")
