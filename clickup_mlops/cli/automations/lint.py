"""Look for automations that cannot work, or not together.

Finds automations that never fire, names that nobody has, automations that are shadowed, contradict
or set each other off: all, or only what concerns the NAMEs, which may be off. Judges them in their
examples and in what the bot has recorded. Asks ClickUp nothing.

Exits 1 if there is an error, 2 if there are only warnings.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.errors import ConfigError, InputError

if TYPE_CHECKING:
    from clickup_mlops.automations.lint.model import Remark, Subject
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.store import Store

WARNED = 2


@click.command(help=__doc__)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@_options.config
@_options.as_json
def command(names: tuple[str, ...], config: Path | None, as_json: bool) -> int:
    from clickup_mlops.automations.lint.run import lint

    with _options.open_bot(config) as bot, _store(config) as store:
        _must_be(names, bot)
        subject = _subject(bot, store, names)
        found = [one for one in lint(subject) if not names or set(names) & set(one.automations)]
    if as_json:
        facts = {"automations": len(subject.automations), "recorded": len(subject.recorded)}
        remarks = [asdict(one) for one in found]
        _out.json_value({**facts, "store": store is not None, "remarks": remarks})
    else:
        _say(found, subject, stored=store is not None)
    weights = {one.weight for one in found}
    return 1 if "error" in weights else WARNED if "warning" in weights else 0


@contextmanager
def _store(config: Path | None) -> "Iterator[Store | None]":
    """The bot's store; None if there is none yet."""
    try:
        opened = _options.open_store(config)
    except ConfigError:
        yield None
        return
    with opened as store:
        yield store


def _must_be(names: tuple[str, ...], bot: "Bot") -> None:
    known = [automation.name for automation in bot.context.automations]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(f"No automation {', '.join(unknown)}", hint=f"Known: {', '.join(known)}")


def _subject(bot: "Bot", store: "Store | None", names: tuple[str, ...]) -> "Subject":
    from clickup_mlops.automations.lint.model import Subject
    from clickup_mlops.automations.load import find_effects
    from clickup_mlops.bot.simulation import lint
    from clickup_mlops.bot.simulation.simulation import Remembering
    from clickup_mlops.cli._clock import now_ms
    from clickup_mlops.routing.router import Router

    return Subject(
        [
            automation.switched_on() if automation.name in names else automation
            for automation in bot.context.automations
        ],
        find_effects(),
        Router(bot.settings.routing, Remembering(bot.context.classifier)),
        recorded=() if store is None else tuple(lint.recorded(store)),
        known=lint.known(bot.settings, store),
        now_ms=now_ms(),
        hops=bot.settings.automations.hops,
    )


def _say(found: "list[Remark]", subject: "Subject", *, stored: bool) -> None:
    from clickup_mlops.automations.lint.model import WEIGHTS

    for one in found:
        click.echo(one.describe())
        click.echo(f"    {one.hint}")
    counts = [f"{sum(one.weight == weight for one in found)} {weight}s" for weight in WEIGHTS]
    click.echo(
        f"{len(subject.automations)} automations, judged in their examples and in "
        f"{len(subject.recorded)} recorded situations: {', '.join(counts)}"
    )
    if not stored:
        click.echo("There is no store yet: names of Lists, fields and people were not checked.")
