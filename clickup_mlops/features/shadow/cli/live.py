"""Let the bot write in a List, whatever `automations.mode` says; without LIST, show all.

LIST is the name or id of a List, or of a Folder or Space for all of its Lists. Proposals with which
people agreed are done at once; other priorities that tasks have are held for
`routing.override_duration`. It takes effect in the running bot within seconds, stands in the audit,
and --undo puts the List back into shadow mode.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.features.shadow.live import Switched
    from clickup_mlops.features.shadow.tables.list_modes import ListMode

_COLUMNS = ("list", "id", "mode", "proposals", "agreement", "")


@click.command(help=__doc__)
@click.argument("list_name", metavar="[LIST]", required=False)
@click.option("--undo", is_flag=True, help="Back into shadow mode.")
@options.config
@options.as_json
def command(list_name: str | None, *, undo: bool, config: Path | None, as_json: bool) -> int:
    from dataclasses import asdict

    from clickup_mlops.features.shadow import operations

    with options.open_bot(config) as bot:
        if list_name is None:
            return _show(bot, as_json=as_json)
        mode: ListMode = "shadow" if undo else "on"
        switched = operations.switch(bot, list_name, mode, actor="command line")
    if as_json:
        output.json_value({"lists": [asdict(entry) for entry in switched]})
    for entry in () if as_json else switched:
        click.echo(_format(entry))
    return ExitCode.DONE


def _format(entry: "Switched") -> str:
    if entry.mode == "shadow":
        return f"List {entry.list_id} is in shadow mode."
    agreed = format_count(entry.agreed, "agreed proposal is", "agreed proposals are") + " done now"
    held = f"{format_count(entry.held, 'other priority', 'other priorities')} held for now"
    return f"List {entry.list_id} is live: {agreed}; {held}."


def _show(bot: "Bot", *, as_json: bool) -> int:
    from dataclasses import asdict

    from clickup_mlops.features.shadow import operations

    states = operations.states(bot)
    if as_json:
        output.json_value({"lists": [asdict(state) for state in states]})
        return ExitCode.DONE
    rows = [
        (
            state.name,
            state.list_id,
            "live" if state.is_live else "shadow",
            state.open_proposals,
            state.agreement.text,
            "ready to go live" if state.is_ready and not state.is_live else "",
        )
        for state in states
    ]
    output.table(_COLUMNS, rows, nothing="No List is configured in [shadow].", numbers=(3,))
    return ExitCode.DONE
