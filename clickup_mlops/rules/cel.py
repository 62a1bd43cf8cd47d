"""Conditions in CEL: the one wrapper of cel-expr-python.

Everything is checked when a rule is loaded: syntax, names, types, and that the answer is yes or
no. Evaluating never raises; an error, such as a missing key, is a value.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cel_expr_python import cel

# The library reports "<input>:LINE:COLUMN: message" and then draws its own picture.
_UNKNOWN = re.compile(r"undeclared reference to '([^']+)'")
_WHERE = re.compile(r"<input>:(\d+):(\d+): (.*?)(?:\n|\s*\[INVALID_ARGUMENT\]|$)", re.DOTALL)


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


class Condition:
    """One checked expression over a language's variables."""

    def __init__(self, text: str, compiled: Any) -> None:
        self.text = text
        self._compiled = compiled

    def holds(self, values: Mapping[str, Any]) -> bool | EvalError:
        """Yes, no, or why there is no answer. `values` has every variable of the language."""
        answer = self._compiled.eval(data=values)
        if answer.type() == cel.Type.BOOL:
            return bool(answer.value())
        return EvalError(str(answer.value()))

    def __repr__(self) -> str:
        return f"Condition({self.text!r})"


class Language:
    """The variables that expressions may use, each with its CEL type, such as `list<string>`.

    A name may have a dot (`task.name`): then each part of a task has its own type, and a part that
    does not exist is found when the rule is loaded, not when it runs.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self._env = cel.NewEnv(variables={name: cel.Type(t) for name, t in variables.items()})

    def condition(self, text: str) -> Condition:
        """The checked condition.

        Raises:
            CelError: wrong syntax, an unknown name, types that do not fit, or no yes-or-no answer.
        """
        try:
            compiled = self._env.compile(text)
        except (RuntimeError, ValueError) as problem:
            raise self._explained(text, str(problem)) from None
        if compiled.return_type() != cel.Type.BOOL:
            got = compiled.return_type().name().lower()
            raise CelError(text, 1, 1, f"the answer must be true or false, this gives {got}")
        return Condition(text, compiled)

    def _explained(self, text: str, report: str) -> CelError:
        found = _WHERE.search(report)
        if found is None:
            return CelError(text, 1, 1, report)
        message = found[3].replace(" (in container '')", "") + self._meant(found[3])
        # A missing closing bracket is reported at the end, which may be a line that is not there.
        line = min(int(found[1]), max(1, len(text.splitlines())))
        return CelError(text, line, int(found[2]), message)

    def _meant(self, message: str) -> str:
        """The variable that looks most like an unknown name."""
        unknown = _UNKNOWN.search(message)
        near = difflib.get_close_matches(unknown[1], self.variables, n=1) if unknown else []
        return f"; did you mean '{near[0]}'?" if near else ""
