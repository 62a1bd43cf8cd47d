"""Triton Inference Server: `/metrics` on port 8002. Its durations are counters in microseconds.

Percentiles of the latency need its option `--metrics-config summary_latencies=true`. Of its vLLM
back end it shows vLLM's own metrics, by model and version.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from clickup_mlops.features.metrics.derive.formulas import (
    Formula,
    Measure,
    Number,
    gauge,
    increase,
    rate,
    ratio,
    total,
)
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.sources import vllm
from clickup_mlops.features.metrics.sources._serving import latencies

_MODEL: Final = ("model", "version")
_DONE: Final = "nv_inference_request_success"
_FAILED: Final = "nv_inference_request_failure"
_measure = partial(Measure, by=_MODEL)


def _mean_ms(counter: str) -> Number:
    return ratio(increase(counter), increase(_DONE), factor=1 / 1000)


def _percentiles() -> Iterator[Measure]:
    """Triton's own, of the last minute; NaN without requests."""
    for percent in (50, 95, 99):
        quantile = {"quantile": f"{percent / 100:g}"}
        yield _measure(
            f"latency_p{percent}_ms",
            "ms",
            f"Request, end to end, {percent}th percentile.",
            gauge("nv_inference_request_summary_us", of=max, where=quantile, factor=1 / 1000),
        )


_TRITON: Final = (
    *_percentiles(),
    _measure(
        "latency_mean_ms",
        "ms",
        "Request, end to end, mean.",
        _mean_ms("nv_inference_request_duration_us"),
    ),
    _measure(
        "queue_mean_ms",
        "ms",
        "Wait in the queue, mean.",
        _mean_ms("nv_inference_queue_duration_us"),
    ),
    _measure(
        "compute_mean_ms",
        "ms",
        "Model execution, mean.",
        _mean_ms("nv_inference_compute_infer_duration_us"),
    ),
    *latencies(
        "Time to first response",
        "ttft",
        ["nv_inference_first_response_histogram_ms"],
        _MODEL,
        factor=1,
    ),
    _measure("requests_per_s", "1/s", "Answered requests.", rate(_DONE)),
    _measure(
        "error_pct",
        "%",
        "Requests that failed.",
        ratio(increase(_FAILED), total(increase(_DONE), increase(_FAILED)), factor=100),
    ),
    _measure(
        "batch_size",
        "requests",
        "Mean batch.",
        ratio(increase("nv_inference_count"), increase("nv_inference_exec_count")),
    ),
    _measure("waiting_requests", "requests", "Now.", gauge("nv_inference_pending_request_count")),
    Measure(
        "gpu_utilisation_pct",
        "%",
        "Time in which some kernel ran.",
        gauge("nv_gpu_utilization", factor=100),
        ("gpu_uuid",),
    ),
    Measure("gpu_power_w", "W", "Now.", gauge("nv_gpu_power_usage"), ("gpu_uuid",)),
    Measure(
        "gpu_memory_pct",
        "%",
        "Of the GPU's memory.",
        ratio(gauge("nv_gpu_memory_used_bytes"), gauge("nv_gpu_memory_total_bytes"), factor=100),
        ("gpu_uuid",),
    ),
)


def _with_vllm() -> Iterator[Measure]:
    """Triton's own, and what only its vLLM back end knows."""
    of_vllm = {measure.name: measure for measure in vllm.measures(*_MODEL)}
    for measure in _TRITON:
        second = of_vllm.pop(measure.name, None)
        if second is None:
            yield measure
        else:
            yield replace(measure, formula=_either(measure.formula, second.formula))
    yield from of_vllm.values()


def _either(first: Formula, second: Formula) -> Formula:
    """The first that is known."""
    return lambda window: value if (value := first(window)) is not None else second(window)


SOURCE = page(prefixes("nv_", "vllm:"), tuple(_with_vllm()))
