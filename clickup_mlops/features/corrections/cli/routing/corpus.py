"""Count the examples that the classifier learned from, and check a team's own FILEs.

A corpus file has four tab-separated columns: workload, flags (`-`, `incident`, `hard`), title,
body. A wrong line is reported with its file and number.
"""

from collections.abc import Sequence
from pathlib import Path

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@options.as_json
def command(files: Sequence[Path], as_json: bool) -> int:
    from clickup_mlops.features.corrections.learning import corpus
    from clickup_mlops.routing.decision import WORKLOADS

    counted = corpus(files)
    if as_json:
        output.json_value({"files": counted})
        return ExitCode.DONE
    columns = (*WORKLOADS, "incident")
    rows = [
        (file_counts["file"], *(file_counts[name] for name in columns)) for file_counts in counted
    ]
    total = ("all", *(sum(file_counts[name] for file_counts in counted) for name in columns))
    output.table(("file", *columns), [*rows, total])
    return ExitCode.DONE
