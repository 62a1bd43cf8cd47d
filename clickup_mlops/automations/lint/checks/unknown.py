"""`unknown`: names of Lists, statuses, fields, tags and people that nobody has."""

import re
from collections.abc import Iterator
from typing import Any, Final

from clickup_mlops.automations.lint.model import Check, Remark, Subject
from clickup_mlops.automations.model import Automation, Step
from clickup_mlops.automations.names import NEXT
from clickup_mlops.automations.text import Text
from clickup_mlops.spelling import SENTENCE, suggest_word

NAME = "unknown"
_TEXT: Final = r"""(?:"([^"\\]*)"|'([^'\\]*)')"""
_COMPARED: Final = re.compile(rf"task\.(?:parent\.)?(list|status)\s*(?:==|!=)\s*{_TEXT}")
_AMONG: Final = re.compile(r"task\.(?:parent\.)?(list|status)\s+in\s*\[([^\]]*)\]")
_TAGGED: Final = re.compile(rf"{_TEXT}\s+in\s+task\.(?:parent\.)?tags")
_FIELD: Final = re.compile(
    rf"task\.(?:parent\.)?fields\s*(?:\[|\.\s*(?:number|text)\s*\()\s*{_TEXT}"
    rf"|{_TEXT}\s+in\s+task\.(?:parent\.)?fields"
)
_QUOTED: Final = re.compile(_TEXT)
_OPTIONS: Final = ("list", "status", "field", "user")
"""Options of actions that hold such a name, whatever the action."""

Named = tuple[str, str, bool]
"""What sort of thing, its name, and whether upper and lower case make a difference."""


def look(subject: Subject) -> Iterator[Remark]:
    """A name that looks like a known one is a warning; others may only not have been seen yet."""
    for automation in subject.active:
        for kind, name, exact in dict.fromkeys(_names(automation)):
            names = subject.known.names.get(kind) or frozenset()
            if names and not _is_known(name, names, exact=exact):
                yield _remark(automation, kind, name, names)


def _is_known(name: str, names: frozenset[str], *, exact: bool) -> bool:
    return name in names if exact else name.strip().casefold() in set(map(str.casefold, names))


def _remark(automation: Automation, kind: str, name: str, names: frozenset[str]) -> Remark:
    # So alike that it is hardly another name.
    guess = suggest_word(name, sorted(names), SENTENCE, cutoff=0.75)
    text = f'no {kind} is known by the name "{name}"'
    if _is_known(name, names, exact=False):
        text = f'"{name}" is no {kind}: upper and lower case matter here'
    if guess:
        return Remark(NAME, "warning", (automation.name,), text, guess)
    hint = "It may be new, or no open task has it; look at its spelling."
    return Remark(NAME, "note", (automation.name,), text, hint)


def _names(automation: Automation) -> Iterator[Named]:
    for condition in automation.conditions:
        yield from _in_condition(condition.text)
    for step in (*automation.do, *automation.then):
        yield from _in_step(step)
    for name in automation.canary.lists if automation.canary else ():
        if not name.isdigit():
            yield "list", name, True


def _in_condition(text: str) -> Iterator[Named]:
    """The names that an expression compares with, as they are written."""
    for kind, *name in _COMPARED.findall(text):
        yield kind, "".join(name), True
    for kind, names in _AMONG.findall(text):
        for match in _QUOTED.findall(names):
            yield kind, "".join(match), True
    for kind, pattern in (("tag", _TAGGED), ("field", _FIELD)):
        yield from ((kind, "".join(match), True) for match in pattern.findall(text))


def _in_step(step: Step) -> Iterator[Named]:
    for option in _OPTIONS:
        name = _plain(getattr(step.options, option, None))
        for part in name.split(",") if option == "user" else [name]:
            person = part.strip().removeprefix(NEXT)
            if person and not person.isdigit() and not person.startswith(("on_call", "rotation:")):
                yield option, person, False


def _plain(value: Any) -> str:
    """The text, if it is one that does not depend on the situation."""
    text = str(value) if isinstance(value, str | Text) else ""
    return "" if "${" in text else text


CHECK = Check("Names of Lists, statuses, fields, tags and people that are not known.", look)
