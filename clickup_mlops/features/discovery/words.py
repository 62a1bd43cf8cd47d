"""What names of stages and words of comments mean. Pure."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

_STAGE_WORDS: Final = Path(__file__).with_name("stage_words.toml")
_IDEOGRAPHS: Final = "\u2e80"
"""From here on letters are of scripts that have no spaces between words."""
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
    return bool(waits_for(stage))


def waits_for(stage: str) -> str:
    """What work waits for in a stage of this name, such as `a review`; empty: it does not wait, or
    what it has waited for is over.
    """
    waits, over = _stage_patterns()
    reasons = (reason for reason, pattern in waits.items() if pattern.search(stage))
    return "" if over.search(stage) else next(reasons, "")


@cache
def _stage_patterns() -> tuple[Mapping[str, re.Pattern[str]], re.Pattern[str]]:
    words = tomllib.loads(_STAGE_WORDS.read_text(encoding="utf-8"))
    waits = {reason: _any_of(terms) for reason, terms in words["waits"].items()}
    return waits, _any_of(words["over"]["words"])


def _any_of(terms: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_standing_alone, terms)), re.IGNORECASE)


def _standing_alone(term: str) -> str:
    pattern = re.escape(term).replace(r"\*", r"\w*")
    return pattern if term >= _IDEOGRAPHS else rf"(?<!\w){pattern}(?!\w)"


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
