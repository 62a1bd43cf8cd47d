"""The queries that are sent, one file each; a file in `fragments/` is added to those that name it.

Every query is checked against the official schema by a test.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Final

_SPREAD: Final = re.compile(r"\.\.\.\s*([A-Z]\w*)")


@cache
def read_query(name: str) -> str:
    """The query in `<name>.graphql` with its fragments."""
    query = _read_file(f"{name}.graphql")
    fragments: dict[str, str] = {}
    _collect_fragments(query, fragments)
    return "\n".join([query, *fragments.values()])


def list_queries() -> tuple[str, ...]:
    """The names of all queries, sorted."""
    file_names = (file.name for file in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".graphql") for name in file_names if ".graphql" in name))


def _collect_fragments(query: str, fragments: dict[str, str]) -> None:
    for name in _SPREAD.findall(query):
        if name not in fragments:
            fragments[name] = _read_file(f"fragments/{name}.graphql")
            _collect_fragments(fragments[name], fragments)


def _read_file(path: str) -> str:
    return files(__name__).joinpath(path).read_text(encoding="utf-8")
