"""Few large flows: the hash puts several on one uplink, and leaves others idle."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.fabric import Port, UplinkGroup
from clickup_mlops.features.network.diagnosis.model import (
    ANYWHERE,
    Effect,
    Fault,
    Remedy,
    Step,
    Suspicion,
)
from clickup_mlops.features.network.diagnosis.view import (
    UPLINK_SENT,
    View,
    effects,
    estimate,
    spread,
)
from clickup_mlops.spelling import format_count

_UNEVEN: Final = 0.85
"""Jain's index below which load is uneven."""
_HOT: Final = 80.0
"""Per cent of the line rate that the hottest holds: an uneven group with room harms nobody."""
Uneven = Sequence[tuple[UplinkGroup, Mapping[str, float]]]


def _find(view: View) -> Iterable[Suspicion]:
    uneven = [(group, load) for group, load in view.groups if _is_uneven(view, load)]
    if uneven:
        yield _suspicion(view, uneven)


def _is_uneven(view: View, load: Mapping[str, float]) -> bool:
    hottest = max(load, key=load.__getitem__)
    return spread(load.values())[0] < _UNEVEN and view.low(UPLINK_SENT, hottest) >= _HOT


def _suspicion(view: View, uneven: Uneven) -> Suspicion:
    group, load = max(uneven, key=lambda pair: spread(pair[1].values())[1])
    jain, peak = spread(load.values())
    flows = view.data.typical("flows_per_link", f"{group.switch}/{group.name}")
    carriers = [port for port in view.back_end if port.switch in {g.switch for g, _ in uneven}]
    senders = carriers or view.back_end
    return Suspicion(
        _culprit(view, senders) or (group.switch if len(uneven) == 1 else "fabric"),
        {"uplink_balance": jain, "uplink_peak": peak}
        | ({"flows_per_link": flows} if flows is not None else {}),
        effects("uneven", [switch.switch for switch, _load in uneven]),
        frozenset({Effect(kind, ANYWHERE) for kind in ("marks", "slow", "pauses", "uneven")}),
        estimate(view, senders, [_lost(load, factor) for factor in (0.6, 1.0, 1.4)]),
        f"Hottest uplink {max(load, key=load.__getitem__)}; uneven at "
        f"{format_count(len(uneven), 'switch', 'switches')}.",
        "" if flows is not None else "The number of queue pairs tells few flows from a bad hash.",
    )


def _lost(load: Mapping[str, float], factor: float) -> float:
    """Of what crosses the group: flows on the hottest link get 1/peak of their share."""
    return factor * 0.5 * (1 - 1 / spread(load.values())[1])


def _culprit(view: View, senders: Sequence[Port]) -> str:
    """The job that sends most of it; empty: no job stands out, or none is known."""
    by_job: dict[str, float] = {}
    for port in senders:
        job = view.job(port.host)
        name = job.name if job else ""
        by_job[name] = by_job.get(name, 0.0) + view.sent_gbps(port.name)
    name = max(by_job, key=by_job.__getitem__, default="")
    return name if name and by_job[name] >= 0.6 * sum(by_job.values()) else ""


FAULT = Fault(
    "Few large flows collide on uplinks",
    51,
    (UPLINK_SENT,),
    _find,
    Remedy(
        (
            Step("What would other ways give here?", "clickup-mlops network balance"),
            Step("More queue pairs: NCCL_IB_QPS_PER_CONNECTION=4, NCCL_IB_SPLIT_DATA_ON_QPS=0."),
            Step("Switches: hash by the destination queue pair, or balance by flowlets."),
        ),
        "Unset both variables; restore the hash.",
        "The index stays below 0.85 with 4 or more flows on each link.",
        Evidence("Meta, RDMA over Ethernet at scale (SIGCOMM 2024)", "engineering report"),
    ),
)
