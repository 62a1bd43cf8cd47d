"""Small makers for routing's tests."""

from dataclasses import dataclass, field

from clickup_mlops.routing.decide import decide
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.facts import Context, Facts
from clickup_mlops.routing.policy import Policy

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NOW_MS = 1_767_614_400_000  # 2026-01-05 12:00 UTC


@dataclass(frozen=True)
class Read:
    """What a classifier said."""

    workload: str = "inference"
    confidence: float = 0.93
    abstain: bool = False
    incident: bool = False
    incident_confidence: float = 0.02
    evidence: tuple[str, ...] = ("latency", "vllm")
    runner_up: str = "training"
    scores: dict[str, float] = field(
        default_factory=lambda: {"inference": 0.93, "training": 0.04, "other": 0.03}
    )


def decided(
    *tags: str,
    policy: Policy | None = None,
    read: Read | None = None,
    context: Context | None = None,
    now_ms: int = NOW_MS,
    **facts: object,
) -> Decision:
    """The decision about a task that was created just now, unless told otherwise."""
    values = {"task_id": "t1", "created_ms": NOW_MS, "tags": tags} | facts
    return decide(Facts(**values), read, policy or Policy(), context or Context(), now_ms)
