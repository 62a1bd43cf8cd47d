"""SGLang: `/metrics` with `--enable-metrics`."""

from functools import partial
from statistics import fmean
from typing import Final

from clickup_mlops.metrics.derive.formulas import Measure, gauge, increase, rate, ratio
from clickup_mlops.metrics.exposition import prefixes
from clickup_mlops.metrics.scraped import page
from clickup_mlops.metrics.sources._serving import latencies

_MODEL: Final = ("model_name",)
_measure = partial(Measure, by=_MODEL)

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
        _measure("requests_per_s", "1/s", "Received requests.", rate("sglang:num_requests_total")),
        _measure(
            "error_pct",
            "%",
            "Requests that were aborted.",
            ratio(
                increase("sglang:num_aborted_requests_total"),
                increase("sglang:num_requests_total"),
                factor=100,
            ),
        ),
        _measure("output_tokens_per_s", "tokens/s", "Generated.", gauge("sglang:gen_throughput")),
        # Every rank of a tensor-parallel group reports the same requests.
        _measure("running_requests", "requests", "Now.", gauge("sglang:num_running_reqs", of=max)),
        _measure("waiting_requests", "requests", "Now.", gauge("sglang:num_queue_reqs", of=max)),
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
            rate("sglang:num_retracted_requests_total", factor=60),
        ),
    ),
)
