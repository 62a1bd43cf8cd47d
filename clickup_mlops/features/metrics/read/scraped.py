"""What sources that read pages in the Prometheus text format share."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any, Final

from clickup_mlops.features.metrics.derive.formulas import Measure
from clickup_mlops.features.metrics.read.exposition import IsWanted, is_page, parse
from clickup_mlops.features.metrics.read.settings import PageTable
from clickup_mlops.features.metrics.read.targets import Target, targets
from clickup_mlops.features.metrics.scrape import Sample, Scrape, TooManySeries, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, format_address
from clickup_mlops.spelling import format_count

_OPEN_IT: Final = "Is this the address of a metrics page? Open it in a browser."
_NONE_YET: Final = "is it the address of another server? One that is new may have none yet."
_SHOWN: Final = 80
_WORKERS: Final = 32
"""Targets of a fleet that are read at the same time."""
_MOST_SENTENCES: Final = 5
Normalise = Callable[[Iterable[Sample]], Iterable[Sample]]


def page(
    is_wanted: IsWanted,
    measures: tuple[Measure, ...],
    normalise: Normalise = iter,
    settings: type[PageTable] = PageTable,
) -> Source[Any]:
    """A kind of source that reads one page, or those of a fleet. `normalise` renames and drops
    samples.
    """

    def read(table: PageTable, target: Target, text: str, now_ms: int) -> Scrape:
        exposition = parse(text, is_wanted)
        where = format_address(target.url)
        if exposition.samples:
            return scrape(now_ms, normalise(exposition.samples), exposition.problems)
        if exposition.problems or not is_page(text):
            problem = (*exposition.problems, f"no metrics page: {_begin(text)!r}")[0]
            raise SourceError(f"{where}: {problem}", hint=_OPEN_IT)
        remark = f"{where} has no metric of kind {table.kind}: {_NONE_YET}"
        return Scrape(now_ms, (), remark=remark)

    def collect(table: PageTable, reader: Reader, now_ms: int) -> Scrape:
        return read_targets(table, reader, now_ms, read)

    return Source(settings, collect, measures)


def read_targets(
    table: PageTable,
    reader: Reader,
    now_ms: int,
    read: Callable[[Any, Target, str, int], Scrape],
) -> Scrape:
    """What `read` makes of each target's page. Of a fleet a target that fails loses no other.

    Raises:
        SourceError: there is one page and it cannot be read, or no target can.
    """

    def fetch(target: Target) -> str:
        return reader.text(target.url, table.build_headers(), table.timeout.total_seconds())

    fleet = targets(table, reader)
    if not table.is_fleet:
        return _labelled(fleet[0], read(table, fleet[0], fetch(fleet[0]), now_ms))
    answers: dict[Target, Scrape | str] = dict.fromkeys(fleet, "")
    for target, page_text in _fetch_all(fleet, fetch):
        try:
            answers[target] = read(table, target, page_text.result(), now_ms)
        except (SourceError, TooManySeries) as problem:
            answers[target] = str(problem)
        except (KeyError, TypeError, ValueError) as problem:
            why = f"its answer makes no sense: {type(problem).__name__}: {problem}"
            answers[target] = f"{format_address(target.url)}: {why}"
    return _together(now_ms, answers)


def _fetch_all(
    fleet: Sequence[Target], fetch: Callable[[Target], str]
) -> Iterator[tuple[Target, Future[str]]]:
    """Each with its page, in the order in which they answer. A few are asked at a time, and the
    next one when a page has been read: pages are large.
    """
    waiting = iter(fleet)
    with ThreadPoolExecutor(_WORKERS, "target") as workers:
        running = {workers.submit(fetch, target): target for target in islice(waiting, _WORKERS)}
        while running:
            ended, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                yield running.pop(future), future
                for target in islice(waiting, 1):
                    running[workers.submit(fetch, target)] = target


def _labelled(target: Target, page_scrape: Scrape) -> Scrape:
    """A target with labels of its own is a fleet of one."""
    if not target.labels:
        return page_scrape
    parts = {target.labels: page_scrape}
    return Scrape(page_scrape.at_ms, (), page_scrape.problems, page_scrape.remark, parts)


def _together(now_ms: int, answers: Mapping[Target, Scrape | str]) -> Scrape:
    parts, problems, remarks = {}, list[str](), list[str]()
    for target, answer in answers.items():
        if isinstance(answer, str):
            problems.append(answer)
        elif target.labels in parts:
            where = format_address(target.url)
            problems.append(f"{where}: left out, as another target has the same labels")
        else:
            parts[target.labels] = answer
            problems += answer.problems
            remarks += filter(None, [answer.remark])
    if not parts:
        raise SourceError(f"none of {format_count(len(problems), 'target')}: {problems[0]}")
    return Scrape(now_ms, (), _few(problems), "; ".join(_few(remarks)), parts)


def _few(sentences: list[str]) -> tuple[str, ...]:
    """The first ones, and how many more there are: of a fleet there may be hundreds."""
    more = len(sentences) - _MOST_SENTENCES
    return (*sentences[:_MOST_SENTENCES], *([f"and {more} more"] if more > 0 else []))


def _begin(text: str) -> str:
    return " ".join(text[:_SHOWN].split())
