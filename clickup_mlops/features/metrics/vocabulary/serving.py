"""Model servers: latency, throughput, queues and caches."""

from typing import Final

from clickup_mlops.features.metrics.quantity import Quantity, percentiles

QUANTITIES: Final = (
    *percentiles("ttft", "Time to first token"),
    *percentiles("inter_token", "Time between tokens"),
    *percentiles("latency", "Request, end to end"),
    *percentiles("queue", "Wait in the queue"),
    *percentiles("prefill", "Reading of the prompt"),
    *percentiles("decode", "Generation after the first token"),
    *percentiles("preprocess", "Preparation"),
    *percentiles("processing", "Processing in a replica"),
    *percentiles("proxy_latency", "Request at the proxy"),
    *percentiles("compute", "Model execution"),
    Quantity("requests_per_s", "1/s", "model", "Finished requests."),
    Quantity("proxy_requests_per_s", "1/s", "model", "Requests at the proxy."),
    Quantity("error_pct", "%", "model", "Requests that failed."),
    Quantity("availability_pct", "%", "model", "Time or requests that were served."),
    Quantity("output_tokens_per_s", "tokens/s", "model", "Generated tokens."),
    Quantity("prompt_tokens_per_s", "tokens/s", "model", "Tokens of prompts that were read."),
    Quantity("running_requests", "requests", "model", "Requests that are worked on now."),
    Quantity("waiting_requests", "requests", "model", "Requests that wait now."),
    Quantity("batch_size", "requests", "model", "Mean batch."),
    Quantity("kv_cache_pct", "%", "model", "Used part of the fullest engine's cache."),
    Quantity("prefix_hit_pct", "%", "model", "Prompt tokens that were in the prefix cache."),
    Quantity("speculative_accepted_pct", "%", "model", "Drafted tokens that were accepted."),
    Quantity("preemptions_per_min", "1/min", "model", "Requests that were put back."),
    Quantity("healthy_workers", "workers", "model", "Replicas that are healthy now."),
    Quantity("replica_balance", "index", "model", "Jain's index over the replicas' load."),
    Quantity(
        "replica_balance_efficiency_pct", "%", "model", "Capacity before the busiest is full."
    ),
    Quantity("replica_peak", "ratio", "model", "Busiest replica over the mean."),
)
