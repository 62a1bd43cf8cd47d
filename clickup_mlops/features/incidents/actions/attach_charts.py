"""`attach_charts`: attach a picture with the charts of the task's incident to the task."""

import base64
import re

from clickup_mlops.automations.actions.comment import subject
from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.automations.text import Text
from clickup_mlops.config import Table
from clickup_mlops.features.incidents.model import IncidentView


class Options(Table):
    """Name of the file."""

    file: Text = Text("charts")
    """Name of the file, without `.png`."""
    key: Text = Text("")
    """Distinguishes several pictures of one automation; one is attached for each, once."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if it was attached, if nothing was measured, or without the extra `pictures`."""
    kind = f"attachment:{subject(situation.automation, options.key.fill(situation).strip())}"
    view = situation.lookups.view(IncidentView)
    drawn = view.picture() if view and not situation.written(kind) else None
    if drawn is None:
        return None
    stem = re.sub(r"[^\w.-]+", "-", options.file.fill(situation).strip()).strip("-.")[:80]
    name = f"{stem or 'charts'}.png"
    after = {"name": name, "base64": base64.b64encode(drawn).decode()}
    return Change(kind, None, after, "charts of the incident", {"name": name})


ACTION = ActionType(
    "Attach a picture (PNG) with the charts of its incident to the task.",
    Options,
    plan,
    writes=("attachment",),
)
