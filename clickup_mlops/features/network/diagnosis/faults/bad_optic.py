"""A cable or optic that damages packets: errors that correction does not mend, or nearly."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.fabric import Port
from clickup_mlops.features.network.diagnosis.model import (
    ANYWHERE,
    Effect,
    Fault,
    Remedy,
    Step,
    Suspicion,
)
from clickup_mlops.features.network.diagnosis.view import View, effects, estimate, names

_LIMITS: Final = ((50.0, 2.4e-4), (25.0, 5e-5), (0.0, 1e-8))
"""Highest bit error rate before correction, from a rate of a lane (Gbit/s) on: PAM4 with
RS(544,514), IEEE 802.3bs; NRZ with RS(528,514), IEEE 802.3bm; slower lanes that count corrected
bits have FireCode, which mends fewer.
"""
_USUAL_LANES: Final = ((100, 4), (56, 4), (50, 2), (40, 4), (0, 1))
"""From a line rate (Gbit/s) on, where the port does not say: 56 is FDR."""
_LOSS_PPM: Final = 1.0
"""Lost packets that must hold, too: single ones are no fault of a cable."""
_PER_LOSS: Final = 1000.0
"""Packets that go-back-N sends again for a lost one: about a bandwidth-delay product at 400G."""


def limit(gbps: float, lane_gbps: float | None = None) -> float:
    """The highest rate of errors before correction that is normal for a line's lanes."""
    lanes = next(count for least, count in _USUAL_LANES if gbps >= least)
    return next(rate for least, rate in _LIMITS if (lane_gbps or gbps / lanes) >= least)


def _find(view: View) -> Iterable[Suspicion]:
    for port in view.busy_ports:
        numbers = {
            measure: level
            for measure in (
                "pre_fec_bit_error_rate",
                "post_fec_symbol_error_rate",
                "crc_errors_ppm",
                "out_of_sequence_ppm",
            )
            if (level := view.data.typical(measure, port.name)) is not None
        }
        if _is_damaging(view, port):
            yield _suspicion(view, port, numbers)


def _is_damaging(view: View, port: Port) -> bool:
    """What holds after correction, with loss; or more before it than it can mend."""
    before = view.low("pre_fec_bit_error_rate", port.name)
    after = view.low("post_fec_symbol_error_rate", port.name)
    damaged = view.low("crc_errors_ppm", port.name)
    lossy = view.low("out_of_sequence_ppm", port.name) >= _LOSS_PPM
    return before > limit(view.rate_gbps(port.name), view.lane_gbps(port.name)) or (
        (after > 0 or damaged >= _LOSS_PPM) and lossy
    )


def _suspicion(view: View, port: Port, numbers: dict[str, float]) -> Suspicion:
    carriers = view.colleagues(port.host)
    lost = [
        min(0.9, ppm * _PER_LOSS / 1e6)
        for ppm in view.data.values("out_of_sequence_ppm", port.name)
    ]
    return Suspicion(
        port.name,
        numbers,
        frozenset({Effect("errors", port.name)}),
        effects("slow", names(carriers))
        | {Effect("loss", ANYWHERE), Effect("class", port.host)}
        | effects("class", {peer.host for peer in carriers}),
        estimate(view, carriers, lost),
    )


FAULT = Fault(
    "Cable or optic damages packets",
    11,
    ("post_fec_symbol_error_rate",),
    _find,
    Remedy(
        (
            Step("Drain the link or the host.", "kubectl drain {host}"),
            Step(
                "Read power and errors of the optic.",
                "ssh {host} 'ethtool -m $(ls /sys/class/infiniband/{port}/device/net)'",
            ),
            Step("Swap both ends one by one, and compare the errors after correction."),
        ),
        "kubectl uncordon {host}",
        "The errors follow the port and not the optic.",
        Evidence("IEEE 802.3bs: 2.4e-4 before correction is normal on PAM4", "documentation"),
    ),
)
