"""An exit code means the same everywhere: commands return members of `ExitCode`, not numbers."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops import registry

pytestmark = pytest.mark.once

PACKAGE = Path(registry.__file__).parent
ROOMS = [PACKAGE / "interfaces" / "cli", *registry.rooms("cli").values()]
FILES = [file for room in ROOMS for file in sorted(room.rglob("*.py"))]


def returned_numbers(file: Path) -> Iterator[int]:
    """The lines where the command of a file returns a number."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == "command":
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Constant):
                    yield inner.lineno


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_commands_return_named_exit_codes(file: Path) -> None:
    """See `ports.cli.exit_codes`."""
    assert list(returned_numbers(file)) == []
