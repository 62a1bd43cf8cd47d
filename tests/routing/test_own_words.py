"""The bot's own last line is no text of the task."""

from dataclasses import dataclass, field

import pytest

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.own_words import MARK, ChainedAuthors, OwnWords, classify_task
from clickup_mlops.routing.policy import Policy
from tests.routing.support import Read


@dataclass
class Recorder:
    """Notes the text that it is asked to classify."""

    texts: list[str] = field(default_factory=list)

    def classify(self, title: str, body: str) -> Read:
        self.texts.append(body)
        return Read()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"The gateway fails\n\n{MARK}/alert_incident/alertmanager-1", "The gateway fails"),
        (f"The gateway fails\n\n*{MARK}t1/task*\n", "The gateway fails"),
        (f"{MARK}t1/task", ""),
        ("Install clickup-mlops · now\nand run it", "Install clickup-mlops · now\nand run it"),
        ("", ""),
    ],
)
def test_the_last_line_of_the_bot_is_not_classified(text: str, words: str) -> None:
    """It names automations and tools. People's lines stay as they are."""
    classifier = Recorder()
    task = Task.parse({"id": "t1", "name": "SpeechDown", "text_content": text})

    classify_task(classifier, task, Policy().incident, None)  # type: ignore[arg-type]

    assert classifier.texts == [words]


@dataclass
class Author:
    """Says the same of each task."""

    words: OwnWords

    def of(self, task: Task) -> OwnWords:
        return self.words


ENDED = OwnWords("", "", "it is over", has_ended=True)


@pytest.mark.parametrize(
    ("other", "has_ended"),
    [(OwnWords("SpeechDown", ""), True), (OwnWords("", "", "the bot created it"), False)],
)
def test_only_people_report_an_incident(other: OwnWords, *, has_ended: bool) -> None:
    """The words of a task that the bot created say no more of its workload once it is over."""
    task = Task.parse({"id": "t1", "name": "SpeechDown"})

    words = ChainedAuthors(Author(ENDED), Author(other)).of(task)

    assert (words.foreign_source, words.has_ended) == ("it is over", has_ended)
