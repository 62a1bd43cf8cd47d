"""Make the workspace as a template wants it. Doing it again changes nothing.

Shows the plan and asks first. What is interrupted, at whatever call, goes on when it is run again.
Exits 2 if something is left that only a person can do.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _options
from clickup_mlops.cli.provision import _alone, _doing, _request
from clickup_mlops.errors import InputError

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.provision.plan.model import Plan


@click.command(help=__doc__)
@_request.options
@click.option(
    "--plan",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Apply exactly this plan (`provision plan --out`), or nothing if the workspace moved.",
)
@_doing.allow
@_doing.yes
@_options.config
@_options.as_json
def command(
    *,
    request: _request.Request,
    file: Path | None,
    allow: int | None,
    yes: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    with _options.open_bot(config) as bot, _alone.alone(bot):
        _doing.settle(bot)
        plan = _chosen(bot, request, file)
        _ask(bot, request, plan, yes=yes, as_json=as_json)
        return _doing.report(_doing.apply(bot, plan, allow=allow), plan, as_json)


def _chosen(bot: "Bot", request: _request.Request, file: Path | None) -> "Plan":
    from clickup_mlops.provision.plan.staleness import refuse_if_stale

    now = request.plan(bot, request.want(_request.automations(bot)))
    if file is None:
        return now
    plan = _read(file)
    refuse_if_stale(plan, now)
    return replace(plan, reads=now.reads, problems=now.problems)


def _read(file: Path) -> "Plan":
    from clickup_mlops.provision.plan.model import Plan

    try:
        return Plan.from_dict(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as problem:
        raise InputError(
            f"{file} is no plan", hint="`provision plan TEMPLATE --out FILE` writes one."
        ) from problem


def _ask(bot: "Bot", request: _request.Request, plan: "Plan", *, yes: bool, as_json: bool) -> None:
    """Check it, show it, have it confirmed; refuse if the workspace moved meanwhile."""
    from clickup_mlops.cli.provision.plan import show
    from clickup_mlops.provision.plan import preflight
    from clickup_mlops.provision.plan.staleness import refuse_if_stale

    if not plan.writes:
        return
    if not as_json:
        show(plan, everything=False, per_minute=_request.per_minute(bot))
    preflight.check(plan)
    if _doing.confirm("Apply this?", yes):
        refuse_if_stale(plan, request.plan(bot, request.want(_request.automations(bot))))
