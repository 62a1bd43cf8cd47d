"""Colours of pictures: lines can be told apart by their dashes too, and on paper."""

from collections.abc import Iterator
from typing import Final

LINES: Final = (
    ("#0969da", "#58a6ff"),
    ("#bc4c00", "#f0883e"),
    ("#1a7f37", "#56d364"),
    ("#8250df", "#bc8cff"),
    ("#0e7490", "#39c5cf"),
    ("#bf3989", "#f778ba"),
    ("#7d5a00", "#e3b341"),
    ("#57606a", "#b1bac4"),
)
"""Light and dark; each has a contrast of 4.5 to 1 or more with the page."""
_DASHES: Final = ("", "8 3", "3 2.5", "10 3 2 3")
_BASE: Final = """\
svg{font-family:system-ui,-apple-system,"Segoe UI","Helvetica Neue",Arial,sans-serif}
text{font-size:11px;fill:#57606a;stroke:none}
.axis{stroke:#d8dee4}
.guide{stroke:#eaeef2}
.x{text-anchor:middle}
.y{text-anchor:end}
.series{fill:none}
.trace{stroke-width:1.6;stroke-linejoin:round}
.dot{stroke-width:4;stroke-linecap:round;stroke-dasharray:none}
.key{fill:none;stroke-width:2}
.name{fill:#1f2328}
.limit{fill:none;stroke:#cf222e;stroke-width:1.2;stroke-dasharray:6 4}
.limit-text{fill:#cf222e;text-anchor:end;font-weight:600}
.mark{fill:none;stroke:#6e7781;stroke-width:1;stroke-dasharray:2 3}
.flag{fill:#6e7781}
.flag-text{fill:#fff;text-anchor:middle;font-size:10px;font-weight:600}
.bad .mark{stroke:#cf222e}
.bad .flag{fill:#cf222e}
.nothing{text-anchor:middle;font-size:13px}
"""
_DARK: Final = """\
text{fill:#9198a1}
.axis{stroke:#3d444d}
.guide{stroke:#262c36}
.name{fill:#f0f6fc}
.limit{stroke:#ff7b72}
.limit-text{fill:#ff7b72}
.mark{stroke:#9198a1}
.flag{fill:#9198a1}
.flag-text{fill:#0d1117}
.bad .mark{stroke:#ff7b72}
.bad .flag{fill:#ff7b72}
"""


def build_style_sheet(lines: int) -> str:
    """The style sheet of a picture with so many lines."""
    light = _BASE + "".join(_build_rules(lines, 0))
    return (
        f"{light}@media (prefers-color-scheme:dark){{\n{_DARK}{''.join(_build_rules(lines, 1))}}}"
    )


def _build_rules(lines: int, shade: int) -> Iterator[str]:
    for number in range(lines):
        yield f".color-{number}{{stroke:{LINES[number % len(LINES)][shade]}}}\n"
        dash = _DASHES[number % len(_DASHES)]
        if dash and not shade:
            yield f".color-{number} .trace,.color-{number}.key{{stroke-dasharray:{dash}}}\n"
