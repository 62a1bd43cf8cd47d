"""Train the classifier with people's corrections.

Reads the tasks whose workload people set in the workload field or by a tag, and the incidents that
they confirmed or refused, as the bot last saw them, and the lines of FILE, if given: JSON with
`title`, `body`, `workload` and perhaps `incident`. What was learned is kept in
`classifier.learned`, with earlier corrections; --reset discards those. The bot uses it from its
next start on. A line that cannot be used is reported, the others are learned, and the exit code is
1.
"""

from pathlib import Path
from typing import BinaryIO

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count


@click.command(help=__doc__)
@click.argument("file", required=False, type=click.File("rb"))
@click.option("--reset", is_flag=True, help="Discard earlier corrections.")
@options.config
@options.as_json
def command(file: BinaryIO | None, reset: bool, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.corrections import learning
    from clickup_mlops.routing.classifier.lines import read_lines

    with options.open_bot(config, "temporary" if file or reset else "refuse") as bot:
        lines = read_lines(file, with_id=False) if file else ()
        from_file, wrong = learning.from_lines(file.name if file else "", lines)
        new = learning.from_tasks(bot) + from_file
        for problem in wrong:
            click.echo(f"Error: {problem}", err=True)
        if wrong and not new:
            return ExitCode.ERROR
        result = learning.learn(bot, new, reset=reset)
    if as_json:
        counts = {"corrections": result.corrections, "given": result.new}
        output.json_value({"file": str(result.file), **counts})
    else:
        click.echo(
            f"{format_count(result.new, 'correction')} read; "
            f"{result.file} holds {result.corrections}."
        )
    return ExitCode.ERROR if wrong else ExitCode.DONE
