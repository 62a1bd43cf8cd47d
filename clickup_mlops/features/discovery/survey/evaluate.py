"""What answers say by role, without groups under five or differences that reveal one."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from clickup_mlops.features.discovery.model import SMALLEST_GROUP, Finding
from clickup_mlops.features.discovery.privacy import find_shown
from clickup_mlops.features.discovery.survey.model import Question, Questionnaire
from clickup_mlops.ports.sections import statistics
from clickup_mlops.ports.sections.statistics import Estimate
from clickup_mlops.spelling import format_count
from clickup_mlops.views.model import NOT_ENOUGH, Block, Cell, Column, Note, Number, Section, Table

Answers = Mapping[str, int]
Published = Mapping[tuple[str, str], frozenset[str]]
"""Ids of the answers that the last published result is made of, by role and question."""
_AGREES: Final = 4
"""Of 1 to 5, from which on somebody agrees."""
_CONFIRMED: Final = 0.5
"""The share of a role that must agree."""


@dataclass(frozen=True, slots=True)
class Result:
    """The answers of a role to a question. `agreeing`: the share of those who agree (0 to 1)."""

    role: str
    key: str
    question: Question
    count: int
    median: Estimate | None
    agreeing: float
    ids: frozenset[str] = frozenset()
    """The answers that it is made of."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Results of the roles that may be shown, by role and question; `hidden`: other roles."""

    results: tuple[Result, ...]
    hidden: int

    @property
    def confirmed(self) -> frozenset[str]:
        """Kinds of findings that most of a role agrees with."""
        return frozenset(
            kind
            for result in self.results
            if result.question.kind == "agree" and result.agreeing >= _CONFIRMED
            for kind in result.question.confirms
        )


def evaluate(
    answers: Mapping[str, Mapping[str, Answers]],
    by_role: Mapping[str, Questionnaire],
    published: Published = MappingProxyType({}),
) -> Survey:
    """Of the answers by role and id. A question that fewer than five of a role answered is left
    out. A result changes once five new answers have come, as the difference of two results would
    reveal a single one: until then it is made of those of `published`.
    """
    known_roles = {role: people for role, people in answers.items() if role in by_role}
    shown = find_shown({role: len(people) for role, people in known_roles.items()})
    results = tuple(
        result
        for role in sorted(shown)
        for key, question in by_role[role].questions.items()
        for result in _results(
            (role, key), question, known_roles[role], published.get((role, key), frozenset())
        )
    )
    return Survey(results, len(known_roles) - len(shown))


def _results(
    name: tuple[str, str],
    question: Question,
    people: Mapping[str, Answers],
    published: frozenset[str],
) -> Iterator[Result]:
    role, key = name
    answered = {known for known, answers in people.items() if key in answers}
    ids = _find_step(answered, people, published)
    values = [people[known][key] for known in sorted(ids)]
    if values:
        agreeing = sum(value >= _AGREES for value in values) / len(values)
        median = statistics.median(values, f"{role} {key}")
        yield Result(role, key, question, len(values), median, agreeing, ids)


def _find_step(
    answered: Set[str], people: Mapping[str, Answers], published: frozenset[str]
) -> frozenset[str]:
    """The answers that may be shown: all, if five or more are new; else those of the last time."""
    # Who left the question out must not be found by comparing counts either.
    is_few = 0 < len(people) - len(answered) < SMALLEST_GROUP
    if len(answered - published) < SMALLEST_GROUP or is_few:
        return published & answered
    return frozenset(answered)


def put_confirmed_first(findings: Sequence[Finding], survey: Survey) -> tuple[Finding, ...]:
    """The findings; those first that people confirm."""
    confirmed = survey.confirmed
    return tuple(sorted(findings, key=lambda finding: finding.kind not in confirmed))


def build_section(survey: Survey, findings: Sequence[Finding]) -> Section:
    """What people say, and where the data say the same."""
    kinds = {finding.kind for finding in findings}
    rows = tuple(_row(result, kinds) for result in survey.results)
    columns = (Column("Role"), Column("Question"), Column("Answers", "end"), Column("Median"))
    table = Table("answers", "Answers", (*columns, Column("Agree", "end"), Column("Data")), rows)
    left_out = format_count(survey.hidden, "role is", "roles are")
    note = Note(f"{left_out} left out: too few people, or others could be worked out.")
    blocks: tuple[Block, ...] = (table, note) if survey.hidden else (table,)
    return Section("survey", "What people say", blocks, "survey")


def _row(result: Result, kinds: set[str]) -> tuple[Cell, ...]:
    is_scale = result.question.kind == "agree"
    agreeing: Cell = Number(100 * result.agreeing, "%") if is_scale else ""
    both = kinds & set(result.question.confirms)
    says = "the same" if both and result.agreeing >= _CONFIRMED else ""
    median = result.median
    value: Cell = NOT_ENOUGH
    if median:
        value = f"{median.value:.0f} ({median.low:.0f} to {median.high:.0f})"
    return (result.role, result.question.text, Number(result.count), value, agreeing, says)
