"""`/healthz`: the process answers. `/readyz`: it can do its work. `/metrics`: its numbers."""

from collections.abc import Sequence
from typing import Any, Protocol

import orjson
from flask import Blueprint, Response

from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.store import Store
from clickup_mlops.web.metrics import CONTENT_TYPE, Metrics


class Patient(Protocol):
    """What is examined."""

    @property
    def store(self) -> Store:
        """Where the bot remembers things."""
        ...

    def stopped(self) -> Sequence[str]:
        """The names of threads and jobs that should run and do not."""
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
        return Response("ok", mimetype="text/plain")

    @health.get("/readyz")
    def readyz() -> Response:
        report = examine(patient)
        return _json(report, 200 if report["ready"] else 503)

    @health.get("/metrics")
    def numbers() -> Response:
        return Response(metrics.exposition(patient.measure), content_type=CONTENT_TYPE)

    return health


def examine(patient: Patient) -> dict[str, Any]:
    """Whether the store can be written and everything runs, with the inbox's depth."""
    stopped = list(patient.stopped())
    report: dict[str, Any] = {"ready": not stopped, "stopped": stopped, "store": "ok"}
    try:
        patient.store.cursors.set("readyz", str(patient.now_ms()))
        depth = patient.store.inbox.depth(patient.now_ms())
        report["inbox"] = {"ready": depth.ready, "parked": depth.parked, "done": depth.done}
    except ClickUpMlopsError as problem:
        report |= {"ready": False, "store": str(problem)}
    return report


def _json(value: Any, status: int) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")
