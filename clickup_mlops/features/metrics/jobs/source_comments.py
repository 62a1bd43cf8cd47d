"""A comment on each task that says where its numbers come from: one, changed when that changes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from clickup_mlops.automations.model import Change
from clickup_mlops.bot.handle.results.provenance import describe_source
from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.features.metrics.jobs.sinks import WriteRequest, last_comment
from clickup_mlops.routing.decision import format_moment
from clickup_mlops.store import Store
from clickup_mlops.store.tables.metric_values import MetricValue
from clickup_mlops.views.text import localize

SCOPE: Final = "metric_sources"
"""Scope of the notes about what a task's comment says; the name is the task's id."""
COMMENT: Final = "comment:metric_sources"
_AT_ONCE: Final = 5
"""In one pass: values come first, and the next pass is never far."""


class SourceComments:
    """Finds tasks whose numbers come from elsewhere than their comment says."""

    def __init__(self, store: Store, zone: str) -> None:
        self._store, self._zone = store, zone

    def due(self, values: Iterable[MetricValue], now_ms: int) -> Iterator[WriteRequest]:
        """The comments to write, a few; `values` are those that the bot keeps."""
        notes = self._store.notes.all(SCOPE)
        texts = _texts(values)
        news = [
            task_id
            for task_id, text in sorted(texts.items())
            if task_id not in notes or notes[task_id].value != {"text": text}
        ]
        for task_id in news[:_AT_ONCE]:
            after = {"text": f"{texts[task_id]}\n\n{localize(_as_of(now_ms), self._zone)}"}
            before = last_comment(self._store.journal, task_id, COMMENT)
            change = Change(COMMENT, before, after, "where the numbers come from", after)
            yield WriteRequest(task_id, change)

    def remember(self, request: WriteRequest, now_ms: int) -> None:
        """The comment is written."""
        text, _blank, _as_of_line = str(request.change.shown["text"]).rpartition("\n\n")
        self._store.notes.put(SCOPE, request.task_id, {"text": text}, now_ms)


def _texts(values: Iterable[MetricValue]) -> Mapping[str, str]:
    lines: dict[str, list[str]] = defaultdict(list)
    for value in sorted(values, key=lambda value: value.field):
        if value.value is not None and not value.held_until_ms:
            origin = f"- **{escape_markdown(value.field)}**: {describe_source(value)}; bound by"
            lines[value.task_id].append(f"{origin} {escape_markdown(value.origin)}")
    title = "**Where the numbers of this task come from**"
    return {task_id: "\n".join([title, "", *of_task]) for task_id, of_task in lines.items()}


def _as_of(now_ms: int) -> str:
    return f"As of {format_moment(now_ms)}. `/why` says when each was read."
