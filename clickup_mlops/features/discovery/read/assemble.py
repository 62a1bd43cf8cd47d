"""Traces from what a tool remembers of an item. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from clickup_mlops.features.discovery.model import Spent, Trace
from clickup_mlops.features.discovery.words import is_backlog
from clickup_mlops.features.migration.history import Change
from clickup_mlops.features.migration.mapping.words import is_done
from clickup_mlops.flow.model import Journey, Stay, Step, build_journey

_BULK: Final = 50
_BULK_SHARE: Final = 0.2
_SAME_MS: Final = 60_000
_RENAMED_SHARE: Final = 0.8
"""Of the times that a status was left under another name than it was entered."""


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of a board: names of those that end the work, and present names of old ones."""

    ending: frozenset[str]
    renamed: Mapping[str, str]

    def kind(self, stage: str) -> str:
        """`open`, `custom` or `done`."""
        if stage in self.ending or is_done(stage):
            return "done"
        return "open" if is_backlog(stage) else "custom"

    def name(self, stage: str) -> str:
        """What it is called now."""
        return self.renamed.get(stage, stage)


def find_renamed(
    changes: Mapping[str, Sequence[Change]], present: frozenset[str]
) -> dict[str, str]:
    """Old names of statuses with their present ones: an item that entered one left it under
    another name, nearly always the same. `changes` of each item are in time order.
    """
    gaps: dict[str, Counter[str]] = {}
    for of_item in changes.values():
        for entered, left_as in pairwise(of_item):
            if entered.after != left_as.before and entered.after not in present:
                gaps.setdefault(entered.after, Counter())[left_as.before] += 1
    best = {name: names.most_common(1)[0] for name, names in gaps.items()}
    return {
        name: new_name
        for name, (new_name, count) in best.items()
        if count >= _RENAMED_SHARE * gaps[name].total()
    }


def find_journey(
    item_id: str, created_ms: int | None, stage: str, changes: Sequence[Change], stages: Stages
) -> Journey | None:
    """From the changes of its status, in time order; None: when it came to be is not known."""
    if created_ms is None:
        return None
    first = changes[0].before if changes and changes[0].before else stage
    moves = [
        (created_ms, first, True),
        *((change.at_ms, change.after, False) for change in changes),
    ]
    return build_journey(
        Step(item_id, at_ms, stages.name(name), stages.kind(stages.name(name)), "", is_first)
        for at_ms, name, is_first in moves
    )


def with_journey(trace: Trace, journey: Journey, now_ms: int) -> Trace:
    """The trace with its stays, and how long it was in each stage."""
    stays = tuple(stay for stay in journey.stays if stay.status)
    if not stays:
        return trace
    kinds = {stay.status: stay.kind for stay in stays}
    spent = tuple(
        Spent(stage, kinds[stage], ms) for stage, ms in journey.spent_ms(now_ms).items() if stage
    )
    last: Stay = stays[-1]
    return replace(
        trace, stays=stays, spent=spent, stage=last.status, kind=last.kind, since_ms=last.start_ms
    )


def find_owners(changes: Iterable[Change], owner: str, people: frozenset[str]) -> tuple[str, ...]:
    """Who had it, one after the other, without programs; `owner` is who has it now."""
    owners: list[str] = []
    ordered = [change for change in changes if change.field == "assignee"]
    names = [name for change in ordered for name in (change.before, change.after)]
    for name in (*names, owner):
        if name in people and owners[-1:] != [name]:
            owners.append(name)
    return tuple(owners)


def find_bulk(times_ms: Mapping[str, Iterable[int]], total: int) -> frozenset[str]:
    """Ids of items that were created or changed together with many others, in the same minute: by
    an import or a bulk edit, which says nothing of work.
    """
    by_minute: dict[int, set[str]] = {}
    for item_id, at_times in times_ms.items():
        for at_ms in at_times:
            by_minute.setdefault(at_ms // _SAME_MS, set()).add(item_id)
    least = max(_BULK, _BULK_SHARE * total)
    return frozenset[str]().union(*(ids for ids in by_minute.values() if len(ids) >= least))
