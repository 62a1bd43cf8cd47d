"""`message`: post a message to a channel of Slack, Mattermost, Teams or Google Chat."""

from datetime import timedelta

from clickup_mlops.automations.actions.comment import about, is_older, line, reference
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered, Written
from clickup_mlops.automations.text import Markdown, Text
from clickup_mlops.clickup.blocks import name_mentions
from clickup_mlops.config import Table


class Options(Table):
    """What to post, and where."""

    to: str
    """Name of a target in `[outbound.targets]` whose `kind` is a chat tool."""
    text: Markdown
    """The message, in Markdown: bold and links are kept. What people wrote makes no mention;
    `${mention(…)}` writes the person's name."""
    again: timedelta | None = None
    """Post again when the last message about the task is this old. Unset: once for each task, and
    for each time that an automation without task is evaluated."""
    changes: bool = False
    """Post again when the text is another one."""
    key: Text = Text("")
    """Distinguishes several messages of one automation; `${event.key}` posts for each event."""
    thread: Text = Text("")
    """Google Chat, and Slack with a `token`: messages with the same text here stand in one thread.
    Webhooks of the other tools know no threads."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if a message was posted, not long enough ago, and nothing has changed."""
    repeats = options.again is not None or options.changes
    kind = f"webhook:{about(situation, options.key, repeats=repeats)}"
    last = situation.written(kind)
    if last and not repeats:
        return None
    body = _body(situation, options)
    if last and not _is_due(last, body, situation.now_ms, options):
        return None
    after = {"to": options.to, "body": body}
    if last:
        # Part of the delivery's id: the receiver drops repetitions of the same id.
        after["ref"] = f"~{reference(str(last.at_ms))}"
    text = body["markdown"]
    return Change(
        kind, None, after, f"{options.to}: {line(text)}", {"to": options.to, "text": text}
    )


def _body(situation: Situation, options: Options) -> dict[str, str]:
    """The message, with the address for the rest of one that is too long."""
    text = name_mentions(options.text.fill(situation))
    if not text.strip():
        raise Unanswered("the message is empty here")
    parts = {"url": situation.task.url, "thread": options.thread.fill(situation).strip()}
    return {"markdown": text} | {name: part for name, part in parts.items() if part}


def _is_due(last: Written, body: dict[str, str], now_ms: int, options: Options) -> bool:
    if options.changes and (last.after or {}).get("body") != body:
        return True
    return options.again is not None and is_older(last, options.again, now_ms)


ACTION = ActionType(
    "Post a message to a channel of Slack, Mattermost, Teams or Google Chat.",
    Options,
    plan,
    writes=("webhook",),
    needs_task=False,
)
