"""What is wrong with an expression, in the words of its author, and what was probably meant. Pure.

The library reports types and operators by internal names, such as `_==_` and `list(string)`.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

from clickup_mlops.automations.conditions.functions import FUNCTIONS
from clickup_mlops.spelling import suggest_word

_MEANT: Final = "; did you mean '{}'?"
_UNKNOWN: Final = re.compile(r"undeclared reference to '([^']+)'")
_OVERLOAD: Final = re.compile(r"found no matching overload for '([^']+)' applied to '\((.*)\)'")
_WORD: Final = re.compile(r"Syntax error: (?:mismatched|extraneous) input '(\w+)'")
_LITERAL: Final = re.compile(r"""\b(duration|timestamp)\(\s*("[^"\\]*"|'[^'\\]*')\s*\)""")
_TYPES: Final = {
    "google.protobuf.Duration": "duration",
    "google.protobuf.Timestamp": "timestamp",
    "list(string)": "list of text",
    "string": "text",
    "int": "whole number",
    "double": "number",
    "bool": "true or false",
    "dyn": "any",
}
_WORDS: Final = {"and": "&&", "or": "||", "not": "!"}
_BUILT_IN: Final = """
contains startsWith endsWith matches size has all exists exists_one filter map duration timestamp
int double string lowerAscii upperAscii replace split join trim indexOf substring getFullYear
getMonth getDate getDayOfWeek getHours getMinutes
"""
_FUNCTIONS: Final = (*sorted({function.name for function in FUNCTIONS}), *_BUILT_IN.split())
LITERALS: Final = {
    "duration": 'a duration is written in hours, minutes or seconds: duration("168h") is a week',
    "timestamp": 'a time is written as timestamp("2026-03-01T09:00:00Z")',
}
"""How the argument of these functions is written."""
_NUMBERED: Final = "; priorities are numbers: 1 Urgent, 2 High, 3 Normal, 4 Low, 0 none"


def explained(message: str, line: str, names: Collection[str]) -> str:
    """The library's message about this line; `known` are the names that it may use."""
    if unknown := _UNKNOWN.search(message):
        near = suggest_word(unknown[1], names, _MEANT, cutoff=0.6)
        return message + (near or suggest_word(unknown[1], _FUNCTIONS, _MEANT, cutoff=0.6))
    if overload := _OVERLOAD.search(message):
        return _overloaded(overload[1].strip("_@"), overload[2], line)
    word = _WORD.search(message)
    if word and word[1] in _WORDS:
        return f"write `{_WORDS[word[1]]}` for `{word[1]}`"
    if (
        "token recognition error at: '='" in message
        or "token recognition error at: '= '" in message
    ):
        return "write `==` to compare"
    return message


def literals(text: str) -> Iterator[tuple[str, str, int]]:
    """The constant durations and times of an expression: function, whole call and its place."""
    for match in _LITERAL.finditer(text):
        yield match[1], match[0], match.start()


def _overloaded(operator: str, types_text: str, line: str) -> str:
    types = [_TYPES.get(type_name, type_name) for type_name in types_text.split(", ")]
    listed = " and ".join(types)
    return f"`{operator}` cannot be used with {listed}{_instead(operator, set(types), line)}"


def _instead(operator: str, types: set[str], line: str) -> str:
    if types == {"whole number", "text"} and "task.priority" in line:
        return _NUMBERED
    if types == {"number", "whole number"}:
        return "; write the whole number as 3.0"
    for kind in types & LITERALS.keys():
        return f"; {LITERALS[kind]}"
    if operator == "in":
        return '; write the right side as a list: ["one", "two"]'
    if operator == "contains" and "list of text" in types:
        return '; write `"one" in LIST`'
    return ""
