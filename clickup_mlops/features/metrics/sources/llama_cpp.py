"""llama.cpp's server: `/metrics` with `--metrics`; of a router with `?model=<id>`.

It counts neither requests nor their times. Source: github.com/ggml-org/llama.cpp, `tools/server`
(README and `server-task.cpp`).
"""

from typing import Final

from clickup_mlops.features.metrics.derive.defined import defined
from clickup_mlops.features.metrics.derive.formulas import gauge, increase, rate, ratio, total
from clickup_mlops.features.metrics.read.scraped import page

_PROMPT, _CACHED = "llamacpp:prompt_tokens_total", "llamacpp:prompt_tokens_cached_total"
"""Those that are in the cache are counted apart."""
_GENERATED: Final = "llamacpp:tokens_predicted_total"
_RUNNING, _WAITING = "llamacpp:requests_processing", "llamacpp:requests_deferred"
_CACHE: Final = "llamacpp:kv_cache_usage_ratio"
"""Of builds before September 2025."""
_DRAFTED: Final = "llamacpp:spec_decode_num_draft_tokens_total"
_ACCEPTED: Final = "llamacpp:spec_decode_num_accepted_tokens_total"
_WANTED: Final = frozenset(
    [_PROMPT, _CACHED, _GENERATED, _RUNNING, _WAITING, _CACHE, _DRAFTED, _ACCEPTED]
)
"""Others are averages since the start, and may be `-nan(ind)`."""

SOURCE = page(
    _WANTED.__contains__,
    (
        defined("output_tokens_per_s", rate(_GENERATED)),
        defined("prompt_tokens_per_s", total(rate(_PROMPT), rate(_CACHED))),
        defined("running_requests", gauge(_RUNNING)),
        defined("waiting_requests", gauge(_WAITING)),
        defined("kv_cache_pct", gauge(_CACHE, of=max, factor=100)),
        defined(
            "prefix_hit_pct",
            ratio(increase(_CACHED), total(increase(_PROMPT), increase(_CACHED)), factor=100),
        ),
        defined(
            "speculative_accepted_pct", ratio(increase(_ACCEPTED), increase(_DRAFTED), factor=100)
        ),
    ),
)
