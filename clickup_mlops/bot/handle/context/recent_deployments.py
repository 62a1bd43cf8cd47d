"""A deployment shortly before a report supports that what was deployed fails."""

import re
from collections.abc import Iterator
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.corroboration import DEPLOYMENT, Corroboration
from clickup_mlops.routing.urgency import format_span
from clickup_mlops.store import Store
from clickup_mlops.store.timeline_rows import Entry

_BEFORE_MS: Final = 3_600_000
"""How long before the report it was deployed."""
_MOST: Final = 50
"""Deployments among which it is looked for: the newest of the Workspace in that time."""
_SUBJECTS: Final = ("app", "service", "model")
"""Facts that name what is deployed."""
_UNSPACED: Final = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Letters of Chinese, Japanese and Korean: no space divides them from a name."""
_WORD: Final = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")


class RecentDeployments:
    """`routing.corroboration.Witnesses` that know what was deployed before a task was created."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, task: Task, now_ms: int) -> Iterator[Corroboration]:
        """The newest deployment of the task itself, or of something that its words or fields name.
        Subtasks are steps of work, and report none. Raises StoreUnavailable.
        """
        if task.parent_id is not None:
            return
        # Before the task, not before now: what was a live incident does not end by waiting.
        until_ms = task.created_ms or now_ms
        entries = self._store.timeline.newest_of_kind(
            task.team_id or "", "deployment", until_ms - _BEFORE_MS, until_ms + 1, limit=_MOST
        )
        words = read_words(task)
        for entry in reversed(entries):
            if entry.task_id == task.id or names(entry, words):
                age = format_span(until_ms - entry.at_ms)
                yield Corroboration(f'"{entry.text}" was deployed {age} before', DEPLOYMENT)
                return


def read_words(task: Task) -> str:
    """The words of its name, its description and its text fields, each between spaces."""
    values = (field.read() for field in task.fields)
    return fold(" ".join([task.name, task.text, *(v for v in values if isinstance(v, str))]))


def names(entry: Entry, words: str) -> bool:
    """Whether the words, of `read_words`, name what is deployed, in any spelling of its parts."""
    subjects = (fold(str(entry.value.get(name) or "")) for name in _SUBJECTS)
    return any(subject.strip() and subject in words for subject in subjects)


def fold(text: str) -> str:
    """Its words in small letters, each between spaces."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "
