"""TEMPLATE and its options, which several commands share."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.ports.cli import options as shared

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.features.provisioning.plan.model import Plan
    from clickup_mlops.store.database.missing_database import Absent

Decorated = Callable[..., Any]


def open_bot(config: Path | None, absent: "Absent" = "refuse") -> "Bot":
    """The bot without log lines: that an object is gone is in the plan, and no warning."""
    return shared.open_bot(config, absent, log_level="ERROR")


def warn(bot: "Bot", plan: "Plan") -> None:
    """Say on standard error that another store may manage what is there."""
    from clickup_mlops.features.provisioning.operations.plan import unknown_store

    if text := unknown_store(bot, plan):
        click.secho(text, fg="yellow", err=True)


def template_folder(function: Decorated) -> Decorated:
    """Add `--templates FOLDER`, passed as `folder: Path | None`."""
    return click.option(
        "--templates",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder with the templates. Default: those that came with the installation.",
    )(function)


def targets(function: Decorated) -> Decorated:
    """Add `--target PATH` below `options`: the request is only about these objects."""

    def narrowed(*, request: Any, targets: tuple[str, ...], **options_: Any) -> Any:
        return function(request=replace(request, targets=targets), **options_)

    decorated: Decorated = narrowed
    decorated.__dict__.update(function.__dict__)
    return click.option(
        "--target",
        "targets",
        multiple=True,
        metavar="PATH",
        help='Only this object and all in it, with its fields and places: "ML / Intake".',
    )(decorated)


def _pairs(values: Path | None, assignments: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the file first: what is set on the command line wins."""
    from clickup_mlops.features.provisioning.operations.request import read_assignments

    return (*(read_assignments(values) if values else ()), *assignments)


def _parameters(function: Decorated) -> Decorated:
    return click.option(
        "--parameters",
        "values",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help="TOML file with parameters' values, such as one of `discover run`.",
    )(function)


def options(function: Decorated) -> Decorated:
    """Add TEMPLATE and its options, passed together as `request: Request`."""

    def bundled(
        *,
        name: str,
        assignments: tuple[str, ...],
        values: Path | None,
        instance: str | None,
        folder: Path | None,
        experimental: bool,
        retry: bool,
        **options_: Any,
    ) -> Any:
        from clickup_mlops.features.provisioning.operations.request import Request

        pairs = _pairs(values, assignments)
        request = Request(name, pairs, instance, folder, experimental, retry)
        return function(request=request, **options_)

    decorated: Decorated = bundled
    # click shows a command's options in the order in which the function carries them.
    decorated.__dict__.update(function.__dict__)
    for add in (
        click.option(
            "--retry",
            is_flag=True,
            help="Retry fields that ClickUp refused before.",
        ),
        click.option(
            "--experimental-field-create",
            "experimental",
            is_flag=True,
            help="Try ClickUp's undocumented call for custom fields. It cannot be undone by API.",
        ),
        template_folder,
        click.option("--as", "instance", metavar="NAME", help="Name of the space."),
        _parameters,
        click.option(
            "--set", "assignments", multiple=True, metavar="NAME=VALUE", help="A parameter's value."
        ),
        click.argument("name", metavar="TEMPLATE"),
    ):
        decorated = add(decorated)
    return decorated
