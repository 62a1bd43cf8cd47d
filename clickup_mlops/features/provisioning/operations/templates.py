"""List the templates. Reads files only."""

from dataclasses import dataclass
from pathlib import Path

from clickup_mlops import content
from clickup_mlops.errors import ContentError
from clickup_mlops.features.provisioning.template import load
from clickup_mlops.features.provisioning.template.load import Headline


@dataclass(frozen=True, slots=True)
class Templates:
    """Those of a folder, and what is wrong with the others."""

    folder: Path
    found: tuple[Headline, ...]
    problems: tuple[ContentError, ...]


def templates(folder: Path | None = None) -> Templates:
    """All of a folder (None: those that came with the installation)."""
    where = content.find_folder("templates", folder)
    headlines, problems = [], []
    for name in load.names(where):
        try:
            headlines.append(load.headline(where, name))
        except ContentError as problem:
            problems.append(problem)
    return Templates(where, tuple(headlines), tuple(problems))


def template(name: str, folder: Path | None = None) -> Headline:
    """The one of this name. Raises ContentError: there is none, or it cannot be used."""
    return load.headline(content.find_folder("templates", folder), name)
