"""Conditions in CEL: the one wrapper of cel-expr-python.

Everything is checked when an automation is loaded: syntax, names, types, and that the answer is yes
or no. Evaluating never raises; an error, such as a missing key, is a value.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext.ext_strings import ExtStrings

from clickup_mlops.automations.conditions import bounded_texts, keyed, newlines
from clickup_mlops.automations.conditions.error_messages import LITERALS, explained, literals
from clickup_mlops.automations.conditions.functions import FUNCTIONS, Function
from clickup_mlops.automations.conditions.keyed import KEYED

# The library reports "<input>:LINE:COLUMN: message" and then draws its own picture.
_WHERE = re.compile(r"<input>:(\d+):(\d+): (.*?)(?:\n|\s*\[INVALID_ARGUMENT\]|$)", re.DOTALL)
# Looks ahead, since after a dot in a comment or text a name may begin.
_CHAIN = re.compile(r"(?<![\w.])(?=(\w+(?:\s*\.\s*\w+)*))")
# Anywhere: a comment may stand between the dot and the name.
_GROWS = re.compile(r"\b(?:map|filter|all|exists\w*|quote)\b")
_GROWTH = f"what it makes may hold over {bounded_texts.MOST} copies of what it reads"
_SPACED_DOT = re.compile(r"\s*\.\s*")


class CelError(Exception):
    """An expression that cannot be used. The message holds line, column and a caret."""

    def __init__(self, text: str, line: int, column: int, problem: str) -> None:
        self.line, self.column, self.problem = line, column, problem
        source = text.splitlines()[line - 1] if text.strip() else ""
        picture = f"  {source}\n  {' ' * (column - 1)}^"
        super().__init__(f"line {line}, column {column}: {problem}\n{picture}")


@dataclass(frozen=True, slots=True)
class EvalError:
    """Why a condition gave no answer for these values."""

    problem: str


class Expression:
    """One checked expression over a language's variables. `needs` are those that it mentions."""

    def __init__(
        self,
        text: str,
        compiled: Any,
        needs: tuple[str, ...],
        constants: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.text, self.needs = text, needs
        keyed_needs = KEYED.intersection(needs)
        self._keys = {name: keyed.names(text, name, constants) or () for name in keyed_needs}
        self._compiled, self._constants = compiled, constants

    def value(self, values: Mapping[str, Any]) -> Any:
        """The answer as plain Python, or an `EvalError`. Only what it needs is read."""
        data = {**self._constants, **{name: values[name] for name in self.needs}}
        for name, keys in self._keys.items():
            data[name] = data[name].of(keys)
        try:
            answer = self._compiled.eval(data=data)
            plain = answer.plain_value()
        except Exception as problem:  # too many steps, or a value that Python or CEL cannot hold
            return EvalError(str(problem))
        return EvalError(str(plain)) if answer.type() == cel.Type.ERROR else plain

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class Condition(Expression):
    """An expression whose answer is yes or no."""

    def holds(self, values: Mapping[str, Any]) -> bool | EvalError:
        """Yes, no, or why there is no answer."""
        answer: bool | EvalError = self.value(values)
        return answer


class Language:
    """The variables that expressions may use, each with its CEL type, such as `list<string>`.

    A name may have a dot (`task.name`): then each part of a task has its own type, and a part that
    does not exist is found when the automation is loaded, not when it runs. Constants are names
    whose value is known already: type and value. `among` are the types of the constants of several
    languages, which share what compiles their expressions; each knows only its own.
    """

    def __init__(
        self,
        variables: Mapping[str, str],
        constants: Mapping[str, tuple[str, Any]] = MappingProxyType({}),
        among: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.variables, self._among = variables, among
        self._constants = {name: value for name, (_type, value) in constants.items()}
        types = {**variables, **{name: kind for name, (kind, _value) in constants.items()}}
        self._own, self._shared = frozenset(types.items()), frozenset({**among, **types}.items())
        self._foreign = among.keys() - types

    def among(self, constants: Mapping[str, str]) -> "Language":
        """The same language as one of several: the types of the constants of all of them."""
        return Language(self.variables, among=constants)

    def extended(self, constants: Mapping[str, tuple[str, Any]]) -> "Language":
        """The same language with constants."""
        return Language(self.variables, constants, self._among) if constants else self

    def condition(self, text: str) -> Condition:
        """The checked condition.

        Raises:
            CelError: wrong syntax, an unknown name, types that do not fit, or no yes-or-no answer.
        """
        text, compiled = self._compiled(text)
        if compiled.return_type() != cel.Type.BOOL:
            result = compiled.return_type().name().lower()
            raise CelError(text, 1, 1, f"the answer must be true or false, this gives {result}")
        return Condition(text, compiled, self._needs(text), self._constants)

    def expression(self, text: str) -> Expression:
        """The checked expression, whatever the type of its answer. Raises CelError."""
        text, compiled = self._compiled(text)
        return Expression(text, compiled, self._needs(text), self._constants)

    def _compiled(self, text: str) -> tuple[str, Any]:
        """The text that could be compiled, and the result."""
        try:
            environment = self._environment(text)
            compiled = environment.compile(text)
        except (RuntimeError, ValueError) as problem:
            escaped = newlines.escaped(text)
            if escaped == text:
                raise self._explained(text, str(problem)) from None
            return self._compiled(escaped)
        self._check_literals(text)
        self._check_names(text)
        if (
            _GROWS.search(text)
            and bounded_texts.measure_growth(compiled.serialize()) > bounded_texts.MOST
        ):
            raise CelError(text, 1, 1, _GROWTH)
        return text, bounded_texts.bounded(environment, text, compiled)

    def _environment(self, text: str) -> Any:
        names_foreign = not self._foreign.isdisjoint(_find_names(text))
        return _environment(self._own if names_foreign else self._shared)

    def _check_names(self, text: str) -> None:
        for name in KEYED & self.variables.keys():
            if keyed.names(text, name, self._constants) is None:
                raise CelError(text, 1, 1, keyed.HINT.format(name))

    def _check_literals(self, text: str) -> None:
        """A constant such as `duration("7d")` is wrong whatever the situation is."""
        for function, call, at in literals(text):
            if self._environment(call).compile(call).eval(data={}).type() == cel.Type.ERROR:
                before = text[:at]
                line, column = before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
                raise CelError(text, line, column, f"`{call}`: {LITERALS[function]}")

    def _needs(self, text: str) -> tuple[str, ...]:
        """The variables whose names occur; one in a string does no harm."""
        names = _find_names(text)
        return tuple(name for name in self.variables if name in names)

    def _explained(self, text: str, report: str) -> CelError:
        match = _WHERE.search(report)
        if match is None:
            return CelError(text, 1, 1, report)
        # A missing closing bracket is reported at the end, which may be a line that is not there.
        lines = text.splitlines() or [""]
        line = min(int(match[1]), len(lines))
        message = match[3].replace(" (in container '')", "")
        names = [*self.variables, *self._constants]
        return CelError(text, line, int(match[2]), explained(message, lines[line - 1], names))


@lru_cache(maxsize=32)
def _environment(variables: frozenset[tuple[str, str]]) -> Any:
    """One for each set of names and types: it takes a quarter of a megabyte."""
    types = {name: cel.Type(kind) for name, kind in sorted(variables)}
    functions = [*_declared(FUNCTIONS), *bounded_texts.DECLARED]
    return cel.NewEnv(variables=types, extensions=[ExtStrings()], functions=functions)


def _declared(functions: Iterable[Function]) -> Iterator[Any]:
    by_name = attrgetter("name")
    for name, overloads in groupby(sorted(functions, key=by_name), by_name):
        yield cel.FunctionDecl(name, [_overload(function) for function in overloads])


def _overload(function: Function) -> Any:
    parameters = [cel.Type(parameter) for parameter in function.parameters]
    unique = "_".join(
        [function.name, *(re.sub(r"\W+", "_", parameter) for parameter in function.parameters)]
    )
    return cel.Overload(
        unique, cel.Type(function.type), parameters, is_member=True, impl=function.call
    )


def _find_names(text: str) -> frozenset[str]:
    """What occurs in it, with all that it may be a part of: of `a.b`, both `a` and `a.b`."""
    chains = (_SPACED_DOT.sub(".", chain).split(".") for chain in _CHAIN.findall(text))
    return frozenset(
        ".".join(parts[:count]) for parts in chains for count in range(1, len(parts) + 1)
    )
