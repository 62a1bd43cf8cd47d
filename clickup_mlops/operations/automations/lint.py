"""Lint: automations that cannot work, or not together. Asks ClickUp nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from clickup_mlops.automations.lint.model import Remark, Subject
from clickup_mlops.automations.lint.run import lint as remarks_about
from clickup_mlops.automations.load import find_effects
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.handle.context.authorship import Authorship
from clickup_mlops.operations.automations.existing_names import read_known
from clickup_mlops.operations.automations.files import named
from clickup_mlops.routing.router import CachedClassifier, Router
from clickup_mlops.store import Store


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found, in how many automations and recorded situations; `stored`: names too."""

    remarks: tuple[Remark, ...]
    automations: int
    recorded: int
    stored: bool


def lint(bot: Bot, store: Store | None, names: Sequence[str] = ()) -> Linted:
    """All remarks, or those that concern the `names`, which may be off.

    Without a store, names of Lists, fields and people are not checked.

    Raises:
        InputError: there is no such automation. ContentError: an automation cannot be used.
    """
    named(bot.context.automations, names, files=False)
    subject = _subject(bot, store, names)
    remarks = [
        remark
        for remark in remarks_about(subject)
        if not names or not set(names).isdisjoint(remark.automations)
    ]
    sizes = len(subject.automations), len(subject.recorded)
    return Linted(tuple(remarks), *sizes, stored=store is not None)


def _subject(bot: Bot, store: Store | None, names: Sequence[str]) -> Subject:
    spaces = None if store is None else store.space_policies
    authors = None if store is None else Authorship(store)
    router = Router(bot.settings.routing, CachedClassifier(bot.context.classifier), spaces, authors)
    automations = bot.context.automations if store is None else bot.context.in_spaces
    return Subject(
        [
            automation.switched_on() if automation.name in names else automation
            for automation in automations
        ],
        find_effects(),
        router,
        recorded=() if store is None else bot.core.extensions.past_examples(store, router),
        known=read_known(bot.settings, bot.core.extensions.reporting_sources(), store),
        now_ms=bot.now_ms(),
        hops=bot.settings.automations.hops,
    )
