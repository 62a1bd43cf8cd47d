"""The queries that are sent, one file each; a file in `fragments/` is added to those that name it.

Every query is checked against the official schema by a test.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Final

_SPREAD: Final = re.compile(r"\.\.\.\s*([A-Z]\w*)")


@cache
def text(name: str) -> str:
    """The query in `<name>.graphql` with its fragments."""
    query = _file(f"{name}.graphql")
    fragments: dict[str, str] = {}
    _collect(query, fragments)
    return "\n".join([query, *fragments.values()])


def names() -> tuple[str, ...]:
    """All queries."""
    found = (one.name for one in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".graphql") for name in found if ".graphql" in name))


def _collect(text: str, fragments: dict[str, str]) -> None:
    for name in _SPREAD.findall(text):
        if name not in fragments:
            fragments[name] = _file(f"fragments/{name}.graphql")
            _collect(fragments[name], fragments)


def _file(path: str) -> str:
    return files(__name__).joinpath(path).read_text(encoding="utf-8")
