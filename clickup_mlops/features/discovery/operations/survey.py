"""The survey's results from the bot's store."""

from typing import Final

from clickup_mlops.bot.settings import Settings
from clickup_mlops.features.discovery.settings import SurveySettings
from clickup_mlops.features.discovery.survey.evaluate import Published, Survey, evaluate
from clickup_mlops.features.discovery.survey.load import load_questionnaires
from clickup_mlops.features.discovery.tables.survey import Surveys
from clickup_mlops.store import Store

PUBLISHED: Final = "survey"
"""Scope of the notes about published results: ids of their answers, by `<role>/<question>`."""


def read_survey(store: Store, settings: Settings, now_ms: int) -> Survey:
    """What may be shown; noted as published.

    Raises:
        ContentError: a questionnaire cannot be used.
    """
    questionnaires = load_questionnaires(settings.table(SurveySettings).folder)
    survey = evaluate(store.table(Surveys).answers(), questionnaires, _read_published(store))
    for result in survey.results:
        name = f"{result.role}/{result.key}"
        store.notes.put(PUBLISHED, name, sorted(result.ids), now_ms)
    return survey


def _read_published(store: Store) -> Published:
    notes = store.notes.all(PUBLISHED)
    return {_split(name): frozenset(note.value) for name, note in notes.items()}


def _split(name: str) -> tuple[str, str]:
    role, _, key = name.partition("/")
    return role, key
