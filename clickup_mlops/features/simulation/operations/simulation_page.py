"""A simulation as one self-contained HTML page."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, select_autoescape

from clickup_mlops.features.simulation.operations.simulate import summary
from clickup_mlops.features.simulation.simulated import Simulated
from clickup_mlops.operations.times import when

MOST_SHOWN: Final = 500
_PAGE: Final = Path(__file__).parent / "pages" / "simulation.html"


def page(found: Simulated) -> str:
    """The HTML text."""
    template = Environment(autoescape=select_autoescape(default=True)).from_string(
        _PAGE.read_text(encoding="utf-8")
    )
    return template.render(
        found=found,
        since=when(found.since_ms),
        until=when(found.until_ms),
        cards=summary(found),
        most=max([one.done for one in found.automations], default=0) or 1,
        shown=[(when(one.at_ms), one) for one in found.did[:MOST_SHOWN]],
    )
