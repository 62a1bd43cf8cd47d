"""Bring a live space to a new version of its template, and keep what people changed.

Shows what it would do (`provision diff`) and asks first. Exits 2 if something is left for a person.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _options
from clickup_mlops.cli.provision import _alone, _doing, _request, _upgrading

if TYPE_CHECKING:
    from clickup_mlops.provision.plan.upgrade import Side


@click.command(help=__doc__)
@_request.options
@_upgrading.options
@_doing.allow
@_doing.yes
@_options.config
@_options.as_json
def command(
    *,
    request: _request.Request,
    old: str | None,
    prefer: "Side",
    allow: int | None,
    yes: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.provision.plan import preflight
    from clickup_mlops.provision.plan.staleness import refuse_if_stale

    with _options.open_bot(config) as bot, _alone.alone(bot):
        _doing.settle(bot)
        found = _upgrading.look(bot, request, old, prefer)
        if not as_json:
            _upgrading.show(bot, found)
        preflight.check(found.plan)
        if _doing.confirm("Upgrade?", yes):
            refuse_if_stale(found.plan, _upgrading.look(bot, request, old, prefer).plan)
        applied = _doing.apply(bot, found.plan, allow=allow)
        journal = _request.journal(bot)
        journal.accept(found.plan)
        journal.forget(found.unnamed)
        return _doing.report(applied, found.plan, as_json)
