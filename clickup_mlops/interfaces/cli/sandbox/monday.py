"""Run a local Monday.com to migrate from: its GraphQL API, limits, and links to files.

Point the bot at it with `monday.base_url`. It has the part of the API that reads boards, and the
mutations that other clients use most.
"""

from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday import MondaySandbox


@click.command(help=__doc__)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--allow-remote", is_flag=True, help="Allow a host that other machines can reach.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8200,
    show_default=True,
    help="0: any free one.",
)
@click.option(
    "--seed",
    default="ai_ml",
    show_default=True,
    help="What it starts with: `ai_ml`, or `none` for an empty account.",
)
@click.option(
    "--items",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Add a board with so many items, each with a subitem, an update and a file.",
)
@click.option("--plan", default="pro", show_default=True, help="Monday.com plan to imitate.")
@click.option(
    "--rate-limit",
    type=click.IntRange(min=0),
    help="Calls per minute; 0: no limit. Default: the plan's.",
)
@options.as_json
def command(
    *,
    host: str,
    allow_remote: bool,
    port: int,
    seed: str,
    items: int,
    plan: str,
    rate_limit: int | None,
    as_json: bool,
) -> int:
    from clickup_mlops.sandbox.monday import serve

    def started(sandbox: "MondaySandbox") -> None:
        if items:
            board = sandbox.control.add_board("Backlog")
            sandbox.control.fill(board, items, files=1, dependency_every=10)
        _show(sandbox, as_json)

    serve(
        host,
        port,
        on_start=started,
        allow_remote=allow_remote,
        seed=None if seed == "none" else seed,
        plan=plan,
        calls_per_minute=rate_limit,
    )
    return ExitCode.DONE


def _show(sandbox: "MondaySandbox", as_json: bool) -> None:
    boards = [
        {"id": str(board.id), "name": board.name}
        for board in sandbox.world.boards.values()
        if (board.type, board.state) == ("board", "active")
    ]
    if as_json:
        output.json_value({"url": sandbox.url, "token": sandbox.token, "boards": boards})
        return
    click.echo(f"Monday.com sandbox at {sandbox.url} (Ctrl-C stops it)")
    for board in boards:
        click.echo(f"  board {board['id']}  {board['name']}")
    click.echo("To migrate from it, in another terminal:")
    click.echo(f"  export CLICKUP_MLOPS_MONDAY__BASE_URL={sandbox.url}")
    click.echo(f"  export CLICKUP_MLOPS_MONDAY__TOKEN={sandbox.token}")
