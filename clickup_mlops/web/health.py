"""`/healthz`: the process answers. `/readyz`: it can do its work. `/metrics`: its numbers.

Ready means: an event that is delivered now is kept, and somebody will handle it. That ClickUp
refuses the bot's calls is a note and no reason to turn deliveries away: they wait in the inbox.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import orjson
from flask import Blueprint, Response

from clickup_mlops import __version__, logs
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.store import Store
from clickup_mlops.web.metrics import CONTENT_TYPE, Metrics

OK: Final = "ok"


class Patient(Protocol):
    """What is examined."""

    @property
    def store(self) -> Store:
        """Where the bot remembers things."""
        ...

    def stopped(self) -> Sequence[str]:
        """The names of those `parts` that should run and do not."""
        ...

    def stalled(self) -> str:
        """What stands still although it should move, in words; empty: nothing. Never waits."""
        ...

    def warnings(self) -> Sequence[str]:
        """What keeps it from working although it could: in words."""
        ...

    def secrets(self, webhook_id: str, /) -> Sequence[str]:
        """A webhook's secrets; raises when they cannot be read."""
        ...

    def measure(self) -> None:
        """Brings the gauges in `telemetry` up to date."""
        ...

    def now_ms(self) -> int:
        """The time now, Unix milliseconds."""
        ...


def blueprint(patient: Patient, metrics: Metrics) -> Blueprint:
    """The three routes. None of them shows anything secret."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> Response:
        return _json({"alive": True, "version": __version__}, 200)

    @health.get("/readyz")
    def readyz() -> Response:
        report = examine(patient)
        return _json(report, 200 if report["ready"] else 503)

    @health.get("/metrics")
    def numbers() -> Response:
        return Response(metrics.exposition(patient.measure), content_type=CONTENT_TYPE)

    return health


def examine(patient: Patient) -> dict[str, Any]:
    """`ready`; `checks`, each `ok` or the reason why not; `notes`; the inbox's depth.

    The store is written, its schema compared, the webhooks' secrets are read, and each part that
    has to run is looked at. Once lanes stand still that is the whole answer: what they wait for,
    such as a store that hangs, the other checks would wait for, too.
    """
    notes = [*patient.warnings()]
    if stalled := patient.stalled():
        return {"ready": False, "checks": {"lanes": stalled}, "notes": notes, "inbox": {}}
    inbox: dict[str, int] = {}
    checks = {
        "store": _checked(lambda: _use(patient, inbox)),
        "schema": _checked(lambda: _schema(patient)),
        "secrets": _checked(lambda: patient.secrets("readyz")),
        "threads": ", ".join(f"{part} does not run" for part in patient.stopped()) or OK,
        "lanes": OK,
    }
    ready = all(found == OK for found in checks.values())
    return {"ready": ready, "checks": checks, "notes": notes, "inbox": inbox}


def _schema(patient: Patient) -> None:
    patient.store.must_be_current()


def _use(patient: Patient, inbox: dict[str, int]) -> None:
    now = patient.now_ms()
    patient.store.cursors.set("readyz", str(now))
    found = patient.store.stats.backlog(now)
    inbox |= {"ready": found.ready, "waiting": found.waiting, "parked": found.parked}


def _checked(look: Callable[[], object]) -> str:
    try:
        look()
    except ClickUpMlopsError as problem:
        return logs.redactor.text(str(problem))
    except Exception as problem:
        # The answer must come whatever is broken; a driver's own words may hold anything.
        return type(problem).__name__
    return OK


def _json(value: Any, status: int) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")
