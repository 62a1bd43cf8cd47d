"""A simulation as one self-contained HTML page."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, select_autoescape

from clickup_mlops.features.simulation.operations.simulate import summary
from clickup_mlops.features.simulation.simulated import Simulated
from clickup_mlops.operations.times import when

MOST_SHOWN: Final = 500
_PAGE: Final = Path(__file__).parent / "pages" / "simulation.html"


def page(result: Simulated) -> str:
    """The HTML text."""
    template = Environment(autoescape=select_autoescape(default=True)).from_string(
        _PAGE.read_text(encoding="utf-8")
    )
    return template.render(
        result=result,
        since=when(result.since_ms),
        until=when(result.until_ms),
        cards=summary(result),
        most=max([share.done for share in result.automations], default=0) or 1,
        shown=[(when(action.at_ms), action) for action in result.actions[:MOST_SHOWN]],
    )
