"""What `diff` and `upgrade` share: options, and how the comparison is printed."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.plan.upgrade import Upgrade

Decorated = Callable[..., Any]


def options(function: Decorated) -> Decorated:
    """Add `--prefer` and `--from`, passed as `prefer` and `old`."""
    function = click.option(
        "--prefer",
        type=click.Choice(["people", "template"]),
        default="people",
        show_default=True,
        help="Who wins where both changed the same thing.",
    )(function)
    return click.option(
        "--from",
        "old",
        metavar="TEMPLATE",
        help="The template that was applied before. Default: the one of the same name.",
    )(function)


def show(upgrade: "Upgrade", per_minute: int) -> None:
    """The plan, what stays people's, and what is no longer named."""
    from clickup_mlops.features.provisioning.cli.provision.plan import show as show_plan
    from clickup_mlops.features.provisioning.plan import messages
    from clickup_mlops.features.provisioning.tree import show as named

    show_plan(upgrade.plan, show_all=False, per_minute=per_minute)
    for difference in upgrade.theirs:
        reason = "changed on both sides" if difference.conflict else "changed by people"
        live, desired = map(messages.value, (difference.found, difference.wanted))
        values = f"found {live}, template {desired}"
        click.secho(
            f"? {named(difference.path)} {difference.attribute}, {reason}: {values}", fg="cyan"
        )
    for path in upgrade.unnamed:
        click.echo(f"  {named(path)} is no longer named by the template, and left alone.")


def plain(upgrade: "Upgrade") -> dict[str, Any]:
    """For JSON."""
    return {
        "plan": upgrade.plan.to_dict(),
        "theirs": [asdict(difference) for difference in upgrade.theirs],
        "unnamed": [[list(part) for part in path] for path in upgrade.unnamed],
    }
