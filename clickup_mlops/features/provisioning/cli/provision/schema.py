"""Print the JSON Schema of templates, for your editor.

Put the schema beside your templates and begin each file with `#:schema ./template.schema.json`.
"""

import click

from clickup_mlops.ports.cli import output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.option("--part", is_flag=True, help="For the files in templates/parts/ instead.")
def command(part: bool) -> int:
    from clickup_mlops.features.provisioning.template import schema

    output.json_value(schema.of_part() if part else schema.of_template())
    return ExitCode.DONE
