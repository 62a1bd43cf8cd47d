"""The reference page of the ClickUp client, from its methods."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.client.base import Resource
from clickup_mlops.clickup.client.task_body import Dates

_GLUE = "\x00"
_ADDRESS = re.compile(r"https://developer\.clickup\.com/\S+")


def lines() -> Iterator[str]:
    """Each resource with its methods: signature, meaning, and ClickUp's own page."""
    yield "The methods of `ClickUp(token)`; see [Use the client](../how-to/use-the-client.md)."
    yield "Times are Unix milliseconds. Any method may raise what `ClickUp` lists; errors"
    yield "of its own are with it. Arguments of all listings are `Filters`; of dates:"
    yield from ("", f"`Dates`: {' '.join((Dates.__doc__ or '').split())}")
    with ClickUp("pk_reference") as clickup:
        for name, resource in vars(clickup).items():
            if isinstance(resource, Resource):
                yield from _describe_resource(name, type(resource))


def _describe_resource(name: str, kind: type[Any]) -> Iterator[str]:
    yield from ("", f"## `{name}`", "", inspect.cleandoc(kind.__doc__ or ""))
    for method_name, method in vars(kind).items():
        if isinstance(method, FunctionType) and not method_name.startswith("_"):
            yield from _describe_method(f"{name}.{method_name}", method)


def _describe_method(name: str, method: FunctionType) -> Iterator[str]:
    text = inspect.cleandoc(method.__doc__ or "")
    addresses = _ADDRESS.findall(text)
    meaning = _ADDRESS.sub("", text).strip()
    yield from ("", f"### `{name}`", "", "```python", _format_signature(name, method), "```", "")
    text_of_errors = re.sub(r"(?m)^    (\w+): ", r"- `\1`: ", re.sub(r"\n{3,}", "\n\n", meaning))
    yield text_of_errors.replace("Raises:\n", "Raises:\n\n").replace("\n        ", "\n  ")
    if addresses:
        links = (f"[{address.rpartition('/')[2]}]({address})" for address in addresses)
        yield from ("", f"ClickUp: {', '.join(links)}")


def _format_signature(name: str, method: FunctionType) -> str:
    """As it is written: what `inspect` prints differs between versions of Python."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(method))).body
    assert isinstance(definition, ast.FunctionDef)
    arguments = ast.unparse(definition.args).removeprefix("self, ").removeprefix("self")
    line = f"{name}({arguments}) -> {ast.unparse(definition.returns or ast.Constant(None))}"
    # Broken between parameters only.
    glued = line.replace(" ", _GLUE).replace(f",{_GLUE}", ", ")
    filled = textwrap.fill(glued, 96, subsequent_indent="    ", break_long_words=False)
    return filled.replace(_GLUE, " ")
