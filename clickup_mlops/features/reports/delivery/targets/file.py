"""`file`: files in a folder of the bot's machine, for each period."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from clickup_mlops.features.reports.delivery.model import (
    SUFFIXES,
    Delivery,
    File,
    Format,
    Planned,
    TargetTable,
    TargetType,
)


class Options(TargetTable):
    """The folder."""

    kind: Literal["file"]
    folder: Path
    """Where the files are written, as `<report>-<period>.<format>`; it is made if it is not
    there."""
    formats: tuple[Format, ...] = Field(default=("html",), min_length=1)
    """`html`, `pdf`, `markdown`, `json`: a file for each."""

    @property
    def files(self) -> tuple[Format, ...]:
        """As of every target."""
        return self.formats


def plan(delivery: Delivery, options: Options) -> list[Planned]:
    """A file for each format."""
    name = f"{delivery.name}-{delivery.key}"
    return [
        File(options.folder / f"{name}.{SUFFIXES[form]}", delivery.render(form))
        for form in options.formats
    ]


TARGET = TargetType(
    "Files in a folder, a file for each period and format.",
    Options,
    plan,
    lambda options: f"{options.folder} ({', '.join(options.formats)})",
)
