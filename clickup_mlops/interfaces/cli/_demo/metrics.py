"""The demonstration of metrics: a model gets slow, and its task says so before anybody looks."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from clickup_mlops.features.metrics.bindings import BindingTable
from clickup_mlops.features.metrics.jobs.sinks import AUTOMATION
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.features.metrics.sources import vllm
from clickup_mlops.interfaces.cli._demo import environment
from clickup_mlops.interfaces.cli._demo.environment import Environment
from clickup_mlops.interfaces.cli._demo.model_server import ModelServer
from clickup_mlops.interfaces.cli._demo.model_server import running as serving
from clickup_mlops.interfaces.cli._demo.play import wait
from clickup_mlops.json_types import JsonObject
from clickup_mlops.routing.decision import format_priority
from clickup_mlops.spelling import format_count
from clickup_mlops.store import Filter

MODEL: Final = "northwind-code"
FIELD: Final = "P99 latency ms"
OBJECTIVE_MS: Final = 1500
PASS: Final = timedelta(seconds=1)
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Moment:
    """What the task shows once the numbers have changed."""

    happens: str
    value: float
    priority: int | None
    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class Result:
    """What was shown. A naive bot would have written a value in each pass."""

    moments: tuple[Moment, ...]
    values: int
    comments: int
    passes: int

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        moments = [
            {
                "happens": one.happens,
                "value": one.value,
                "priority": format_priority(one.priority),
                "reason": one.reason,
                "advice": one.advice,
            }
            for one in self.moments
        ]
        return {
            "moments": moments,
            "values_written": self.values,
            "comments_written": self.comments,
            "passes": self.passes,
        }


@contextmanager
def running(port: int = 0) -> Iterator[tuple[Environment, ModelServer]]:
    """Sandbox, bot and a model server whose numbers the bot reads each second."""
    server = ModelServer(MODEL)
    with (
        serving(server) as url,
        environment.running(port, metrics=_settings(url)) as demo,
    ):
        yield demo, server


def perform(demo: Environment, server: ModelServer, say: Say, *, pause_s: float) -> Result:
    """Play everything; what was shown."""
    began = time.monotonic()
    jonas = demo.clickup.control.as_user("Jonas")
    task = jonas.create_task("Inference", f"Inference endpoint of {MODEL}")
    jonas.set_field(task, "Model", MODEL)
    jonas.set_field(task, "SLO latency ms", OBJECTIVE_MS)
    say(f"A local ClickUp runs at {demo.clickup.url}, and a model server beside it.")
    say(f"Jonas makes a task for {MODEL} with an objective of {OBJECTIVE_MS} ms.")
    moments = []
    for chapter in _STORY:
        server.latency_s, server.waiting = chapter.latency_s, chapter.waiting
        server.cache = chapter.cache
        moment = wait(MODEL, partial(_moment, demo, task, chapter))
        say(f"\n{moment.happens}")
        say(f"  ► {FIELD}: {moment.value:.0f}   priority: {format_priority(moment.priority)}")
        say(f"    {moment.reason}")
        if moment.advice:
            say(f"    Comment: {moment.advice}")
        moments.append(moment)
        time.sleep(pause_s)
    passes = round((time.monotonic() - began) / PASS.total_seconds())
    shown = {one.advice for one in moments if one.advice}
    values, comments = wait(MODEL, partial(_written, demo, task, len(shown)))
    result = Result(tuple(moments), values, comments, passes)
    say(
        f"\nThe bot read the server {format_count(passes, 'time')}, and wrote "
        f"{format_count(values, 'value')} and {format_count(result.comments, 'comment')}: only "
        f"what changed."
    )
    return result


def _written(demo: Environment, task: str, shown: int) -> tuple[int, int] | None:
    """Values and comments; None while the last comment is shown but not in the audit yet."""
    written = demo.bot.store.audit.list(Filter(task_id=task, automation=AUTOMATION), 999)
    values = sum(one.kind.startswith("field:") for one in written)
    comments = len(written) - values
    return None if comments < shown else (values, comments)


@dataclass(frozen=True, slots=True)
class Chapter:
    """Numbers of the server, and how the bot's advice begins once it has acted on them."""

    happens: str
    latency_s: float
    waiting: int
    cache: float
    advice: str


_STORY: Final = (
    Chapter("It answers in 0.6 s.", 0.6, 0, 0.4, ""),
    Chapter("A new version: 4 s, requests queue, the cache is full.", 4.0, 21, 0.98, "Requests"),
    Chapter("Jonas rolls back.", 0.6, 0, 0.4, "Over: Requests"),
)


def _settings(url: str) -> MetricsSettings:
    # Not validated: a demonstration reads more often than the settings allow.
    table = vllm.SOURCE.settings.model_construct(
        kind="vllm", url=url, every=PASS, timeout=timedelta(seconds=5)
    )
    binding = BindingTable(
        field=FIELD, source="vllm", measure="latency_p99_ms", match={"model_name": "Model"}
    )
    return MetricsSettings.model_construct(
        sources={"vllm": table},
        bindings=(binding,),
        push_every=PASS,
        reread_tasks=PASS,
        advice_over_after=2 * PASS,
    )


def _moment(demo: Environment, task: str, chapter: Chapter) -> Moment | None:
    """What the task shows; None while the bot has not acted yet."""
    raw, decided = demo.clickup.control.task(task), demo.bot.store.decisions.latest(task)
    value, advice = _value(raw), _advice(demo, task)
    level = int(raw["priority"]["id"]) if raw["priority"] else None
    slow = chapter.latency_s > OBJECTIVE_MS / 1000
    if value is None or decided is None or (value > OBJECTIVE_MS) != slow:
        return None
    if level != decided.body["priority"] or not advice.startswith(chapter.advice):
        return None
    reasons = [str(one) for one in decided.body["reasons"]]
    breach = next((one for one in reasons if "above SLO" in one), "")
    if bool(breach) != slow:
        return None
    return Moment(chapter.happens, value, level, breach or reasons[0], advice)


def _value(task: JsonObject) -> float | None:
    found = next(one.get("value") for one in task["custom_fields"] if one["name"] == FIELD)
    return None if found is None else float(found)


def _advice(demo: Environment, task: str) -> str:
    """The first line about a symptom in the bot's comment."""
    texts = [one.text for one in demo.bot.client.comments.of_task(task)]
    lines = (line for text in texts if "Advice" in text for line in text.splitlines()[1:])
    return next((line for line in lines if line.strip()), "")
