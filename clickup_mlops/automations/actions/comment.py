"""`comment`: comment on the task."""

import hashlib
from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AfterValidator

from clickup_mlops.automations.effects.comment import made
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered, Written
from clickup_mlops.automations.text import Markdown, Text
from clickup_mlops.automations.vocabulary import find_topics
from clickup_mlops.config import Table

AUTOMATION: Final = "automation"


def _check_topic(name: str) -> str:
    topics = (AUTOMATION, *find_topics())
    if name not in topics:
        raise ValueError(f"Input should be {' or '.join(map(repr, topics))}")
    return name


Topic = Annotated[str, AfterValidator(_check_topic)]
"""`automation`, or the name of a vocabulary that says what comments can be about."""


class Options(Table):
    """The text, and how often."""

    text: Markdown
    """The comment, in Markdown. The bot adds a last line that names the automation."""
    mode: Literal["update", "new"] = "update"
    """`update`: one comment of this automation, kept up to date. `new`: another one each time."""
    again: timedelta | None = None
    """With `new`: not before the last one is this old. Unset: for each event."""
    key: Text = Text("")
    """Distinguishes several comments of one automation; `${task.id}` where a `target` gets one from
    each of several tasks."""
    about: Topic = AUTOMATION
    """`incident`: a comment about the incident that the task joined last, which all automations
    share, so that each of them can update it."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the comment has that text already, or is too recent to be repeated."""
    text = options.text.fill(situation)
    if not text.strip():
        raise Unanswered(f'text: "{options.text}" gives no text here')
    about_what = subject(topic(situation, options.about), options.key.fill(situation))
    if options.mode == "new":
        return _new(situation, options, about_what, text)
    return comment_change(situation, about_what, text)


def topic(situation: Situation, about: str) -> str:
    """Whose a comment or message is. Raises Unanswered: `about` is a feature's topic, of which the
    task has none, such as an incident.
    """
    if about == AUTOMATION:
        return situation.automation
    return find_topics()[about](situation.lookups)


def subject(automation: str, key: str) -> str:
    """What a comment is about: the automation, and the step's own key if it has one."""
    return f"{automation}/{key}".replace(" ", "-") if key else automation


def about(situation: Situation, key: Text, *, repeats: bool = False) -> str:
    """The subject of what is made once for each task and key. Where there is no task, it is made
    for each event, unless it `repeats` by a measure of its own.
    """
    text = key.fill(situation).strip()
    about_what = subject(situation.automation, text)
    is_per_event = not situation.task.id and not text and not repeats
    return f"{about_what}#{reference(situation.event.key)}" if is_per_event else about_what


def comment_change(situation: Situation, subject: str, text: str) -> Change | None:
    """The one comment about something, with this text."""
    kind = f"comment:{subject}"
    before, after = made(situation.written(kind)), {"text": text}
    if before and before["text"] == text:
        return None
    verb = "change the comment" if before else "comment"
    return Change(kind, before, after, f"{verb}: {line(text)}", {"text": text})


def _new(situation: Situation, options: Options, about_what: str, text: str) -> Change | None:
    if options.again is None:
        about_what = f"{about_what}#{reference(situation.event.key)}"
    kind = f"comment:{about_what}"
    last = situation.written(kind)
    if last and (options.again is None or not is_older(last, options.again, situation.now_ms)):
        return None
    after = {"text": text}
    if last:
        # Part of the signature, so that a repetition is not taken for the comment before it.
        after["ref"] = f"~{reference(str(last.at_ms))}"
    return Change(kind, None, after, f"comment: {line(text)}", {"text": text})


def is_older(last: Written, age: timedelta, now_ms: int) -> bool:
    """Whether that was written at least so long ago."""
    return now_ms - last.at_ms >= age / timedelta(milliseconds=1)


def reference(key: str) -> str:
    """A short name for an event, always the same."""
    # Keys are long and may hold any character; this stands in a line that people see.
    return hashlib.sha256(key.encode()).hexdigest()[:10]


def line(text: str) -> str:
    """The beginning of a text, on one line."""
    first, *more = text.strip().splitlines()
    return first[:80] + "…" * bool(more or len(first) > 80)


ACTION = ActionType("Comment on the task.", Options, plan, writes=("comment",))
