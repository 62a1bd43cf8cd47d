"""Events for the store tests, also used by the processes that they start."""

from clickup_mlops.store import Incoming


def event(key: str, lane: str = "t1", *, at: int = 1_000, body: bytes = b"{}") -> Incoming:
    """An event as the receiver would hand it over."""
    return Incoming(
        key=key,
        source="hook:w1",
        workspace="900",
        kind="taskUpdated",
        lane=lane,
        list_id="55",
        body=body,
        event_ms=at,
        received_ms=at,
    )
