"""Reading questionnaires and files of answers."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from clickup_mlops.errors import ContentError, InputError
from clickup_mlops.features.discovery.survey.model import AnswerFile, Question, Questionnaire
from clickup_mlops.spelling import suggest_word

SHIPPED: Final = Path(__file__).parent / "questionnaires"
_LARGEST: Final = 1_000_000
"""Bytes of a file."""
M = TypeVar("M", bound=BaseModel)


def load_questionnaires(folder: Path | None = None) -> dict[str, Questionnaire]:
    """By role. Raises ContentError: one of them cannot be used."""
    files = sorted((folder or SHIPPED).glob("*.toml"))
    return {file.stem: _read(file, Questionnaire) for file in files}


def find_questionnaire(by_role: Mapping[str, Questionnaire], role: str) -> Questionnaire:
    """Of this role. Raises InputError: there is none."""
    if role not in by_role:
        guess = suggest_word(role, sorted(by_role))
        hint = f"Known: {', '.join(sorted(by_role))}."
        raise InputError(f'there is no questionnaire "{role}"{guess}', hint=hint)
    return by_role[role]


def load_answers(file: Path, by_role: Mapping[str, Questionnaire]) -> AnswerFile:
    """The answers in a file, checked. Raises ContentError, InputError: the role is unknown."""
    content = _read(file, AnswerFile)
    questionnaire = find_questionnaire(by_role, content.role)
    for number, answers in enumerate(content.answers, start=1):
        for problem in find_problems(questionnaire.questions, answers):
            raise ContentError(file, f"answers.{number}", problem)
    return content


def find_problems(questions: Mapping[str, Question], answers: Mapping[str, int]) -> Iterable[str]:
    """What is wrong with the answers of a person, a sentence each."""
    for key, value in answers.items():
        question = questions.get(key)
        if question is None:
            yield f'"{key:.60}" is no question{suggest_word(key, sorted(questions))}'
        elif not question.least <= value <= question.most:
            yield f"{key} is {value}, and must be from {question.least} to {question.most}"


def _read(file: Path, model: type[M]) -> M:
    try:
        if file.stat().st_size > _LARGEST:
            raise ContentError(file, "", "is larger than 1 MB")
        return model.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ContentError(file, "", f"cannot be read: {problem}") from problem
    except ValidationError as problem:
        first = problem.errors()[0]
        raise ContentError(file, ".".join(map(str, first["loc"])), first["msg"]) from problem
