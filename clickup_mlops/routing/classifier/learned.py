"""The team's corrections to the classifier, as a JSON file that people may read and edit."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clickup_mlops import files
from clickup_mlops.errors import ContentError
from clickup_mlops.routing.classifier.model import Linear

if TYPE_CHECKING:
    from clickup_mlops.routing.classifier.learn import Correction


def read(path: Path) -> dict[str, Any] | None:
    """What was learned, or None if nothing was yet.

    Raises:
        ContentError: the file cannot be read, or is not what `write` wrote.
    """
    if not path.is_file():
        return None
    try:
        learned: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        _ = learned["rows"], learned["weights"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise ContentError(
            path, "", f"not a file of corrections: {problem}", hint="Delete it, and learn again."
        ) from problem
    return learned


def rows(learned: dict[str, Any] | None) -> "list[Correction]":
    """The corrections themselves."""
    from clickup_mlops.routing.classifier.learn import Correction

    return [Correction(*row) for row in (learned or {"rows": []})["rows"]]


def merged(old: "list[Correction]", new: "list[Correction]") -> "list[Correction]":
    """Both; about the same text, the newer one holds."""
    return [*{(row.title, row.body): row for row in [*old, *new]}.values()]


def write(
    path: Path, corrections: "list[Correction]", model: Linear, surroundings: dict[str, Any]
) -> None:
    """Learn the corrections and keep them, with what the places and people of tasks tell; in one
    step, so that a reader never sees half a file.
    """
    from clickup_mlops.routing.classifier.learn import learn

    taught = learn(corrections, model) | {"surroundings": surroundings}
    text = json.dumps(taught, indent=1, ensure_ascii=False)
    files.write(path, text + "\n")
