"""vLLM: `/metrics` of its OpenAI-compatible server, names of 0.33 and of 2024; also what Ray Serve
and KServe show of it, as `ray_vllm:` and `kserve_vllm:`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
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
from clickup_mlops.features.metrics.scrape import Sample, Window
from clickup_mlops.features.metrics.sources._serving import latencies

_DONE: Final = "vllm:request_success_total"
_BEFORE: Final = re.compile(r"^(ray_|kserve_)vllm[:_]")


def _load(window: Window) -> list[float]:
    """Running and waiting requests of each engine."""
    waiting = window.values("vllm:num_requests_waiting")
    running = window.values("vllm:num_requests_running").items()
    return [count + waiting.get(key, 0.0) for key, count in running]


_MEASURES: Final = (
    *latencies("Time to first token", "ttft", ["vllm:time_to_first_token_seconds"], ()),
    *latencies(
        "Time between tokens",
        "inter_token",
        ["vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds"],
        (),
    ),
    *latencies("Request, end to end", "latency", ["vllm:e2e_request_latency_seconds"], ()),
    *latencies("Wait in the queue", "queue", ["vllm:request_queue_time_seconds"], ()),
    *latencies("Reading of the prompt", "prefill", ["vllm:request_prefill_time_seconds"], ()),
    *latencies(
        "Generation after the first token", "decode", ["vllm:request_decode_time_seconds"], ()
    ),
    Measure("requests_per_s", "1/s", "Finished requests.", rate(_DONE, lazy=True)),
    Measure(
        "error_pct",
        "%",
        "Finished requests that failed or were aborted.",
        ratio(
            increase(_DONE, where={"finished_reason": ("error", "abort")}, lazy=True),
            increase(_DONE, lazy=True),
            factor=100,
        ),
    ),
    Measure("output_tokens_per_s", "tokens/s", "Generated.", rate("vllm:generation_tokens_total")),
    Measure("prompt_tokens_per_s", "tokens/s", "Read.", rate("vllm:prompt_tokens_total")),
    Measure("running_requests", "requests", "Now.", gauge("vllm:num_requests_running")),
    Measure("waiting_requests", "requests", "Now.", gauge("vllm:num_requests_waiting")),
    Measure(
        "kv_cache_pct",
        "%",
        "Of the fullest engine.",
        gauge("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc", of=max, factor=100),
    ),
    Measure(
        "prefix_hit_pct",
        "%",
        "Prompt tokens found in the prefix cache.",
        first(
            ratio(
                increase("vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total"),
                increase("vllm:prefix_cache_queries_total", "vllm:gpu_prefix_cache_queries_total"),
                factor=100,
            ),
            gauge("vllm:gpu_prefix_cache_hit_rate", of=min, factor=100),
        ),
    ),
    Measure(
        "speculative_accepted_pct",
        "%",
        "Drafted tokens that were accepted; only with speculative decoding.",
        ratio(
            increase("vllm:spec_decode_num_accepted_tokens_total"),
            increase("vllm:spec_decode_num_draft_tokens_total"),
            factor=100,
        ),
    ),
    Measure(
        "preemptions_per_min",
        "1/min",
        "Requests put back.",
        rate("vllm:num_preemptions_total", factor=60),
    ),
    Measure(
        "replica_balance",
        "index",
        "Jain's index over the engines' load: 1 is even.",
        of_members(_load, lambda spread: spread.jain),
    ),
)


def measures(*by: str) -> tuple[Measure, ...]:
    """Of each model, which these labels name."""
    return tuple(replace(measure, by=by) for measure in _MEASURES)


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Names without what Ray and KServe put before them."""
    for sample in samples:
        name = _BEFORE.sub("vllm:", sample.name)
        yield sample if name == sample.name else replace(sample, name=name)


SOURCE = page(
    prefixes("vllm:", "ray_vllm:", "ray_vllm_", "kserve_vllm:"), measures("model_name"), normalise
)
