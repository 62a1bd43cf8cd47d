"""`post_chat`: post a message to a chat channel."""

from datetime import timedelta
from typing import Literal

from clickup_mlops.automations.actions.comment import (
    AUTOMATION,
    Topic,
    about,
    is_older,
    line,
    reference,
    subject,
    topic,
)
from clickup_mlops.automations.effects.chat import message
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered
from clickup_mlops.automations.text import Markdown, Text
from clickup_mlops.config import Table


class Options(Table):
    """What to post, and where."""

    channel: Text
    """Name of the channel; it is made if there is none."""
    text: Markdown
    """The message, in Markdown. The bot adds a last line that names the task and the automation."""
    mode: Literal["new", "update"] = "new"
    """`update`: one message, kept up to date; once it is as old as `again`, a new one."""
    again: timedelta | None = None
    """Post again when the last message about the task is this old. Unset: once for each task, and
    for each time that an automation without task is evaluated."""
    key: Text = Text("")
    """Distinguishes several messages of one automation; `${event.key}` posts for each event."""
    about: Topic = AUTOMATION
    """`incident`: a message about the incident that the task joined last, which all automations
    share, so that each of them can update it."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if a message was posted, and not long enough ago; with `update`, with that text."""
    kind = f"chat:{_subject(situation, options)}"
    last = situation.written(kind)
    recent = last and (options.again is None or not is_older(last, options.again, situation.now_ms))
    before = message(last) if recent and options.mode == "update" else None
    if recent and before is None:
        return None
    channel, text = options.channel.fill(situation).strip(), options.text.fill(situation)
    if not channel or not text.strip():
        raise Unanswered("the message or its channel is empty here")
    if before and before["text"] == text:
        return None
    after = {"channel": channel, "text": text}
    if before and "ref" in before:
        after["ref"] = before["ref"]
    elif last and not before:
        # Part of the mark, so that a repetition is not taken for the message before it.
        after["ref"] = f"~{reference(str(last.at_ms))}"
    summary = {"channel": channel, "text": text}
    return Change(kind, before, after, f"#{channel}: {line(text)}", summary)


def _subject(situation: Situation, options: Options) -> str:
    if options.about != AUTOMATION:
        return subject(topic(situation, options.about), options.key.fill(situation))
    return about(situation, options.key, repeats=options.again is not None)


ACTION = ActionType(
    "Post a message to a chat channel.", Options, plan, writes=("chat",), needs_task=False
)
