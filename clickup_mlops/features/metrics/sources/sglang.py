"""SGLang: `/metrics` with `--enable-metrics`."""

from collections.abc import Iterable
from functools import partial
from statistics import fmean
from typing import Final

from clickup_mlops.features.metrics.derive.counters import increases
from clickup_mlops.features.metrics.derive.formulas import (
    Measure,
    Number,
    gauge,
    increase,
    rate,
    ratio,
)
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Labels, Window
from clickup_mlops.features.metrics.sources._serving import latencies

_MODEL: Final = ("model_name",)
_measure = partial(Measure, by=_MODEL)


def _of_replicas(values: Iterable[tuple[Labels, float]]) -> float | None:
    """The sum over data-parallel replicas of what is the largest in each.

    Every rank of a tensor-parallel group reports the same requests, and with priorities there is a
    total beside each of them.
    """
    largest: dict[str, float] = {}
    for key, value in values:
        replica = dict(key).get("dp_rank", "")
        largest[replica] = max(value, largest.get(replica, 0.0))
    return sum(largest.values()) if largest else None


def _now(name: str) -> Number:
    return lambda window: _of_replicas(window.values(name).items())


def _per_minute(name: str) -> Number:
    def formula(window: Window) -> float | None:
        grown = _of_replicas(increases(window, name))
        return None if grown is None else 60 * grown / window.seconds

    return formula


SOURCE = page(
    prefixes("sglang:"),
    (
        *latencies("Time to first token", "ttft", ["sglang:time_to_first_token_seconds"], _MODEL),
        *latencies(
            "Time between tokens",
            "inter_token",
            ["sglang:inter_token_latency_seconds", "sglang:time_per_output_token_seconds"],
            _MODEL,
        ),
        *latencies(
            "Request, end to end", "latency", ["sglang:e2e_request_latency_seconds"], _MODEL
        ),
        *latencies("Wait in the queue", "queue", ["sglang:queue_time_seconds"], _MODEL),
        _measure(
            "requests_per_s",
            "1/s",
            "Requests.",
            rate("sglang:num_requests_total", "sglang:e2e_request_latency_seconds_count"),
        ),
        _measure(
            "error_pct",
            "%",
            "Requests that were aborted.",
            ratio(
                increase("sglang:num_aborted_requests_total", lazy=True),
                increase("sglang:num_requests_total", lazy=True),
                factor=100,
            ),
        ),
        _measure("output_tokens_per_s", "tokens/s", "Generated.", _now("sglang:gen_throughput")),
        _measure("prompt_tokens_per_s", "tokens/s", "Read.", rate("sglang:prompt_tokens_total")),
        _measure("running_requests", "requests", "Now.", _now("sglang:num_running_reqs")),
        _measure("waiting_requests", "requests", "Now.", _now("sglang:num_queue_reqs")),
        _measure(
            "kv_cache_pct",
            "%",
            "Of the fullest rank.",
            gauge("sglang:token_usage", of=max, factor=100),
        ),
        _measure(
            "prefix_hit_pct",
            "%",
            "Prompt tokens found in the prefix cache.",
            gauge("sglang:cache_hit_rate", of=fmean, factor=100),
        ),
        _measure(
            "preemptions_per_min",
            "1/min",
            "Requests put back.",
            _per_minute("sglang:num_retracted_requests_total"),
        ),
    ),
)
