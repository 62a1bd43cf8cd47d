"""The released schemas: a file `<version>.sql` for each, which `nox -s generate` writes.

Stores of revisions before the first release belong to development versions: such revisions were
edited after they had been used.
"""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
DATABASE: Final = "-- database:"

WITHDRAWN: Final = frozenset(
    {
        "0001_initial",
        "0002_budget",
        "0002_children_and_turns",
        "0003_data_migrations",
        "0004_history",
        "0005_lanes",
        "0006_session_email",
        "0007_first_read",
        "0008_head_signature",
        "0009_mute_user",
        "0010_services",
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


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
