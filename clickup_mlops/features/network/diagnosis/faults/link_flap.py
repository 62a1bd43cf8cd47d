"""A link that goes down again and again."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.model import (
    ANYWHERE,
    Effect,
    Fault,
    Remedy,
    Step,
    Suspicion,
)
from clickup_mlops.features.network.diagnosis.view import View, effects, estimate, names

_LEAST: Final = 2
"""Once is a reboot or a person with a cable."""
_DOWN_S: Final = 10.0
"""A flap costs about the time that a link needs to train and a queue pair to time out."""


def _find(view: View) -> Iterable[Suspicion]:
    for port in view.fabric.ports:
        downs = view.data.total("links_down", port.name)
        if downs >= _LEAST:
            carriers = view.colleagues(port.host)
            share = min(0.9, downs * _DOWN_S * 1000 / view.data.length_ms)
            spread = [share * factor for factor in (0.5, 1.0, 1.5)]
            yield Suspicion(
                port.name,
                {"links_down": downs},
                frozenset({Effect("errors", port.name)}),
                effects("slow", names(carriers))
                | {Effect("loss", ANYWHERE), Effect("idle", port.name)},
                estimate(view, carriers, spread),
            )


FAULT = Fault(
    "Link flaps",
    10,
    ("links_down",),
    _find,
    Remedy(
        (
            Step("Drain the host from the scheduler.", "kubectl drain {host}"),
            Step(
                "Read why the link went down.",
                "ssh {host} 'ethtool -m $(ls /sys/class/infiniband/{port}/device/net)'",
            ),
            Step("Reseat, then replace cable or optic; compare both ends."),
        ),
        "kubectl uncordon {host}",
        "Each time the host was rebooted, or its driver reloaded.",
        Evidence("Linux kernel, mlx5 ethtool counters", "documentation"),
    ),
    hold_s=600,
)
