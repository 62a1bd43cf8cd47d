"""What is generated from the code and committed is still true."""

import runpy
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_example_configuration_and_reference_pages_are_up_to_date() -> None:
    """`nox -s generate` would change nothing."""
    pages = runpy.run_path(str(ROOT / "tools" / "generate.py"))["pages"]()

    stale = [line for path, text in pages.items() for line in _differences(path, text)]
    assert not stale, "\n".join(["run `nox -s generate`", *stale])


def _differences(path: Path, text: str) -> Iterator[str]:
    present = path.read_text(encoding="utf-8") if path.is_file() else ""
    name = str(path.relative_to(ROOT))
    return unified_diff(present.splitlines(), text.splitlines(), name, "generated", lineterm="")
