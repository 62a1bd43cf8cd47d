"""A counter that says what cannot be: more bytes than the link carries."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.model import Effect, Fault, Remedy, Step, Suspicion
from clickup_mlops.features.network.diagnosis.view import RATE, RECEIVED, SENT, View

_IMPOSSIBLE: Final = 110.0
"""Per cent of the line rate; a scrape that came late makes a little more than 100."""


def _find(view: View) -> Iterable[Suspicion]:
    for port in view.fabric.ports:
        points = (*view.data.track(SENT, port.name), *view.data.track(RECEIVED, port.name))
        highest = max((value for _at_ms, value in points), default=0.0)
        if highest > _IMPOSSIBLE:
            yield Suspicion(
                port.name,
                {"link_utilisation_pct": highest},
                frozenset({Effect("reading", port.name)}),
                detail="Its other numbers of this time are not used.",
            )


FAULT = Fault(
    "Counters or clock are wrong",
    0,
    (SENT, RATE),
    _find,
    Remedy(
        (
            Step("Compare the host's clock.", "ssh {host} chronyc tracking"),
            Step("Look at the counter itself twice.", "ssh {host} rdma statistic show link {port}"),
        ),
        "Nothing was changed.",
        "The line rate that is reported is not that of the link.",
        Evidence("A link carries no more than its line rate", "logic"),
    ),
    hold_s=600,
)
