"""ClickUp's rate limit: the number of calls by plan, and the X-RateLimit-* headers."""

from dataclasses import replace

from clickup_mlops.sandbox.core.limits import Decision

PER_MINUTE = {
    "Free": 100,
    "Unlimited": 100,
    "Business": 100,
    "Business Plus": 1_000,
    "Enterprise": 10_000,
}
"""Requests per minute and token by plan (developer docs, "Rate limits")."""


def make_stray(decision: Decision) -> Decision:
    """The limit of something else, as single answers name it (live answers of 2026)."""
    return replace(decision, limit=100, remaining=60)


def build_headers(decision: Decision, ahead_ms: int) -> dict[str, str]:
    """The three headers of every answer.

    Reset is a Unix time in seconds, by the sandbox's clock, which is `ahead_ms` of real time.
    """
    return {
        "X-RateLimit-Limit": str(decision.limit),
        "X-RateLimit-Remaining": str(decision.remaining),
        "X-RateLimit-Reset": str(decision.reset_s + round(ahead_ms / 1000)),
    }
