"""Two rounds of the survey from files, as friction of each person. Nobody is named."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from clickup_mlops.features.discovery.privacy import find_shown
from clickup_mlops.features.discovery.survey.load import load_answers, load_questionnaires
from clickup_mlops.features.discovery.survey.model import AnswerFile, Question
from clickup_mlops.features.impact.model import Answers


def read_round(path: Path, questionnaires: Path | None = None) -> Answers:
    """Of a file, or of the files of a folder: roles that may be shown.

    Raises:
        ContentError, InputError: a file cannot be used.
    """
    by_role = load_questionnaires(questionnaires)
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    people = [
        (content.role, friction)
        for content in (load_answers(file, by_role) for file in files)
        for friction in _frictions(content, by_role[content.role].questions)
    ]
    shown = find_shown(_count(people))
    return [(role, friction) for role, friction in people if role in shown]


def _frictions(content: AnswerFile, questions: Mapping[str, Question]) -> Iterator[float]:
    """The mean of each person's agreement with what is known to stand in the way."""
    for answers in content.answers:
        values = [value for key, value in answers.items() if questions[key].confirms]
        if values:
            yield fmean(values)


def _count(people: Sequence[tuple[str, float]]) -> dict[str, int]:
    roles = [role for role, _ in people]
    return {role: roles.count(role) for role in dict.fromkeys(roles)}
