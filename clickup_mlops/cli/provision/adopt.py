"""Take over a space that was made by hand. Writes nothing into ClickUp.

Remembers which object stands for which part of the template, so that a rename in ClickUp is seen as
a rename. Exits 2 if the template has something that the space has not: see `provision plan`.
"""

from pathlib import Path

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.cli.provision import _alone, _doing, _request


@click.command(help=__doc__)
@_request.options
@_options.config
@_options.as_json
def command(request: _request.Request, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.provision.apply.adopt import adopt

    with _options.open_bot(config) as bot, _alone.alone(bot):
        _doing.settle(bot)
        want = request.want(_request.automations(bot))
        journal, site = _request.journal(bot), _request.site(bot)
        adopted = adopt(request.plan(bot, want), site, journal).done
        left = request.plan(bot, want)
    if as_json:
        paths = [[list(part) for part in step.path] for step in adopted]
        _out.json_value({"adopted": paths, "left": left.to_dict()})
    else:
        _say(len(adopted), len(left.work))
    return _doing.WORK if left.work else 0


def _say(adopted: int, left: int) -> None:
    click.echo(f"{adopted} objects adopted.")
    if left:
        click.echo(f"{left} things differ or are missing: `provision plan` shows them.")
