"""What names of stages and words of comments mean. Pure."""

import re
from typing import Final

_WAITING: Final = re.compile(
    r"\b(wait\w*|await\w*|blocked|on[ -]hold|held|stuck|queued?|pending|parked|paused|ready"
    r"|needs?|to be|requested|submitted|wartet|blockiert|en attente|pendiente|in attesa)\b",
    re.IGNORECASE,
)
_BACKLOG: Final = re.compile(
    r"\b(to ?-?do|backlog|open|new|created|incomplete|triaged?|icebox|inbox|planned|someday|ideas?"
    r"|selected|requested|offen|neu|ouvert|nuevo|pendientes|por hacer|da fare)\b",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"https?://([^\s/?#<>\"')\]]+)[^\s<>\"')\]]*", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]*>")
_DECISION: Final = re.compile(
    r"\b(?:decision\s*:|(?:we (?:have )?(?:decided|agreed)|decided to|agreed to|signed off"
    r"|(?:let's|we will|we'll) go with|no-go|beschlossen|entschieden|on a décidé|decidimos)\b)",
    re.IGNORECASE,
)
_RECORD: Final = re.compile(r"\b(decisions?|outcome|verdict|conclusion|entscheidung)\b", re.I)


def is_waiting(stage: str) -> bool:
    """Whether work waits in a stage of this name, though it has begun."""
    return bool(_WAITING.search(stage))


def is_backlog(stage: str) -> bool:
    """Whether work on a task in a stage of this name has not begun."""
    return bool(_BACKLOG.search(stage)) or not stage


def is_question(text: str) -> bool:
    """Whether a comment asks something: a question mark that is in no address."""
    return "?" in _ADDRESS.sub("", text)


def is_decision(text: str) -> bool:
    """Whether a comment says that something was decided."""
    return bool(_DECISION.search(text))


def is_record(title: str) -> bool:
    """Whether a field of this title holds decisions."""
    return bool(_RECORD.search(title))


def find_hosts(text: str) -> tuple[str, ...]:
    """The hosts of the addresses in a text, each once, without user, port and `www.`."""
    authorities = (match[1].rpartition("@")[2].lower() for match in _ADDRESS.finditer(text))
    hosts = (authority.partition(":")[0].removeprefix("www.") for authority in authorities)
    return tuple(dict.fromkeys(filter(None, hosts)))


def strip_markup(html: str) -> str:
    """The text of HTML with its addresses."""
    return _TAG.sub(lambda tag: f" {' '.join(_ADDRESS_IN_TAG.findall(tag[0]))} ", html)


_ADDRESS_IN_TAG: Final = re.compile(r"""(?:href|src)=["'](https?://[^"']+)""", re.IGNORECASE)
