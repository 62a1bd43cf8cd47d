"""Each source is read by its own clock."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import pytest

from clickup_mlops.features.metrics.jobs.scraper import Scraper
from clickup_mlops.features.metrics.read.collect import Collector
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.settings import MetricsSettings, kinds
from clickup_mlops.features.metrics.source import SourceError


class Pages(WorldReader):
    """`slow` answers when `goes_on` is set, `dead` never does."""

    def __init__(self) -> None:
        self.reads: Counter[str] = Counter()
        self.goes_on = threading.Event()

    def text(self, url: str, headers: Mapping[str, str], timeout_s: float) -> str:
        name = url.rpartition("/")[2]
        self.reads[name] += 1
        if name == "slow":
            self.goes_on.wait(20)
        if name == "dead":
            raise SourceError("no answer")
        return "nv_inference_pending_request_count 1\n"


class Clock:
    """Set by hand."""

    now = 1_000_000

    def __call__(self) -> int:
        return self.now


def scraper_of(pages: Pages, clock: Clock, **every_s: int) -> Scraper:
    sources = {
        name: {"kind": "triton", "url": f"http://host/{name}", "every": every}
        for name, every in every_s.items()
    }
    settings = MetricsSettings(sources=sources)
    return Scraper(Collector(settings.sources, kinds, pages), clock)


def test_a_source_is_read_when_it_is_due() -> None:
    """However often passes look, and one that fails is tried again before its long time is over."""
    pages, clock = Pages(), Clock()
    scraper = scraper_of(pages, clock, often=15, rarely=600, dead=600)
    for _ in range(9):
        scraper.scrape_due()
        clock.now += 15_000
    assert pages.reads == {"often": 9, "rarely": 1, "dead": 3}
    assert len(scraper.take()) == 13
    assert scraper.take() == []


@pytest.fixture
def live() -> Iterator[tuple[Scraper, Pages, Clock]]:
    pages, clock = Pages(), Clock()
    scraper = scraper_of(pages, clock, slow=15, often=15)
    scraper.is_live = True
    yield scraper, pages, clock
    pages.goes_on.set()
    scraper.stop()


def happens(condition: Callable[[], bool]) -> bool:
    end_s = time.monotonic() + 10
    while not (it_is := condition()) and time.monotonic() < end_s:
        time.sleep(0.02)
    return it_is


def test_a_source_that_does_not_answer_delays_no_other(live: tuple[Scraper, Pages, Clock]) -> None:
    """Nor is it asked again before it has answered."""
    scraper, pages, clock = live
    clock.now += 15_000
    scraper.start()
    assert happens(lambda: bool(scraper.take()))
    assert pages.reads == {"slow": 1, "often": 1}
    clock.now += 15_000
    assert happens(lambda: pages.reads["often"] == 2)
    assert pages.reads["slow"] == 1
    pages.goes_on.set()
    assert happens(lambda: len(scraper.take()) > 0)


def test_where_no_pass_is_made_nothing_is_read(live: tuple[Scraper, Pages, Clock]) -> None:
    """Another process does."""
    scraper, pages, clock = live
    pages.goes_on.set()
    scraper.start()
    assert happens(lambda: pages.reads["often"] == 1)
    clock.now += 600_000
    assert happens(lambda: not scraper.is_running)
