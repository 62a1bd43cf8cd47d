"""vLLM: `/metrics` of its OpenAI-compatible server, names of 0.33 and of 2024."""

from functools import partial
from typing import Final

from clickup_mlops.features.metrics.derive.balance import of_members
from clickup_mlops.features.metrics.derive.formulas import (
    Measure,
    first,
    gauge,
    increase,
    rate,
    ratio,
)
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Window
from clickup_mlops.features.metrics.sources._serving import latencies

_MODEL: Final = ("model_name",)
_DONE: Final = "vllm:request_success_total"
_measure = partial(Measure, by=_MODEL)


def _load(window: Window) -> list[float]:
    """Running and waiting requests of each engine."""
    waiting = window.values("vllm:num_requests_waiting")
    running = window.values("vllm:num_requests_running").items()
    return [count + waiting.get(key, 0.0) for key, count in running]


SOURCE = page(
    prefixes("vllm:"),
    (
        *latencies("Time to first token", "ttft", ["vllm:time_to_first_token_seconds"], _MODEL),
        *latencies(
            "Time between tokens",
            "inter_token",
            ["vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds"],
            _MODEL,
        ),
        *latencies("Request, end to end", "latency", ["vllm:e2e_request_latency_seconds"], _MODEL),
        *latencies("Wait in the queue", "queue", ["vllm:request_queue_time_seconds"], _MODEL),
        _measure("requests_per_s", "1/s", "Finished requests.", rate(_DONE, lazy=True)),
        _measure(
            "error_pct",
            "%",
            "Finished requests that failed or were aborted.",
            ratio(
                increase(_DONE, where={"finished_reason": ("error", "abort")}, lazy=True),
                increase(_DONE, lazy=True),
                factor=100,
            ),
        ),
        _measure(
            "output_tokens_per_s", "tokens/s", "Generated.", rate("vllm:generation_tokens_total")
        ),
        _measure("prompt_tokens_per_s", "tokens/s", "Read.", rate("vllm:prompt_tokens_total")),
        _measure("running_requests", "requests", "Now.", gauge("vllm:num_requests_running")),
        _measure("waiting_requests", "requests", "Now.", gauge("vllm:num_requests_waiting")),
        _measure(
            "kv_cache_pct",
            "%",
            "Of the fullest engine.",
            gauge("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc", of=max, factor=100),
        ),
        _measure(
            "prefix_hit_pct",
            "%",
            "Prompt tokens found in the prefix cache.",
            first(
                ratio(
                    increase("vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total"),
                    increase(
                        "vllm:prefix_cache_queries_total", "vllm:gpu_prefix_cache_queries_total"
                    ),
                    factor=100,
                ),
                gauge("vllm:gpu_prefix_cache_hit_rate", of=min, factor=100),
            ),
        ),
        _measure(
            "speculative_accepted_pct",
            "%",
            "Drafted tokens that were accepted; only with speculative decoding.",
            ratio(
                increase("vllm:spec_decode_num_accepted_tokens_total"),
                increase("vllm:spec_decode_num_draft_tokens_total"),
                factor=100,
            ),
        ),
        _measure(
            "preemptions_per_min",
            "1/min",
            "Requests put back.",
            rate("vllm:num_preemptions_total", factor=60),
        ),
        _measure(
            "replica_balance",
            "index",
            "Jain's index over the engines' load: 1 is even.",
            of_members(_load, lambda spread: spread.jain),
        ),
    ),
)
