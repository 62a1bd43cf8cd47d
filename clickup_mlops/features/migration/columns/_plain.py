"""Columns whose value is text, and stays text. Pure."""

from clickup_mlops.features.migration.columns._build import column_type
from clickup_mlops.features.migration.columns._model import ColumnType, Sample, Target
from clickup_mlops.features.migration.columns._snapshot import words


def plain(
    summary: str,
    targets: tuple[Target, ...],
    *samples: Sample,
    kept_elsewhere: bool = False,
) -> ColumnType:
    """A column type whose text is kept as it is."""
    return column_type(summary, targets, words, samples=samples, kept_elsewhere=kept_elsewhere)
