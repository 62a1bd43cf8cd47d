"""Texts with CEL in them, for actions' options: `"Waits ${now - task.created}, ${task.name}"`.

Checked when the automation is loaded; `$${` stands for a literal `${`.
"""

import math
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from clickup_mlops.automations.conditions.cel import CelError, EvalError, Expression, Language
from clickup_mlops.automations.conditions.shown import format_duration, split_markdown
from clickup_mlops.automations.model import Situation, Unanswered
from clickup_mlops.automations.variables import LANGUAGE, MARKDOWN, values_of
from clickup_mlops.clickup.blocks import escape_markdown, format_mention
from clickup_mlops.views.text import localize

_QUOTES = "\"'"
_MENTION = re.compile(r"\s*mention\((?P<names>[^\0]*)\)\s*\Z")
_TOOLS_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\dZ")
"""As reports hold them."""
_LITERAL = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")


class Mention:
    """`${mention(NAME)}`: a member, a group, who is on call, or a list of names."""

    def __init__(self, names: Expression) -> None:
        self._names = names

    def fill(self, situation: Situation) -> str:
        """The mentions as Markdown. A name that comes from a task and is nobody's stays a name."""
        answer = self._names.value(values_of(situation))
        if isinstance(answer, EvalError):
            raise Unanswered(f"mention: {answer.problem}")
        names = answer if isinstance(answer, list) else format_value(answer).split(",")
        return " ".join(self._mention(str(name).strip(), situation) for name in names if name)

    def _mention(self, name: str, situation: Situation) -> str:
        try:
            people = situation.names.people(name)
        except Unanswered:
            if not self._names.needs:
                raise
            return escape_markdown(name)
        return " ".join(format_mention(person.id, person.username) for person in people)


class Text:
    """One template; the type of an option that takes text.

    Raises:
        CelError: an expression in it cannot be used; line, column and caret are the template's.
    """

    mentions = False
    """Whether `${mention(…)}` may stand in it."""

    def __init__(self, source: str, language: Language = LANGUAGE) -> None:
        self.source = source
        self._parts = tuple(_parts(source, language, mentions=self.mentions))

    @staticmethod
    def escape(value: str) -> str:
        """How a value is written into the text, so that it shows as it is."""
        return value

    def fill(self, situation: Situation) -> str:
        """The text for this situation.

        Raises:
            Unanswered: an expression has no answer here; the engine makes it a `Problem`.
        """
        return "".join(_filled(part, situation, self.escape) for part in self._parts)

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        return f"Text({self.source!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and other.source == self.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __deepcopy__(self, _memo: object) -> Self:
        """Itself: nothing in it changes, and expressions cannot be copied."""
        return self

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _next: GetCoreSchemaHandler) -> CoreSchema:
        """Text in a file; a wrong expression is a problem of that key. The automation's own
        language may be the context of the validation.
        """
        return core_schema.with_info_plain_validator_function(
            cls._read, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def _read(cls, value: Any, info: Any) -> "Text":
        if isinstance(value, Text):
            return value
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "Input should be a valid string")
        try:
            return cls(value, info.context or LANGUAGE)
        except CelError as problem:
            raise PydanticCustomError("text", "{problem}", {"problem": str(problem)}) from None


class Title(Text):
    """One template of a name that people read, such as a page's. Times are in the team's zone."""

    def fill(self, situation: Situation) -> str:
        """The name for this situation. Raises Unanswered."""
        return localize(super().fill(situation), situation.zone)


class Markdown(Title):
    """One template of a comment, message, page or description. What people wrote is no Markdown
    there; the author's own text is, also inside of an expression. Times are in the team's zone.
    """

    mentions = True

    @staticmethod
    def escape(value: str) -> str:
        """Without marks, links and mentions; a tool's time as all texts show times."""
        time = _TOOLS_TIME.fullmatch(value)
        return f"{time[1]} {time[2]} UTC" if time else escape_markdown(value)


def format_value(value: Any) -> str:
    """A CEL value as people write it: lists with commas, times in UTC, durations as `3d 4h`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and math.isnan(value):
        return "unknown"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, list):
        return ", ".join(map(format_value, value))
    return "" if value is None else str(value)


def _filled(
    part: str | Expression | Mention, situation: Situation, escape: Callable[[str], str]
) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Mention):
        return part.fill(situation)
    answer = part.value(values_of(situation))
    if isinstance(answer, EvalError):
        raise Unanswered(f"text: ${{{part.text}}}: {answer.problem}")
    if part.text.strip() in MARKDOWN:
        return format_value(answer)
    return "".join(
        text if is_markdown else _escaped(text, part.text, escape)
        for text, is_markdown in split_markdown(format_value(answer))
    )


def _escaped(text: str, expression: str, escape: Callable[[str], str]) -> str:
    """The text with all escaped that is not a literal of the expression."""
    literals = sorted({_inner(literal) for literal in _LITERAL.findall(expression)} - {""}, key=len)
    if not literals:
        return escape(text)
    pieces = re.split("(" + "|".join(map(re.escape, reversed(literals))) + ")", text)
    return "".join(piece if at % 2 else escape(piece) for at, piece in enumerate(pieces))


def _inner(literal: str) -> str:
    """The text that a literal stands for."""
    inner = re.sub(r"\\(.)", lambda match: {"n": "\n"}.get(match[1], match[1]), literal[1:-1])
    return inner if re.search(r"[*`\[\]<>~|_@]", inner) else ""


def _parts(
    source: str, language: Language, *, mentions: bool
) -> Iterator[str | Expression | Mention]:
    at = 0
    while (start := source.find("${", at)) >= 0:
        if source[start - 1 : start] == "$":
            yield source[at : start - 1] + "${"
            at = start + 2
            continue
        yield source[at:start]
        end = _end(source, start + 2)
        match = _MENTION.match(source, start + 2, end) if mentions else None
        if match:
            yield Mention(_compiled(source, *match.span("names"), language))
        else:
            yield _compiled(source, start + 2, end, language)
        at = end + 1
    yield source[at:]


def _end(source: str, start: int) -> int:
    """Where the expression's own closing brace is."""
    depth, quote, at = 0, "", start
    while at < len(source):
        char = source[at]
        if quote:
            at += char == "\\"
            quote = "" if char == quote else quote
        elif char in _QUOTES:
            quote = char
        elif char == "}" and depth == 0:
            return at
        else:
            depth += (char == "{") - (char == "}")
        at += 1
    raise CelError(source, *_place(source, start - 2), "this `${` is not closed with `}`")


def _compiled(source: str, start: int, end: int, language: Language) -> Expression:
    try:
        return language.expression(source[start:end])
    except CelError as problem:
        line, column = _place(source, start)
        if problem.line > 1:
            column = 1
        column += problem.column - 1
        raise CelError(source, line + problem.line - 1, column, problem.problem) from None


def _place(source: str, at: int) -> tuple[int, int]:
    """Line and column of a character, counted from 1."""
    before = source[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
