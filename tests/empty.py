"""An empty store in no time: its tables are made once, and copied for every test that wants one."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from clickup_mlops.store import Store


@cache
def empty_store() -> bytes:
    """The file of a SQLite store in which nothing happened yet."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        Store.open(f"sqlite:///{file}").close()
        return file.read_bytes()


def store_at(file: Path) -> str:
    """The address of the store in this file; of an empty one, if there is no file yet."""
    if not file.exists():
        file.write_bytes(empty_store())
    return f"sqlite:///{file}"
