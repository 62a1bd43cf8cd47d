"""Which words of a task are evidence of an incident: those that people wrote about it.

What the bot created or imported, or what was copied from a template, describes an incident without
reporting one. It still says what the workload is.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.policy import Incident

if TYPE_CHECKING:
    from clickup_mlops.routing.classifier.classify import Classification


MARK: Final = "clickup-mlops · "
"""The last line of the description of a task that the bot created begins like this."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What people wrote of a task's name and description; empty: nothing.

    `foreign_source` says where the other words come from; empty: there are none. `has_ended`:
    people reported an incident, which is over.
    """

    title: str
    text: str
    foreign_source: str = ""
    has_ended: bool = False


class Authors(Protocol):
    """Access to who wrote the words of a task."""

    def of(self, task: Task) -> OwnWords:
        """The words of people. Raises StoreUnavailable, ApiError."""


class ChainedAuthors:
    """`Authors` that ask others, until one of them knows words that are not people's."""

    def __init__(self, *authors: Authors) -> None:
        self._authors = authors

    def of(self, task: Task) -> OwnWords:
        """The words of people. Raises like theirs."""
        words, authors = OwnWords(task.name, task.text), iter(self._authors)
        for author in authors:
            words = author.of(task)
            if words.foreign_source:
                break
        if words.has_ended and any(author.of(task).foreign_source for author in authors):
            return replace(words, has_ended=False)  # people did not write all of the report
        return words


class Classifier(Protocol):
    """Classifies the workload of a task by its text."""

    def classify(self, title: str, body: str) -> "Classification":
        """The result for one text."""


def classify_task(
    classifier: Classifier, task: Task, bars: Incident, authors: Authors | None
) -> "tuple[Classification, str]":
    """What the task's text says, and where words come from that count for no incident (empty: all
    words count). The authors are asked only about a text that may report an incident.
    """
    complete = classifier.classify(task.name, _without_mark(task.text))
    if authors is None or complete.incident_confidence < min(bars.live_from, bars.possible):
        return complete, ""
    words = authors.of(task)
    if not words.foreign_source:
        return complete, ""
    if words.has_ended:  # it was one of the workload that the text speaks of, which it still is
        return replace(complete, incident=False, incident_confidence=0.0), words.foreign_source
    workload = complete.without_incident()
    if not (words.title or words.text):
        return workload, words.foreign_source
    own_result = classifier.classify(words.title, words.text)
    if own_result.incident_confidence >= bars.live_from:
        return own_result, words.foreign_source
    return replace(
        workload, incident_confidence=own_result.incident_confidence
    ), words.foreign_source


def _without_mark(text: str) -> str:
    """Without the bot's last line: the names in it say nothing of the work."""
    words, separator, last = text.rstrip().rpartition("\n")
    is_marked = last.strip(" *_").startswith(MARK)
    return words.rstrip() if is_marked and separator else "" if is_marked else text
