"""Symptoms of model servers: uneven replicas, lost cache affinity, saturation, slow transfers."""

from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import UNEVEN, Evidence, Symptom

_LLM_D = Evidence("llm-d, 8 vLLM pods with shared 6k-token contexts", "documentation")
_FULL: Final = 90.0

SYMPTOMS: Final = (
    Symptom(
        name="replicas_uneven",
        title="Similar replicas have uneven load",
        needs=("replica_balance",),
        holds=lambda n: n["replica_balance"] < UNEVEN and n.get("waiting_requests", 1) > 0,
        recommend="Least request or power of two choices in place of round robin.",
        expect="The longest queue falls from about ln n / ln ln n to ln ln n.",
        evidence=Evidence("Envoy, load balancers: LEAST_REQUEST", "documentation"),
        steps=("Envoy: lb_policy LEAST_REQUEST (it samples two hosts).",),
        disproof="Replicas differ in hardware or model: weigh them instead.",
        shows=("waiting_requests", "latency_p99_ms"),
    ),
    Symptom(
        name="prefix_affinity_lost",
        title="Few prompt tokens are found in the prefix cache",
        needs=("prefix_hit_pct",),
        holds=lambda n: n["prefix_hit_pct"] < 30,
        recommend="Route by prefix and load: to the replica that has the prefix, until it is full.",
        expect=(
            "8,730 tokens/s and TTFT p90 0.54 s, against 4,429 tokens/s and 94.9 s by load alone."
        ),
        evidence=_LLM_D,
        steps=(
            "Gateway API inference extension, or the server's own cache-aware router.",
            "Never by prefix alone: with it pods were overloaded (55% success against 100%).",
        ),
        disproof="Prompts share no prefix: compare the first 1,000 tokens of a sample.",
        requires=("shared_prefixes",),
        shows=("ttft_p99_ms", "prompt_tokens_per_s"),
    ),
    Symptom(
        name="saturated",
        title="Requests wait, and the KV cache is full",
        needs=("waiting_requests", "kv_cache_pct"),
        holds=lambda n: (
            n["waiting_requests"] > 0
            and n["kv_cache_pct"] > _FULL
            and n.get("replica_balance", 1) >= UNEVEN
        ),
        recommend="Scale out, or admit less: every replica is full, so balancing cannot help.",
        expect="Queue time falls with the load of each replica.",
        evidence=Evidence("SGLang tuning page: above 0.9 the cache is full", "documentation"),
        steps=(
            "Add replicas, or limit concurrent requests per replica.",
            "Shorten contexts, or quantise the KV cache.",
        ),
        disproof="The cache is full but nothing waits: that is good use.",
        shows=("preemptions_per_min", "queue_p99_ms", "ttft_p99_ms"),
    ),
    Symptom(
        name="preempted",
        title="Requests are put back for lack of cache",
        needs=("preemptions_per_min",),
        holds=lambda n: n["preemptions_per_min"] > 0,
        recommend="Admit fewer requests at once, or give the KV cache more memory.",
        expect="Work is not done twice.",
        evidence=Evidence("vLLM, optimisation and tuning: preemption", "documentation"),
        steps=("vLLM: lower max_num_seqs, or raise gpu_memory_utilization.",),
        disproof="It happens at start-up only.",
        shows=("kv_cache_pct", "inter_token_p99_ms"),
    ),
    Symptom(
        name="capacity",
        title="The first token is late because requests queue",
        needs=("ttft_p99_ms", "queue_p99_ms"),
        holds=lambda n: n["queue_p99_ms"] > 0.5 * n["ttft_p99_ms"] and n["ttft_p99_ms"] > 1_000,
        recommend="Add capacity for prefill: more than half of the time is waiting.",
        expect="Time to first token falls by up to the queue time.",
        evidence=Evidence("The queue is part of the time to first token", "logic"),
        steps=("Add replicas, or separate prefill from decode.",),
        disproof="Queue time is high for one replica only: then balance.",
        shows=("waiting_requests",),
    ),
    Symptom(
        name="slow_transfer",
        title="The first token is late, and nothing queues",
        needs=("ttft_p99_ms", "queue_p99_ms"),
        holds=lambda n: n["ttft_p99_ms"] > 1_000 and n["queue_p99_ms"] < 0.1 * n["ttft_p99_ms"],
        recommend="Check the transfer of the KV cache between prefill and decode, then RoCE.",
        expect="Time to first token falls by the transfer time.",
        evidence=Evidence("With the queue flat, what is left is prefill and transfer", "logic"),
        steps=("vLLM: vllm:nixl_xfer_time_seconds and vllm:nixl_num_failed_transfers_total.",),
        disproof="Prompts became longer: compare prompt_tokens_per_s.",
        requires=("prefill_decode_split",),
        shows=("prompt_tokens_per_s",),
    ),
)
