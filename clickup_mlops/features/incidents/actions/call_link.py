"""`call_link`: give the task a video call."""

import re
from typing import Final

from clickup_mlops.automations.actions import set_field
from clickup_mlops.automations.actions.comment import comment_change, subject
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered
from clickup_mlops.automations.text import Markdown, Text
from clickup_mlops.clickup.blocks import build_link
from clickup_mlops.config import Table

_ADDRESS: Final = re.compile(r"https://[^\s<>\"]+")


class Options(Table):
    """Where the call is, and where to put its address."""

    url: Text
    """Address of the room, the same each time: `https://meet.example.org/incident-${task.id}`."""
    field: str | None = None
    """A custom field that takes it. Unset: a comment of its own, kept up to date."""
    label: Markdown = Markdown("Call")
    """What the comment calls it."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the address is there."""
    url = address(situation, options.url)
    if options.field is not None:
        return set_field.plan(situation, set_field.Options(field=options.field, value=options.url))
    text = f"**{options.label.fill(situation)}:** {build_link(url, url)}"
    change = comment_change(situation, subject(situation.automation, "call"), text)
    return change and Change(change.kind, change.before, change.after, f"call {url}", {"url": url})


def address(situation: Situation, text: Text) -> str:
    """Of a call. Raises Unanswered: people follow nothing but a plain https address."""
    url = text.fill(situation).strip()
    if not _ADDRESS.fullmatch(url):
        raise Unanswered(f'url: "{url:.100}" is no https address')
    return url


ACTION = ActionType("Give the task a video call.", Options, plan, writes=("comment", "field"))
