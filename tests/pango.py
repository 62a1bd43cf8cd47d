"""Whether PDF can be made here: weasyprint needs Pango from the system."""

import os

import pytest


def _is_there() -> bool:
    try:
        import weasyprint  # noqa: F401 (whether it can be)
    except (ImportError, OSError):
        return False
    return True


HAS_PANGO = _is_there() or "CI" in os.environ
needs_pango = pytest.mark.skipif(
    not HAS_PANGO, reason="PDF needs Pango: apt install libpangoft2-1.0-0, or brew install pango"
)
