"""A part of a template: some objects, with what they are in and what they refer to. Pure."""

from collections.abc import Collection
from typing import Final

from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.tree import Kind, Path, Tree, spellings

_REFERRED: Final[frozenset[Kind]] = frozenset({"field", "status", "tag"})
"""Kinds that objects below their place name."""


def only(want: Tree, targets: Collection[str]) -> Tree:
    """The named objects, all that is in them, and their places with fields, statuses and tags.

    Raises:
        InputError: the template has no object of that path.
    """
    paths = {text: path for path in want for text in spellings(path)}
    unknown = [target for target in targets if target.strip().casefold() not in paths]
    if unknown:
        raise InputError(
            f"the template has no {', '.join(unknown)}",
            hint='Write it as the plan does, from the Space down: --target "ML / Intake".',
        )
    chosen = [paths[target.strip().casefold()] for target in targets]
    return {path: node for path, node in want.items() if any(_belongs(path, to) for to in chosen)}


def _belongs(path: Path, target: Path) -> bool:
    if path[: len(target)] == target or target[: len(path)] == path:
        return True
    return path[-1][0] in _REFERRED and target[: len(path) - 1] == path[:-1]
