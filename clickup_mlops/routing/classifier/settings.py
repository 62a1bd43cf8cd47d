"""Settings of the classifier."""

from pathlib import Path

from clickup_mlops.config import Table


class ClassifierSettings(Table):
    """The classifier that reads the tasks' texts."""

    corpus: tuple[Path, ...] = ()
    """Your team's own example files. `routing corpus FILE` checks one and shows the form."""
    learned: Path = Path("learned.json")
    """Corrections, as `routing learn` keeps them. Used if the file is there."""
