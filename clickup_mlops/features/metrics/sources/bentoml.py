"""BentoML: `/metrics` of a service."""

from typing import Final

from clickup_mlops.features.metrics.derive.formulas import Measure, gauge, increase, rate, ratio
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.sources._serving import latencies

_ENDPOINT: Final = ("service_name", "endpoint")
_REQUESTS: Final = "bentoml_service_request_total"
_FAILED: Final = tuple(str(code) for code in range(500, 600))

SOURCE = page(
    prefixes("bentoml_service_"),
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
)
