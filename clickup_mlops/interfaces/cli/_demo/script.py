"""The script: what the team of the demo seed does while you watch."""

from collections.abc import Callable
from typing import Any

from clickup_mlops.interfaces.cli._demo.play import Step
from clickup_mlops.sandbox.clickup.actor import Actor
from clickup_mlops.sandbox.clickup.control import Control

HOUR_MS = 3_600_000
Change = Callable[[Actor, str], Any]
"""Somebody changes a task, given by its id."""

FINE_TUNE = "Fine-tune the ranker on the March click data"
ROLL_OUT = "Roll out ranker 2.9 behind the canary endpoint"
ABLATION = "Ablation: drop the web crawl from the mix"


def script(now_ms: int) -> tuple[Step, ...]:
    """Every step, in order; due dates count from now."""
    return (
        _adds("Priya", "adds", FINE_TUNE),
        _adds("Jonas", "adds", ROLL_OUT),
        _adds(
            "Tom", "reports", "Search answers 503 for all users since the ranker deploy at 10:05"
        ),
        _changes("Priya", "says it is due in six hours", FINE_TUNE, _due(now_ms + 6 * HOUR_MS)),
        _changes("Jonas", "measures 640 ms at an objective of 200 ms", ROLL_OUT, _slow),
        _adds(
            "Tom", "adds, in Spanish", "El endpoint del modelo devuelve errores 500 en producción"
        ),
        _changes("Priya", "raises it by hand, and people win", ABLATION, _priority("urgent")),
        _changes("Priya", "edits it, her priority stays", ABLATION, _describe),
        _changes("Priya", "clears the priority: back to the bot", ABLATION, _priority(None)),
        _changes("Wen", "tags it `inference`", "Feature store serves stale prices", _tag),
    )


def _adds(member: str, description: str, name: str, **body: Any) -> Step:
    def act(control: Control) -> str:
        return control.as_user(member).create_task("Triage", name, **body)

    return Step(member, description, act)


def _changes(member: str, description: str, task: str, change: Change) -> Step:
    def act(control: Control) -> str:
        task_id = control.find(task).id
        change(control.as_user(member), task_id)
        return task_id

    return Step(member, description, act)


def _due(at_ms: int) -> Change:
    return lambda me, task: me.update(task, due_date=at_ms)


def _priority(level: str | None) -> Change:
    return lambda me, task: me.set_priority(task, level)


def _describe(me: Actor, task: str) -> None:
    me.update(task, description="Two runs, same seed, 30B tokens each.")


def _slow(me: Actor, task: str) -> None:
    me.set_field(task, "SLO latency ms", 200)
    me.set_field(task, "P99 latency ms", 640)


def _tag(me: Actor, task: str) -> None:
    me.tag(task, "inference")
