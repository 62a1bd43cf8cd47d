"""Parameters of a template: `[parameters.model]`, `--set model=reranker`, `${model}`."""

import re
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, Final

from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.template.layers import Layer
from clickup_mlops.features.provisioning.template.parameter import (
    ESCAPE,
    PARAMETER,
    Parameter,
    Scalar,
)
from clickup_mlops.spelling import suggest_word

Values = Mapping[str, Scalar]
Location = tuple[int | str, ...]
WHOLE: Final = re.compile(r"\$\{([A-Za-z_]\w*)\}")
"""A text that is nothing but one parameter."""
_TRUTH: Final = {"true": True, "yes": True, "false": False, "no": False}


def parse_assignments(pairs: Iterable[str]) -> dict[str, str]:
    """`name=value` texts of the command line.

    Raises:
        InputError: one of them is no such pair.
    """
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise InputError(f'--set "{pair}": not NAME=VALUE', hint="--set model=reranker")
        values[name.strip()] = value
    return values


def values(declared: Mapping[str, Parameter], texts: Mapping[str, str]) -> dict[str, Scalar]:
    """Each parameter's value: as given, else its default.

    Raises:
        InputError: one is unknown, missing, of the wrong type or not a choice; all are listed.
    """
    problems = [_unknown(name, declared) for name in texts if name not in declared]
    result: dict[str, Scalar] = {}
    for name, parameter in declared.items():
        try:
            result[name] = _value(name, parameter, texts.get(name))
        except InputError as problem:
            problems.append(str(problem))
    if problems:
        raise InputError("; ".join(problems), hint=_help(declared))
    return result


def _unknown(name: str, declared: Mapping[str, Parameter]) -> str:
    return f'no parameter is called "{name}"{suggest_word(name, declared)}'


def _help(declared: Mapping[str, Parameter]) -> str:
    listed = "; ".join(f"{name}: {parameter.description}" for name, parameter in declared.items())
    return f"Parameters: {listed}" if listed else "This template has no parameters."


def _value(name: str, parameter: Parameter, text: str | None) -> Scalar:
    if text is None:
        if parameter.default is None:
            raise InputError(f'parameter "{name}" is missing: --set {name}=VALUE')
        return parameter.default
    if parameter.default and not text.strip():
        raise InputError(f"{name} is empty: leave it out for its default ({parameter.default})")
    value = _typed(name, parameter, text)
    if problem := parameter.problem(value):
        raise InputError(f'{name}="{text}" {problem}')
    return value


def _typed(name: str, parameter: Parameter, text: str) -> Scalar:
    if parameter.kind == "text":
        return text
    try:
        if parameter.kind == "boolean":
            return _TRUTH[text.strip().casefold()]
        return int(text) if re.fullmatch(r"\s*[-+]?\d+\s*", text) else _finite(text)
    except (KeyError, ValueError):
        kind = "true or false" if parameter.kind == "boolean" else "a number"
        raise InputError(f'{name}="{text}" is not {kind}') from None


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def filled(
    value: Any, values: Values, problems: list[tuple[Location, str]], at: Location = ()
) -> Any:
    """The value with every `${name}` in it replaced; `problems` gets what cannot be."""
    if isinstance(value, str):
        return _text(value, values, problems, at)
    if isinstance(value, list):
        return [filled(inner, values, problems, (*at, n)) for n, inner in enumerate(value)]
    if isinstance(value, Layer):
        result = Layer({}, value.file)
        for key, inner in value.items():
            name = str(_text(key, values, problems, (*at, key)))
            result.put(name, filled(inner, values, problems, (*at, key)), value.origins[key])
        return result
    return value


def _text(text: str, values: Values, problems: list[tuple[Location, str]], at: Location) -> Scalar:
    full_match = WHOLE.fullmatch(text)
    if full_match and full_match[1] in values:
        return values[full_match[1]]

    def replacement(match: re.Match[str]) -> str:
        if match[0] == ESCAPE:
            return "${"
        if match[1] not in values:
            problems.append((at, _problem(match)))
            return match[0]
        return _format_value(values[match[1]])

    return PARAMETER.sub(replacement, text)


def _problem(match: re.Match[str]) -> str:
    if match[1] is None:
        return f"`{match[0]}` is no parameter: write `${{name}}`, or `{ESCAPE}` for the characters"
    return f"no parameter is called `{match[1]}`"


def _format_value(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
