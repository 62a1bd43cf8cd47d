"""Text Generation Inference: `/metrics`. The project is in maintenance mode."""

from typing import Final

from clickup_mlops.features.metrics.derive.formulas import Measure, gauge, increase, rate, ratio
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.sources._serving import latencies

_DONE: Final = "tgi_request_success"
_ALL: Final = "tgi_request_count"


def _failed_pct() -> Measure:
    answered = ratio(increase(_DONE, f"{_DONE}_total"), increase(_ALL, f"{_ALL}_total"), factor=100)
    return Measure(
        "error_pct",
        "%",
        "Requests without success. Those still running count until they end.",
        lambda window: None if (share := answered(window)) is None else max(0.0, 100 - share),
    )


SOURCE = page(
    prefixes("tgi_"),
    (
        *latencies("Request, end to end", "latency", ["tgi_request_duration"], ()),
        *latencies("Wait in the queue", "queue", ["tgi_request_queue_duration"], ()),
        *latencies(
            "Time between tokens", "inter_token", ["tgi_request_mean_time_per_token_duration"], ()
        ),
        Measure("requests_per_s", "1/s", "Received requests.", rate(_ALL, f"{_ALL}_total")),
        _failed_pct(),
        Measure(
            "output_tokens_per_s",
            "tokens/s",
            "Generated, when a request ends.",
            rate("tgi_request_generated_tokens_sum"),
        ),
        Measure(
            "prompt_tokens_per_s",
            "tokens/s",
            "Read, by the length of requests.",
            rate("tgi_request_input_length_sum"),
        ),
        Measure("waiting_requests", "requests", "Now.", gauge("tgi_queue_size")),
        Measure("running_requests", "requests", "Now.", gauge("tgi_batch_current_size")),
    ),
)
