"""NVIDIA NIM for LLMs: `/v1/metrics`, vLLM's numbers by names without `vllm:`.

Newer images show vLLM's own names, which are read too. Requests that failed have a counter of their
own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Sample
from clickup_mlops.features.metrics.sources import vllm

_NAMES: Final = (
    "num_requests_running",
    "num_requests_waiting",
    "gpu_cache_usage_perc",
    "kv_cache_usage_perc",
    "time_to_first_token_seconds",
    "time_per_output_token_seconds",
    "inter_token_latency_seconds",
    "e2e_request_latency_seconds",
    "request_queue_time_seconds",
    "prompt_tokens_total",
    "generation_tokens_total",
    "request_success_total",
    "request_failure_total",
    "num_preemptions_total",
)
"""How names begin (docs.nvidia.com/nim/large-language-models, Observability)."""
_FAILED: Final = "vllm:request_failure_total"


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """vLLM's names; a failure is a request that finished with an error."""
    for sample in vllm.normalise(samples):
        named = sample if ":" in sample.name else replace(sample, name=f"vllm:{sample.name}")
        if named.name == _FAILED:
            labels = sample.labels | {("finished_reason", "error")}
            named = replace(named, name="vllm:request_success_total", labels=labels)
        yield named


SOURCE = page(
    lambda name: name.startswith(("vllm:", *_NAMES)), vllm.measures("model_name"), normalise
)
