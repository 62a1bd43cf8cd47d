"""The demonstration of metrics: a model gets slow, and its task says so before anybody looks."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from clickup_mlops.features.metrics.bindings import BindingTable
from clickup_mlops.features.metrics.demonstration.model_server import ModelServer
from clickup_mlops.features.metrics.demonstration.model_server import running as serving
from clickup_mlops.features.metrics.jobs.sinks import AUTOMATION
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.features.metrics.sources import vllm
from clickup_mlops.ports.demo.environment import Environment, wait
from clickup_mlops.ports.demo.model import Open, Say
from clickup_mlops.routing.decision import format_priority
from clickup_mlops.spelling import format_count
from clickup_mlops.store import Filter

MODEL: Final = "northwind-code"
FIELD: Final = "P99 latency ms"
OBJECTIVE_MS: Final = 1500
PASS: Final = timedelta(seconds=1)


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

    def to_dict(self) -> dict[str, object]:
        """As plain JSON values."""
        moments = [
            {
                "happens": moment.happens,
                "value": moment.value,
                "priority": format_priority(moment.priority),
                "reason": moment.reason,
                "advice": moment.advice,
            }
            for moment in self.moments
        ]
        return {
            "moments": moments,
            "values_written": self.values,
            "comments_written": self.comments,
            "passes": self.passes,
        }


@contextmanager
def running(open_environment: Open) -> Iterator[tuple[Environment, ModelServer]]:
    """Sandbox, bot and a model server whose numbers the bot reads each second."""
    server = ModelServer(MODEL)
    with (
        serving(server) as url,
        open_environment([_settings(url)]) as demo,
    ):
        yield demo, server


def perform(
    demo: Environment, server: ModelServer, say: Say, *, pause: Callable[[], object]
) -> dict[str, object]:
    """Play everything; the `Result` as JSON values."""
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
        pause()
    passes = round((time.monotonic() - began) / PASS.total_seconds())
    pieces_of_advice = {past.advice for past in moments if past.advice}
    values, comments = wait(MODEL, partial(_count_writes, demo, task, len(pieces_of_advice)))
    result = Result(tuple(moments), values, comments, passes)
    say(
        f"\nThe bot read the server {format_count(passes, 'time')}, and wrote "
        f"{format_count(values, 'value')} and {format_count(result.comments, 'comment')}: only "
        f"what changed."
    )
    return result.to_dict()


def _count_writes(demo: Environment, task: str, comment_count: int) -> tuple[int, int] | None:
    """Values and comments; None while the last comment is shown but not in the audit yet."""
    entries = demo.bot.store.audit.list(Filter(task_id=task, automation=AUTOMATION), 999)
    values = sum(entry.kind.startswith("field:") for entry in entries)
    comments = len(entries) - values
    return None if comments < comment_count else (values, comments)


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
    reasons = [str(reason) for reason in decided.body["reasons"]]
    breach = next((reason for reason in reasons if "above SLO" in reason), "")
    if bool(breach) != slow:
        return None
    return Moment(chapter.happens, value, level, breach or reasons[0], advice)


def _value(task: Mapping[str, Any]) -> float | None:
    value = next(field.get("value") for field in task["custom_fields"] if field["name"] == FIELD)
    return None if value is None else float(value)


def _advice(demo: Environment, task: str) -> str:
    """The first line about a symptom in the bot's comment."""
    texts = [comment.text for comment in demo.bot.client.comments.of_task(task)]
    lines = (line for text in texts if "Advice" in text for line in text.splitlines()[1:])
    return next((line for line in lines if line.strip()), "")
