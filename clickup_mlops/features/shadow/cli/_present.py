"""Proposals on a terminal."""

from collections.abc import Sequence

import click

from clickup_mlops.features.shadow.proposing import count
from clickup_mlops.features.shadow.tables.proposals import Proposal
from clickup_mlops.ports.cli import output
from clickup_mlops.routing.decision import format_priority

_COLUMNS = ("#", "task", "list", "now", "would be", "because")


def show(proposals: Sequence[Proposal], limit: int | None = None) -> None:
    """Print the proposals (at most `limit` of them), and how many there are."""
    if proposals:
        output.table(_COLUMNS, map(_row, proposals[:limit]), numbers=(0,))
    if limit is not None and len(proposals) > limit:
        click.echo(f"and {len(proposals) - limit} more: `clickup-mlops shadow show` lists all")
    click.echo(f"The bot {count(proposals).sentence}. Nothing was written.")


def _row(proposal: Proposal) -> tuple[int, str, str, str, str, str]:
    person = f" ({proposal.person})" if proposal.person else ""
    now, then = format_priority(proposal.before), format_priority(proposal.after)
    name = proposal.list_name
    return proposal.number, proposal.name, name, f"{now}{person}", then, proposal.reason
