"""LiteLLM's proxy: `/metrics/` with the callback `prometheus`, by the model that was asked for.

Source: github.com/BerriAI/litellm, `litellm/types/integrations/prometheus.py`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from clickup_mlops.features.metrics.derive.defined import defined
from clickup_mlops.features.metrics.derive.formulas import Measure, gauge, increase, rate, ratio
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Labels, Sample, Window
from clickup_mlops.features.metrics.sources._serving import latencies

_MODEL: Final = ("model_name",)
_NAMES: Final = ("requested_model", "model", "litellm_model_name")
"""Labels that name the model, the best first."""
_ALL: Final = "litellm_proxy_total_requests_metric_total"
_FAILED: Final = "litellm_proxy_failed_requests_metric_total"
_STATE: Final = "litellm_deployment_state"
_LATENCY: Final = "litellm_request_total_latency_metric"
_TTFT: Final = "litellm_llm_api_time_to_first_token_metric"
_QUEUE: Final = "litellm_request_queue_time_seconds"
_IN, _OUT = "litellm_input_tokens_metric_total", "litellm_output_tokens_metric_total"
_RUNNING: Final = "litellm_in_flight_requests"


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """With the label `model_name`, if any of a model is there."""
    for sample in samples:
        labels = dict(sample.labels)
        model = next((labels[name] for name in _NAMES if labels.get(name)), "")
        key = labels | ({"model_name": model} if model else {})
        yield Sample(sample.name, frozenset(key.items()), sample.value, sample.at_ms)


def _healthy(window: Window) -> float | None:
    """Deployments whose state is 0. Each process of the proxy shows all of them."""
    states = defaultdict[Labels, float](float)
    for key, value in window.values(_STATE).items():
        deployment = frozenset(pair for pair in key if pair[0] != "pid")
        states[deployment] = max(value, states[deployment])
    return float(sum(not state for state in states.values())) if states else None


SOURCE = page(
    prefixes(_ALL, _FAILED, _STATE, _LATENCY, _TTFT, _QUEUE, _IN, _OUT, _RUNNING),
    (
        *latencies("Request, end to end", "latency", [_LATENCY], _MODEL),
        *latencies("Time to first token of streams", "ttft", [_TTFT], _MODEL),
        *latencies("Wait in the queue", "queue", [_QUEUE], _MODEL),
        Measure("requests_per_s", "1/s", "Requests.", rate(_ALL, lazy=True), _MODEL),
        Measure(
            "error_pct",
            "%",
            "Requests that failed, after retries and fallbacks.",
            ratio(increase(_FAILED, lazy=True), increase(_ALL, lazy=True), factor=100),
            _MODEL,
        ),
        defined("output_tokens_per_s", rate(_OUT), *_MODEL),
        defined("prompt_tokens_per_s", rate(_IN), *_MODEL),
        defined("running_requests", gauge(_RUNNING)),
        defined("healthy_workers", _healthy, *_MODEL),
    ),
    normalise,
)
