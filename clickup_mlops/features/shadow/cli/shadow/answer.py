"""Agree or disagree with what the bot would do about TASK, in the name of a person."""

from pathlib import Path

import click

from clickup_mlops.ports.cli import options
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("task")
@click.argument("word", type=click.Choice(["agree", "disagree"]))
@click.option("--by", "user_name", required=True, help="Who says so.")
@options.config
def command(task: str, word: str, user_name: str, config: Path | None) -> int:
    from clickup_mlops.features.shadow import operations

    task_id, agrees = options.task_id(task), word == "agree"
    with options.open_bot(config) as bot:
        proposal = operations.answer(
            bot, task_id, agrees=agrees, user_name=user_name, via="command"
        )
    click.echo(f"{proposal.name}: {user_name} {word}s.")
    return ExitCode.DONE
