"""The size budget: small functions, small files."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "clickup_mlops"
LONGEST_FUNCTION, LONGEST_FILE = 50, 500
USUAL_FUNCTION, USUAL_FILE = 20, 350


def test_no_file_is_over_500_lines_and_nine_in_ten_are_under_350() -> None:
    """A file that grows past this wants to be two."""
    sizes = {path: path.read_text().count("\n") for path in _sources()}

    assert [p for p, lines in sizes.items() if lines > LONGEST_FILE] == []
    assert _share(sizes.values(), USUAL_FILE) >= 0.9


def test_no_function_is_over_50_lines_and_nine_in_ten_are_under_20() -> None:
    """A function does one thing."""
    sizes = {
        f"{path}:{node.name}": node.end_lineno - node.lineno + 1
        for path in _sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno
    }

    assert [name for name, lines in sizes.items() if lines > LONGEST_FUNCTION] == []
    assert _share(sizes.values(), USUAL_FUNCTION) >= 0.9


def _sources() -> Iterator[Path]:
    return PACKAGE.rglob("*.py")


def _share(sizes, limit: int) -> float:
    sizes = list(sizes)
    return sum(size <= limit for size in sizes) / len(sizes)
