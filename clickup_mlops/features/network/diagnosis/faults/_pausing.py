"""What a host leads to that has the network pause, for whatever reason."""

from collections.abc import Sequence

from clickup_mlops.features.network.diagnosis.fabric import Port
from clickup_mlops.features.network.diagnosis.model import ANYWHERE, Effect, Suspicion
from clickup_mlops.features.network.diagnosis.view import View, effects, estimate, names, place_on


def suspect(
    view: View,
    ports: Sequence[Port],
    worst: Port,
    measures: Sequence[str],
    undecided: str = "",
) -> Suspicion:
    """The host of these ports. `measures` of the worst one are the evidence."""
    host = worst.host
    carriers = view.colleagues(host)
    shares = [pct / 100 for pct in view.data.values("pause_sent_pct", worst.name)]
    return Suspicion(
        place_on(host, ports),
        {
            measure: level
            for measure in measures
            if (level := view.data.typical(measure, worst.name)) is not None
        },
        effects("pauses", [f"by {port.name}" for port in ports]),
        effects("slow", names(carriers))
        | {Effect("pauses", ANYWHERE), Effect("marks", ANYWHERE), Effect("loss", worst.name)}
        | effects("uneven", {port.switch for port in ports if port.switch}),
        estimate(view, carriers, shares),
        undecided=undecided,
    )
