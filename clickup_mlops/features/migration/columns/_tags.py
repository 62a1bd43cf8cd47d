"""Tags of a Space: ClickUp writes them in lower case. Pure."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.features.migration.columns._model import Converted, Loss

CASE: Final = "capital letters and outer blanks of a tag"


def tags(names: Iterable[str]) -> Converted:
    """The task's tags, each once."""
    nonempty = [name for name in names if name.strip()]
    unique = list(dict.fromkeys(name.strip().lower() for name in nonempty))
    losses = tuple(Loss(CASE, name) for name in nonempty if name != name.strip().lower())
    return Converted({"tags": unique} if unique else {}, losses=losses)
