"""The survey's results from the bot's store."""

from clickup_mlops.bot.settings import Settings
from clickup_mlops.features.discovery.settings import SurveySettings
from clickup_mlops.features.discovery.survey.evaluate import Survey, evaluate
from clickup_mlops.features.discovery.survey.load import load_questionnaires
from clickup_mlops.features.discovery.tables.survey import Surveys
from clickup_mlops.store import Store


def read_survey(store: Store, settings: Settings) -> Survey:
    """What may be shown. Raises ContentError: a questionnaire cannot be used."""
    questionnaires = load_questionnaires(settings.table(SurveySettings).folder)
    return evaluate(store.table(Surveys).answers(), questionnaires)
