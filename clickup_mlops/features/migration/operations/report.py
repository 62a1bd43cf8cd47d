"""Report: what a migration has done, for the people who must sign off. Reads the store only."""

from collections.abc import Callable
from pathlib import Path

from clickup_mlops.errors import InputError
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.operations.opening import kind_of
from clickup_mlops.features.migration.report import render
from clickup_mlops.features.migration.report.collect import collect
from clickup_mlops.features.migration.report.model import Report
from clickup_mlops.features.migration.report.sections import status as status
from clickup_mlops.store import Store

_RENDERERS: dict[str, Callable[[Report], str]] = {
    ".html": render.html,
    ".htm": render.html,
    ".md": render.markdown,
}


def report(store: Store, file: Path) -> Report:
    """The state of the mapping's migration.

    Raises:
        ContentError: the mapping cannot be used; ConfigError: it names no known source.
        InputError: nothing has been read from the source yet.
    """
    mapping = mapping_file.load(file)
    return collect(store, mapping, str(file), missing=kind_of(mapping.source.kind).missing)


def renderer(out: Path) -> Callable[[Report], str]:
    """What writes a file of that name. Raises InputError: it is neither HTML nor Markdown."""
    render = _RENDERERS.get(out.suffix.lower())
    if render is None:
        raise InputError(
            f"{out}: a report is HTML or Markdown", hint="Use a name that ends in .html or .md."
        )
    return render
