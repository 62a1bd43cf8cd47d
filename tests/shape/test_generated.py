"""What is generated from the code and committed is still true."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_example_configuration_and_reference_pages_are_up_to_date() -> None:
    """`nox -s generate` would change nothing."""
    pages = runpy.run_path(str(ROOT / "tools" / "generate.py"))["pages"]()

    stale = [
        str(path.relative_to(ROOT))
        for path, text in pages.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `nox -s generate`"
