"""Questionnaires and answers. Pure. No question takes free text: it could name somebody."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from clickup_mlops.config import Table

Kind = Literal["agree", "hours", "count"]
"""`agree`: 1 (not at all) to 5 (fully); `hours` a week; `count`: how many, or how often."""
MOST: Mapping[Kind, int] = {"agree": 5, "hours": 80, "count": 1_000}


class Question(Table):
    """A question, whose answer is a whole number."""

    text: str = Field(min_length=1, max_length=300)
    """What is asked."""
    kind: Kind = "agree"
    """What is answered."""
    confirms: tuple[str, ...] = ()
    """Kinds of findings that a high answer confirms, such as `slow_first_answer`."""

    @property
    def least(self) -> int:
        """The smallest answer that a person may give."""
        return 1 if self.kind == "agree" else 0

    @property
    def most(self) -> int:
        """The largest answer that a person may give."""
        return MOST[self.kind]


class Questionnaire(Table):
    """The questions of a role, by key."""

    title: str
    """The role, as people call it."""
    questions: Mapping[str, Question] = Field(min_length=1)
    """By key."""


class AnswerFile(Table):
    """A file of answers: one table for each person, without a name."""

    role: str
    """Name of the questionnaire."""
    answers: tuple[Mapping[str, int], ...]
    """Answers by the question's key; what somebody left out is not there."""
