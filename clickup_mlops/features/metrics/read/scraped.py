"""What sources that read a page in the Prometheus text format share."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from pydantic import Field, HttpUrl, SecretStr

from clickup_mlops.features.metrics.derive.formulas import Measure
from clickup_mlops.features.metrics.read.exposition import IsWanted, is_page, parse
from clickup_mlops.features.metrics.scrape import Sample, Scrape, scrape
from clickup_mlops.features.metrics.source import (
    Reader,
    Source,
    SourceError,
    SourceTable,
    format_address,
)

_OPEN_IT: Final = "Is this the address of a metrics page? Open it in a browser."
_NONE_YET: Final = "is it the address of another server? One that is new may have none yet."
_SHOWN: Final = 80
Normalise = Callable[[Iterable[Sample]], Iterable[Sample]]


class PageTable(SourceTable):
    """A page in the Prometheus text format."""

    url: HttpUrl
    """Its address."""
    bearer: SecretStr = SecretStr("")
    """Sent as `Authorization: Bearer …`."""
    headers: Mapping[str, str] = Field({})
    """Other headers to send; no secrets."""

    def build_headers(self) -> Mapping[str, str]:
        """All headers of a request."""
        token = self.bearer.get_secret_value()
        headers = {"Accept": "text/plain;version=0.0.4", **self.headers}
        return headers | ({"Authorization": f"Bearer {token}"} if token else {})


def page(
    is_wanted: IsWanted,
    measures: tuple[Measure, ...],
    normalise: Normalise = iter,
    settings: type[PageTable] = PageTable,
) -> Source[Any]:
    """A kind of source that reads one page. `normalise` renames and drops samples."""

    def collect(table: PageTable, reader: Reader, now_ms: int) -> Scrape:
        text = reader.text(str(table.url), table.build_headers(), table.timeout.total_seconds())
        exposition = parse(text, is_wanted)
        if exposition.samples:
            return scrape(now_ms, normalise(exposition.samples), exposition.problems)
        if exposition.problems or not is_page(text):
            problem = (
                exposition.problems[0]
                if exposition.problems
                else f"no metrics page: {_begin(text)!r}"
            )
            raise SourceError(f"{format_address(table.url)}: {problem}", hint=_OPEN_IT)
        remark = f"{format_address(table.url)} has no metric of kind {table.kind}: {_NONE_YET}"
        return Scrape(now_ms, (), remark=remark)

    return Source(settings, collect, measures)


def _begin(text: str) -> str:
    return " ".join(text[:_SHOWN].split())
