"""The released schemas: a file `<version>.sql` for each, which `nox -s generate` writes.

Its first line names the revision. Stores of revisions before the first release belong to
development versions: such revisions were edited after they had been used.
"""

from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
REVISION: Final = "-- revision:"
DATABASE: Final = "-- database:"

WITHDRAWN: Final = frozenset(
    {
        "0002_budget",
        "0003_provision",
        "0004_receipt",
        "0005_mute_recording",
        "0006_audit",
        "0007_causes",
        "0008_overruled",
        "0008_seen",
        "0009_overruled",
        "0010_origin",
        "0010_origins",
        "0010_runs",
        "0011_evaluated",
        "0012_origin",
        "0012_set_by",
        "0013_set_by",
        "0014_space_policy",
    }
)
"""Revisions of development versions that were replaced before the first release."""


def versions() -> list[str]:
    """The released versions, oldest first."""
    return sorted((file.stem for file in FOLDER.glob("*.sql")), key=_numbers)


@cache
def revision_of(version: str) -> str:
    """The revision of a released version's tables."""
    with (FOLDER / f"{version}.sql").open(encoding="utf-8") as lines:
        return next(lines).removeprefix(REVISION).strip()


def first_released() -> str:
    """The oldest revision that is upgraded."""
    return revision_of(versions()[0])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
