"""Training tasks, as traces."""

from clickup_mlops.features.discovery.model import Trace
from clickup_mlops.flow.model import Stay


def training(start_ms: int, end_ms: int) -> Trace:
    """One that was in work in that time."""
    stays = (Stay("running", "custom", start_ms, end_ms), Stay("done", "done", end_ms, None))
    return Trace(f"r{start_ms}", "1", "training", "done", "done", start_ms, end_ms, stays=stays)
