"""Let agents ask the bot: an MCP server on standard input and output, or over HTTP.

Tools explain, list, simulate and plan. Tools that write (undo, run, mute) exist only with
--allow-writes, and write as the command line does: with caps, audit and undo.

Needs the extra `mcp`: pip install 'clickup-mlops[mcp]'. With --http agents need the token of the
setting mcp.token. Settings for agents: `clickup-mlops help connect-an-agent`.
"""

from pathlib import Path

import click

from clickup_mlops.errors import ConfigError
from clickup_mlops.ports.cli import options
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.option("--http", is_flag=True, help="Streamable HTTP instead of standard input and output.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --http.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8090,
    show_default=True,
    help="With --http; 0: any free one.",
)
@click.option("--allow-remote", is_flag=True, help="Allow a host that other machines can reach.")
@click.option("--allow-writes", is_flag=True, help="Also offer the tools that write.")
@options.config
def command(
    *, http: bool, host: str, port: int, allow_remote: bool, allow_writes: bool, config: Path | None
) -> int:
    _must_be_installed()
    from clickup_mlops import endings
    from clickup_mlops.interfaces.mcp_server import server
    from clickup_mlops.ports.mcp.access import Access

    settings = options.settings(config)
    if not http:
        endings.end_at_once()  # a thread waits for standard input
        server.build(Access(settings), allow_writes=allow_writes).run()
        return ExitCode.DONE
    from clickup_mlops.interfaces.mcp_server import http as over_http

    auth = over_http.auth(settings)
    with over_http.listen(host, port, allow_remote=allow_remote) as on:
        mcp_server = server.build(Access(settings), allow_writes=allow_writes, auth=auth)
        over_http.run(mcp_server, settings.mcp, on, _started)
    return ExitCode.DONE


def _started(address: str) -> None:
    click.echo(f"MCP server at {address}", err=True)


def _must_be_installed() -> None:
    try:
        import mcp  # noqa: F401
    except ModuleNotFoundError as problem:
        raise ConfigError(
            f"the MCP SDK is not installed: {problem}",
            hint="pip install 'clickup-mlops[mcp]'",
        ) from problem
