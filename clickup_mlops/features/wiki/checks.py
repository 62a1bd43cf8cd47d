"""Whether the wiki has pages."""

from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.wiki.settings import WikiSettings
from clickup_mlops.operations.findings import Check, Note


def _check_wiki(bot: Bot) -> str:
    wiki = bot.settings.table(WikiSettings)
    if not wiki.doc:
        return "off: wiki.doc is not set"
    if not bot.core.extensions.fills_fields():
        raise Note(
            f'no page in "{wiki.doc}": no field of a task is filled from a source',
            hint="`clickup-mlops help metrics-into-fields`",
        )
    return f'a page for each model in "{wiki.doc}"'


CHECKS: Final = (Check("wiki", ("store",), _check_wiki),)
