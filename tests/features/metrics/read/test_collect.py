"""A source that misbehaves loses its own numbers only."""

import json
import threading
from typing import Any

import pytest

from clickup_mlops.features.metrics.read.collect import Collector
from clickup_mlops.features.metrics.scrape import MOST_SERIES
from clickup_mlops.features.metrics.settings import MetricsSettings, kinds


class Answers:
    """Gives one answer to all questions."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def json(self, *_: Any, **__: Any) -> Any:
        return self.answer

    def text(self, *_: Any) -> str:
        return str(self.answer)

    def file(self, _path: str) -> str:
        return str(self.answer)


def collector(answer: Any, **table: Any) -> tuple[Collector, Answers]:
    local = MetricsSettings.model_validate({"sources": {"odd": table}})
    answers = Answers(answer)
    return Collector(local.sources, kinds, answers), answers  # type: ignore[arg-type]


PROMETHEUS = {"kind": "prometheus", "url": "http://p", "queries": {"up": "up"}}


@pytest.mark.parametrize("answer", [{}, [], None, {"data": 1}, {"data": {"resultType": "vector"}}])
def test_an_answer_of_another_shape_is_a_problem_not_an_error(answer: Any) -> None:
    """A proxy answered in place of Prometheus, say."""
    scrape = collector(answer, **PROMETHEUS)[0].scrape("odd", 0)
    assert (scrape.readings, len(scrape.problems)) == ((), 1)
    assert "makes no sense" in scrape.problems[0]


def test_a_table_that_cannot_be_read_is_a_problem_too() -> None:
    """A cell without end, for example."""
    cell = "a,b\n" + "x" * 200_000
    scrape = collector(cell, kind="file", path="x.csv")[0].scrape("odd", 0)
    assert (scrape.readings, len(scrape.problems)) == ((), 1)


@pytest.mark.parametrize(
    "answer",
    [
        "<!doctype html><title>Sign in</title>",
        "\n<html>\n<body>\nvLLM 0.33\n</body>",
        '{"detail": "Not Found"}',
        "Please use /metrics/ instead",
    ],
)
def test_what_is_no_metrics_page_is_a_problem(answer: str) -> None:
    """A page of a proxy or an API that answers 200: else the source would count as heard."""
    scrape = collector(answer, kind="vllm", url="http://p/x")[0].scrape("odd", 0)
    assert (scrape.readings, len(scrape.problems)) == ((), 1)
    assert scrape.problems[0].startswith("http://p/x: no metrics page: ")
    assert "Open it in a browser" in scrape.problems[0]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "# HELP up Up.\n# TYPE up gauge\nup 1\n",
        'node_cpu_seconds_total{cpu="0",mode="idle"} 1.5e+06 1700000000000\nnode_load1 0.2\n',
        "# EOF\n",
    ],
)
def test_a_page_without_any_metric_of_the_kind_is_read_but_odd(answer: str) -> None:
    """It may be another server, or one that had no request yet: it is not silent."""
    scrape = collector(answer, kind="kserve", url="http://p/x")[0].scrape("odd", 0)
    assert (scrape.readings, scrape.problems) == ((), ())
    assert scrape.messages == (scrape.remark,)
    assert scrape.remark.startswith("http://p/x has no metric of kind kserve: ")


def test_a_problem_and_its_hint_are_two_sentences() -> None:
    """They stand on one line."""
    (problem,) = collector("<html>", kind="vllm", url="http://v")[0].scrape("odd", 0).problems
    assert "'<html>'. Is this the address" in problem


def test_an_infinite_number_is_no_reading() -> None:
    """JSON has none: the field would be cleared."""
    requests, _ = collector("a +Inf\nb 2\n", kind="openmetrics", url="http://p", names=["a", "b"])
    assert [reading.measure for reading in requests.scrape("odd", 0).readings] == ["b"]


def test_rates_are_known_once_two_scrapes_were_compared() -> None:
    """A scrape that failed does not count."""
    requests, answers = collector("a 1", kind="openmetrics", url="http://p", names=["a"])
    for answer, existing in (("a 1", False), ("", False), ("a 2", True)):
        answers.answer = answer
        requests.scrape("odd", 0)
        assert requests.has_rates("odd") is existing


def test_replicas_behind_one_address_are_not_taken_for_one() -> None:
    """A service sends each scrape to another of them: what is between their counters is no rate. A
    restart is none of that, and what one replica says twice is a rate.
    """

    def page(total: int, created_s: float) -> str:
        return (
            f'vllm:prompt_tokens_total{{model_name="m",engine="0"}} {total}\n'
            f'vllm:prompt_tokens_created{{model_name="m",engine="0"}} {created_s}\n'
            'vllm:num_requests_running{model_name="m",engine="0"} 2\n'
        )

    result, answers = collector("", kind="vllm", url="http://v")
    message = []
    for at_s, total, created_s in (
        (1000, 100, 10),
        (1060, 900_000, 20),  # another
        (1120, 160, 10),  # the first again
        (1180, 220, 10),
        (1240, 60, 1200),  # restarted
    ):
        answers.answer = page(total, created_s)
        scrape = result.scrape("odd", at_s * 1000)
        rates = [
            reading.value for reading in scrape.readings if reading.measure == "prompt_tokens_per_s"
        ]
        assert any(reading.measure == "running_requests" for reading in scrape.readings)
        message.append((rates, "another process answered" in scrape.remark))

    assert message == [([], False), ([], True), ([], True), ([1], False), ([1], False)]


def test_problems_show_no_password_of_an_address() -> None:
    """Nor what is asked of it."""
    requests, _ = collector("<html>", kind="vllm", url="http://bot:hunter2@h/x?token=hunter2")
    invalid, _ = collector("", kind="openmetrics", url="http://bot:hunter2@h/x", names=["a"])
    for message in (requests, invalid):
        assert "hunter2" not in "".join(message.scrape("odd", 0).problems)


LINE = 'nv_inference_pending_request_count{{model="m{number}",version="1"}} 1\n'


def test_a_page_with_too_many_series_is_a_problem_that_says_so() -> None:
    """It is not parsed. Series that its kind does not read count for nothing."""
    most = "".join(LINE.format(number=number) for number in range(MOST_SERIES))
    neighbours = "".join(f'other{{a="{number}"}} 1\n' for number in range(1_000))
    scrape = collector(most + neighbours, kind="triton", url="http://t")[0].scrape("odd", 0)
    assert (scrape.problems, len(scrape.readings)) == ((), MOST_SERIES)

    page = most + LINE.format(number=MOST_SERIES)
    scrape = collector(page, kind="triton", url="http://t")[0].scrape("odd", 0)
    assert scrape.readings == ()
    assert "more than 20,000 series that its kind reads" in scrape.problems[0]
    assert "aggregates" in scrape.problems[0]


def test_numbers_of_a_file_are_bounded_too() -> None:
    """Whatever its format."""
    values = {f"a{number}": number for number in range(MOST_SERIES + 1)}
    scrape = collector(json.dumps(values), kind="file", path="x.json")[0].scrape("odd", 0)
    assert "more than 20,000 series" in scrape.problems[0]


def test_sources_are_read_at_the_same_time() -> None:
    """One that takes its time keeps no other waiting; the order is that of the names."""
    together = threading.Barrier(3, timeout=20)

    class Waiting(Answers):
        def text(self, *_: Any) -> str:
            together.wait()
            return LINE.format(number=1)

    table = {"kind": "triton", "url": "http://t"}
    local = MetricsSettings.model_validate({"sources": dict.fromkeys("abc", table)})
    scrape_all = Collector(local.sources, kinds, Waiting("")).scrape_all(  # type: ignore[arg-type]
        ["c", "a", "b"], lambda: 5
    )
    assert [(scrape.source, scrape.at_ms, scrape.problems) for scrape in scrape_all] == [
        ("c", 5, ()), ("a", 5, ()), ("b", 5, ()),
    ]  # fmt: skip
