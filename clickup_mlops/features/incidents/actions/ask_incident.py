"""`ask_incident`: ask one person, once, whether the task is a live incident."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.automations.actions.comment import comment_change
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered
from clickup_mlops.automations.text import Markdown, Text
from clickup_mlops.clickup.blocks import format_mention
from clickup_mlops.clickup.model import Person
from clickup_mlops.config import Table

AUTHOR: Final = "author"
ASSIGNEE: Final = "assignee"


class Options(Table):
    """Who is asked, and what."""

    ask: tuple[Text, ...] = (Text(AUTHOR), Text("on_call"))
    """The first of these who can answer is asked, nobody else. `author`: who created the task;
    `assignee`: its first assignee; else a member, `on_call` or `on_call:<rotation>`, of a group its
    first member. Guests, who may not command the bot, `routing.importers` and the bot itself are
    passed over."""
    text: Markdown = Markdown("Are users affected now? Answer `/incident yes` or `/incident no`.")
    """The question, after the mention."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the question was asked before, whoever was asked, or an undo has removed it."""
    if situation.written(f"comment:{situation.automation}") is not None:
        return None
    person = choose_person(situation, options)
    mention = f"{format_mention(person.id, person.username)} " if person else ""
    text = f"{mention}{options.text.fill(situation)}"
    return comment_change(situation, situation.automation, text)


def choose_person(situation: Situation, options: Options) -> Person | None:
    """The first who can answer; None: nobody can, so the question stands there for whoever sees
    the task.
    """
    names = (text.fill(situation).strip() for text in options.ask)
    candidates = (person for name in names if name for person in _list_people(situation, name))
    return next((person for person in candidates if _can_answer(situation, person)), None)


def _list_people(situation: Situation, name: str) -> Iterator[Person]:
    task = situation.task
    if name == AUTHOR:
        yield from (task.creator,) if task.creator else ()
    elif name == ASSIGNEE:
        yield from task.assignees[:1]
    else:
        try:
            yield from situation.names.people(name)[:1]
        except Unanswered:
            return  # nobody is on call: the next one is asked


def _can_answer(situation: Situation, person: Person) -> bool:
    try:
        return not (situation.lookups.is_importer(person) or situation.names.is_guest(person.id))
    except Unanswered:
        return False  # an integration, or somebody who has left


ACTION = ActionType(
    "Ask one person, once, whether the task is a live incident.",
    Options,
    plan,
    writes=("comment",),
    named=lambda options: {*map(str, options.ask)} - {AUTHOR, ASSIGNEE},
)
