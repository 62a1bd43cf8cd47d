"""A request to ClickUp as a value. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from clickup_mlops.errors import ApiError, InputError, RetryableApiError, UncertainWrite
from clickup_mlops.json_types import Json

Query = Sequence[tuple[str, str]]
File = tuple[str, Any, str]
"""Name, bytes or an open binary file, media type."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `route` is a template such as `/api/v2/task/{task_id}`.

    `idempotent` says whether sending it twice does no more than sending it once.
    """

    method: str
    route: str
    path: Mapping[str, str | int] = field(default_factory=dict)
    query: Query = ()
    body: Json = None
    files: Mapping[str, File] | None = None
    idempotent: bool = True

    @property
    def name(self) -> str:
        """Method and route template, without ids."""
        return f"{self.method} {self.route}"

    def url(self, base: str) -> str:
        """The address. Raises InputError for an id that is empty or would change the path."""
        return base + self.route.format_map({k: _quote_segment(k, v) for k, v in self.path.items()})

    def as_uncertain(self, problem: ApiError) -> ApiError:
        """The problem of a call that may have been executed: not to be repeated blindly."""
        return problem if self.idempotent else self.build_uncertain(problem)

    def build_uncertain(self, problem: ApiError) -> UncertainWrite:
        """The problem of a call that may have been executed, though it could be repeated."""
        return UncertainWrite(
            f"{problem} - it may have happened",
            status=problem.status,
            code=problem.code,
            call=self.name,
            hint="Read the object's state before writing again.",
        )


class NotSent(RetryableApiError):
    """The request never left: everything may be repeated."""


class Dropped(RetryableApiError):
    """The server closed the connection without an answer, as it may do with an idle one."""


def _quote_segment(name: str, value: str | int) -> str:
    text = str(value)
    # An empty or relative segment would address another resource, and could delete it.
    if text in ("", ".", "..", "None"):
        raise InputError(f"{name} is missing or not usable: {text!r}")
    return quote(text, safe="")
