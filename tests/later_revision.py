"""A revision after the newest one, made up: a test's store is older than the program it meets."""

from pathlib import Path

import pytest

from clickup_mlops.store import migrations

LATER = "9998_later"
_TEXT = f'''
"""One column more; SQLite copies the whole table for it."""

import sqlalchemy as sa
from alembic import op

revision = "{LATER}"
down_revision = "{migrations.head()}"


def upgrade() -> None:
    numbered = {{"sqlite_autoincrement": True}}
    with op.batch_alter_table("journal", recreate="auto", table_kwargs=numbered) as journal:
        journal.add_column(sa.Column("later", sa.Text(), nullable=True))
        journal.alter_column("actor", nullable=True)
'''


def later_folder(folder: Path) -> Path:
    """A folder of revisions with nothing but that one."""
    versions = folder / "later_versions"
    versions.mkdir()
    (versions / f"{LATER}.py").write_text(_TEXT, encoding="utf-8")
    return versions


def add_later_revision(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on this version wants tables at revision `LATER`."""
    monkeypatch.setattr(migrations, "LOCATIONS", [*migrations.LOCATIONS, later_folder(folder)])
