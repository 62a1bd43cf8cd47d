"""`name_similar`: comment which open task of the same List the task resembles most."""

from pydantic import Field

from clickup_mlops.automations.actions.comment import comment_change
from clickup_mlops.automations.conditions.lookups import title_of
from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.clickup.blocks import build_link, escape_markdown
from clickup_mlops.config import Table
from clickup_mlops.features.similar.similarity import Match, find_similar
from clickup_mlops.routing.own_words import MARK


class Options(Table):
    """From when on, and by what."""

    threshold: float = Field(default=0.6, gt=0, le=1)
    """Least similarity: 1 is the same name, 0.6 about two words of three."""
    model_field: str = "Model"
    """The custom field in which tasks name their model; it counts like a word."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if no open task of the List is so similar, or the bot created the task: it names what
    it is about. Only of the same List: whoever sees the task sees that one, too.
    """
    task = situation.task
    if any(line.strip().startswith(MARK) for line in task.text.splitlines()):
        return None
    titles = situation.lookups.open_titles(task.list_id, options.model_field)
    match = find_similar(title_of(task, options.model_field), titles)
    if match is None or match.share < options.threshold:
        return None
    return comment_change(situation, situation.automation, describe(match))


def describe(match: Match) -> str:
    """The comment: which task, how similar, and by which words."""
    link = build_link(match.title.name, match.title.url)
    words = ", ".join(map(escape_markdown, match.words))
    return f"**Similar open task:** {link} ({match.share:.0%}; in common: {words})."


ACTION = ActionType(
    "Comment which open task of the same List resembles the task most.",
    Options,
    plan,
    writes=("comment",),
)
