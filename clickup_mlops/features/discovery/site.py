"""The survey's form as a site of the bot's server, where the settings enable it."""

from typing import TYPE_CHECKING

from clickup_mlops.features.discovery.settings import SurveySettings
from clickup_mlops.ports.web.site import Site

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot


def build_site(bot: "Bot") -> Site | None:
    """The form; None: it is not enabled.

    Raises:
        ContentError: a questionnaire cannot be used.
    """
    settings = bot.settings.table(SurveySettings)
    if not settings.enabled:
        return None
    from clickup_mlops.features.discovery.survey.links import PATH
    from clickup_mlops.features.discovery.survey.load import load_questionnaires
    from clickup_mlops.features.discovery.web.form import create

    app = create(bot.store, load_questionnaires(settings.folder), bot.now_ms)
    return Site(app.wsgi_app, PATH, PATH, lambda: True)


SITE = build_site
