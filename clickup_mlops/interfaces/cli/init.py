"""Write a config.toml to start from.

Asks for what is missing when run on a terminal; takes options otherwise. The file is readable by
its owner only, because it may hold the token. Without --token the token stays in the environment
(CLICKUP_MLOPS_CLICKUP__TOKEN). The bot starts in shadow mode: it decides and explains but writes
nothing to ClickUp until you set `automations.mode` to "on", or let it write in a List by `live`.

--guided begins with nothing: sign in, pick Lists, and see what the bot would do on them.
"""

import sys
from pathlib import Path

import click

from clickup_mlops import files, registry
from clickup_mlops.errors import InputError
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.ports.cli.guide import Guide, GuideRequest


@click.command(help=__doc__)
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.toml"),
    show_default=True,
    help="Where to write.",
)
@click.option("--token", help="ClickUp token. Prefer the prompt: shells keep a history.")
@click.option("--workspace", help="Workspace id; empty: the only one that the token sees.")
@click.option(
    "--public-url",
    help="Address at which ClickUp reaches the bot; /hooks/clickup is added if it is missing.",
)
@click.option("--store", help="Database, for example sqlite:///clickup-mlops.db.")
@click.option("--guided", is_flag=True, help="Pick Lists, and see what the bot would do there.")
@click.option("--list", "lists", multiple=True, help="With --guided: a List by name or id, or all.")
@click.option("--channel", help="With --guided: chat channel for the daily proposal; empty: none.")
@click.option("--base-url", default="", help="With --guided: where the API is, if not ClickUp's.")
@click.option("--mode", type=click.Choice(["shadow", "on"]), default="shadow", show_default=True)
@click.option("--force", is_flag=True, help="Replace an existing file.")
@click.option("--example", is_flag=True, help="Only print every setting with its default.")
def command(
    *,
    file: Path,
    token: str | None,
    workspace: str | None,
    public_url: str | None,
    store: str | None,
    guided: bool,
    lists: tuple[str, ...],
    channel: str | None,
    base_url: str,
    mode: str,
    force: bool,
    example: bool,
) -> int:
    if example:
        click.echo(_example(), nl=False)
        return ExitCode.DONE
    if file.exists() and not force:
        raise InputError(f"{file} exists already", hint="Edit it, or replace it with --force.")
    if guided:
        address = _address(public_url or "")
        return _guide(
            GuideRequest(
                file,
                token or "",
                base_url,
                workspace or "",
                address,
                store or "",
                lists,
                channel,
            )
        )
    answers = {
        ("clickup", "token"): _ask(
            "ClickUp token (hidden; empty: from environment)", token, hide=True
        ),
        ("clickup", "workspace_id"): _ask("Workspace id (empty: the only one)", workspace),
        ("hooks", "public_url"): _address(
            _ask("Public https address of the bot (empty: later)", public_url)
        ),
        ("store", "url"): _ask("Database", store, default="sqlite:///clickup-mlops.db"),
        ("automations", "mode"): mode,
    }
    from clickup_mlops.operations.settings_file import document

    files.write(file, document(answers), private=True)
    _next_steps(file)
    return ExitCode.DONE


def _guide(request: GuideRequest) -> int:
    guides = registry.find_modules("guided", "GUIDE")
    if not guides:
        raise InputError("--guided needs the feature `shadow`, which is not installed")
    guide: Guide = next(iter(guides.values()))
    return guide(request)


def _ask(question: str, value: str | None, *, default: str = "", hide: bool = False) -> str:
    if value is not None or not sys.stdin.isatty():
        return value or ""
    answer = click.prompt(question, default=default, hide_input=hide, show_default=bool(default))
    return str(answer).strip()


def _address(address: str) -> str:
    """The whole address of the webhook; says what was added."""
    if not address:
        return ""
    from clickup_mlops.bot.receive.hook_address import completed

    complete_address = completed(address)
    if complete_address != address:
        click.echo(f"hooks.public_url is {complete_address}: ClickUp delivers to that path.")
    return complete_address


def _next_steps(file: Path) -> None:
    option = "" if file == Path("config.toml") else f" --config {file}"
    click.echo(f"Wrote {file} (readable by you only).")
    click.echo(f"Next: clickup-mlops check{option}   finds what is still missing, all at once")
    click.echo(f"Then: clickup-mlops serve{option}")


def _example() -> str:
    from clickup_mlops.bot.settings import Settings
    from clickup_mlops.operations.settings_file import example

    return example(Settings.model_construct())
