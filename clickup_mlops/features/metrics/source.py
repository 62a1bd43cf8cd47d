"""What a kind of source is: settings, how it is scraped, and the measures it gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from pydantic import Field

from clickup_mlops.config import Table
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.metrics.derive.formulas import Measure
from clickup_mlops.features.metrics.scrape import Scrape
from clickup_mlops.json_types import Json


class SourceError(ClickUpMlopsError):
    """A source could not be read, or what it said makes no sense. Another time it may."""


def format_address(url: object) -> str:
    """An address for people: without what may be secret, the password and what is asked."""
    try:
        parts = urlsplit(str(url))
    except ValueError:
        return "a malformed address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class Reader(Protocol):
    """How sources reach the world; each call is bounded in time and size and raises SourceError."""

    def text(self, url: str, headers: Mapping[str, str], timeout_s: float) -> str:
        """The body of a GET."""

    def json(
        self,
        url: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        timeout_s: float,
        body: Json = None,
    ) -> Json:
        """The answer to a GET, or with a body to a POST, read as JSON."""

    def file(self, path: str) -> str:
        """A text file, as UTF-8."""

    def addresses(self, name: str) -> Sequence[str]:
        """The IP addresses that a name has, sorted."""

    def paths(self, pattern: str) -> Sequence[str]:
        """The files that a pattern names, sorted."""

    def files(self, pattern: str) -> Mapping[str, str]:
        """Small text files by path, stripped; those that cannot be read are left out."""

    def output(
        self, command: Sequence[str], timeout_s: float, environment: Sequence[str] = ()
    ) -> str:
        """Standard output of a command that ended with 0. It sees only harmless variables, and
        those that `environment` names.
        """


class SourceTable(Table):
    """Settings that every kind of source has."""

    kind: str
    """The kind of source."""
    every: timedelta = Field(timedelta(minutes=1), ge=timedelta(seconds=15))
    """How often it is scraped. Rates are over this long."""
    timeout: timedelta = Field(timedelta(seconds=10), gt=timedelta(0), le=timedelta(minutes=5))
    """The longest that one scrape may take."""
    silent_after: timedelta | None = Field(None, ge=timedelta(minutes=1))
    """Report it as silent if no scrape succeeds for so long: the automation `silent_source` makes a
    task of it."""


S = TypeVar("S", bound=SourceTable, contravariant=True)


@dataclass(frozen=True, slots=True)
class Source(Generic[S]):
    """A kind of source. `measures` are empty where each sample is a reading of its own."""

    settings: type[Any]
    collect: Callable[[S, Reader, int], Scrape]
    """Settings, how to reach the world, now in Unix ms. Raises SourceError."""
    measures: tuple[Measure, ...] = ()
