"""BentoML: `/metrics` of a service, names of 1.2 and those before."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from clickup_mlops.features.metrics.derive.formulas import Measure, gauge, increase, rate, ratio
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Sample
from clickup_mlops.features.metrics.sources._serving import latencies

_ENDPOINT: Final = ("service_name", "endpoint")
_REQUESTS: Final = "bentoml_service_request_total"
_FAILED: Final = tuple(str(code) for code in range(500, 600))
_BEFORE: Final = "bentoml_api_server_"


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Names of 1.2."""
    for sample in samples:
        yield replace(sample, name=sample.name.replace(_BEFORE, "bentoml_service_", 1))


SOURCE = page(
    prefixes("bentoml_service_", _BEFORE),
    (
        *latencies("Request", "latency", ["bentoml_service_request_duration_seconds"], _ENDPOINT),
        Measure(
            "requests_per_s", "1/s", "Answered requests.", rate(_REQUESTS, lazy=True), _ENDPOINT
        ),
        Measure(
            "error_pct",
            "%",
            "Requests answered with 5xx.",
            ratio(
                increase(_REQUESTS, where={"http_response_code": _FAILED}, lazy=True),
                increase(_REQUESTS, lazy=True),
                factor=100,
            ),
            _ENDPOINT,
        ),
        Measure(
            "running_requests",
            "requests",
            "Now.",
            gauge("bentoml_service_request_in_progress"),
            _ENDPOINT,
        ),
    ),
    normalise,
)
