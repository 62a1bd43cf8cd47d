"""The page of manual steps: what is written, and what people's ticks on it mean."""

import pytest

from clickup_mlops.features.provisioning.manual import page
from clickup_mlops.features.provisioning.manual.instructions import (
    Place,
    automation_item,
    dashboard_item,
    form_item,
)

PLACE = Place("list", "901", "Serving", "9000")
ITEMS = (
    automation_item(PLACE, "Page *on-call* [now]", "Urgent", "Assign"),
    dashboard_item(PLACE, "GPU_hours", ["Cost"]),
    form_item(PLACE, "Intake", ["Model"]),
)


def test_each_item_has_a_box_and_its_clicks():
    """What is done has a tick and no clicks."""
    text = page.text("serving", ITEMS, ["Create the field"])

    assert text.count(f"### {page.OPEN} ") == len(ITEMS)
    assert text.count("https://app.clickup.com/9000/v/li/901") == len(ITEMS)
    assert f"- {page.TICKED} Create the field" in text
    assert page.confirmed(text, ITEMS) == []


@pytest.mark.parametrize("tick", ["☑", "✅", "☑ ☐", "✔"])
def test_a_tick_confirms_what_no_call_shows(tick):
    """By the name, whatever marks it has; a tick on a form means nothing: `verify` sees it."""
    text = page.text("serving", ITEMS, ())
    ticked = text.replace(f"### {page.OPEN}", f"### {tick}")

    assert page.confirmed(ticked, ITEMS) == ["Page *on-call* [now]", "GPU_hours"]
    assert page.confirmed(ticked.replace("\\", ""), ITEMS) == page.confirmed(ticked, ITEMS)
    first = text.replace(f"### {page.OPEN}", f"### {tick}", 1)
    assert page.confirmed(first, ITEMS) == ["Page *on-call* [now]"]
