"""Show a page of the documentation, or list them.

TOPIC is a page's name, such as `write-an-automation`, or with its folder: `reference/actions`.
"""

import click

from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("topic", required=False)
def command(topic: str | None) -> int:
    from clickup_mlops.operations import pages

    if topic:
        click.echo_via_pager(pages.page(topic).text)
        return ExitCode.DONE
    from clickup_mlops.ports.cli import output

    output.table(("topic", "page"), [(page.topic, page.title) for page in pages.pages()])
    return ExitCode.DONE
