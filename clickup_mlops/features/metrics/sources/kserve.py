"""KServe: the Python model server's `/metrics`, and the queue proxy's of Knative up to 1.18."""

from typing import Final

from clickup_mlops.features.metrics.derive.formulas import Measure, gauge, increase, rate, ratio
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.sources._serving import latencies

_MODEL: Final = ("model_name",)
_REVISION: Final = ("revision_name",)
_REQUESTS: Final = "revision_request_count"

SOURCE = page(
    prefixes("request_", "revision_"),
    (
        *latencies("Prediction", "latency", ["request_predict_seconds"], _MODEL),
        *latencies("Preparation", "preprocess", ["request_preprocess_seconds"], _MODEL),
        Measure(
            "requests_per_s", "1/s", "Predictions.", rate("request_predict_seconds_count"), _MODEL
        ),
        *latencies(
            "Request at the proxy",
            "proxy_latency",
            ["revision_request_latencies"],
            _REVISION,
            factor=1,
        ),
        Measure("proxy_requests_per_s", "1/s", "Requests.", rate(_REQUESTS, lazy=True), _REVISION),
        Measure(
            "error_pct",
            "%",
            "Requests answered with 5xx.",
            ratio(
                increase(_REQUESTS, where={"response_code_class": "5xx"}, lazy=True),
                increase(_REQUESTS, lazy=True),
                factor=100,
            ),
            _REVISION,
        ),
        Measure("waiting_requests", "requests", "Now.", gauge("revision_queue_depth"), _REVISION),
    ),
)
