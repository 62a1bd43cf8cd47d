"""How soon the lane of an event is taken: by what it says and what is known already. No call."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from clickup_mlops.clickup.model import Event, HistoryItem
from clickup_mlops.commands import parsing
from clickup_mlops.json_types import Json
from clickup_mlops.routing.decision import TIERS, Workload
from clickup_mlops.store.queries.workload_estimates import LastDecision, WorkloadEstimates
from clickup_mlops.store.ranks import Estimate, Urgency, compute_rank

REPEATED_MS: Final = 120_000
"""A change that is reported so much later is a repeated delivery: ClickUp or the bot was away."""
_ENOUGH: Final = 5
"""Tasks of a List that tell what its next one will be."""
_INCIDENT: Final = TIERS.index("incident")
_INFERENCE: Final[Workload] = "inference"
RankTask = Callable[[str, str | None], int]
"""The rank of a row about a task, by its id and that of its List."""
_WORDS: Final = re.compile(r"[\w-]+")


class Ranking:
    """Ranks events of ClickUp, and tasks that the bot looks at by itself.

    `workload_names` are the policy's names of workloads, in lower case.
    """

    def __init__(
        self,
        estimates: WorkloadEstimates,
        workload_names: Mapping[str, Workload],
    ) -> None:
        self._estimates, self._workload_names = estimates, workload_names

    def of_event(self, event: Event, now_ms: int) -> int:
        """The rank of an event that came now.

        Raises:
            StoreUnavailable: what is known cannot be read.
        """
        last = self._estimates.of_task(event.task_id) if event.task_id else None
        workloads = {*_find_workloads(event.items, self._workload_names)}
        estimate = _estimate(workloads) if workloads else self._by_memory(last, event.list_id)
        return compute_rank(_classify(event, last, now_ms), estimate)

    def of_task(self, urgency: Urgency, task_id: str, list_id: str | None) -> int:
        """The rank of a row about a task, in this class."""
        return compute_rank(urgency, self._by_memory(self._estimates.of_task(task_id), list_id))

    def _by_memory(self, last: LastDecision | None, list_id: str | None) -> Estimate:
        if last is not None and last.workload:
            return _estimate({last.workload})
        return estimate_by_list(self._estimates.of_list(list_id)) if list_id else Estimate.UNCLEAR


def _classify(event: Event, last: LastDecision | None, now_ms: int) -> Urgency:
    if any(map(_is_command, event.items)) or (last is not None and last.rank == _INCIDENT):
        return Urgency.LIVE
    is_repeated = event.date_ms is not None and event.date_ms < now_ms - REPEATED_MS
    return Urgency.LATE if is_repeated or event.kind.endswith("Deleted") else Urgency.FRESH


def _is_command(item: HistoryItem) -> bool:
    comment = item.raw.get("comment")
    words = comment.get("text_content") if isinstance(comment, dict) else None
    return isinstance(words, str) and parsing.find(words) is not None


def _find_workloads(
    items: Iterable[HistoryItem], workload_names: Mapping[str, Workload]
) -> Iterator[Workload]:
    """The workloads that are named by tags, or by words of a title, that the event reports."""
    for item in items:
        for word in _list_words(item):
            if (workload := workload_names.get(word.casefold())) is not None:
                yield workload


def _list_words(item: HistoryItem) -> list[str]:
    if item.field == "tag":
        return [*_list_tag_names(item.after)]
    if item.field == "name" and isinstance(item.after, str):
        return [item.after, *_WORDS.findall(item.after)]
    return []


def _list_tag_names(tags: Json) -> Iterator[str]:
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict) and isinstance(name := tag.get("name"), str):
            yield name


def _estimate(workloads: Iterable[str]) -> Estimate:
    return Estimate.INFERENCE if _INFERENCE in workloads else Estimate.OTHER


def estimate_by_list(counts: Counter[str]) -> Estimate:
    """What a task of a List probably is whose open tasks have these workloads."""
    total = counts.total()
    if 2 * counts[_INFERENCE] > total:
        return Estimate.INFERENCE
    return Estimate.OTHER if total >= _ENOUGH and not counts[_INFERENCE] else Estimate.UNCLEAR
