"""A GPU or host that is late: all other ranks of its job wait for it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.fabric import Job
from clickup_mlops.features.network.diagnosis.model import Fault, Remedy, Step, Suspicion
from clickup_mlops.features.network.diagnosis.view import View, effects, estimate, names

TENSOR: Final = "tensor_active_pct"
UTILISATION: Final = "gpu_utilisation_pct"
_LEAST_GPUS: Final = 4
_BUSIER: Final = 1.2
_IDLER: Final = 0.8
_WORKING: Final = 5.0


def _find(view: View) -> Iterable[Suspicion]:
    for job in view.fabric.jobs:
        if job.kind == "training":
            late = [*_late(view, job, TENSOR, busier=True)]
            late += _late(view, job, UTILISATION, busier=False)
            by_host: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
            for place, measure, ratio in late:
                by_host[place.partition("/")[0]].append((place, measure, ratio))
            # Where many stand out it is the schedule, such as a pipeline's stages.
            if len(by_host) == 1:
                ((host, marks),) = by_host.items()
                yield _suspicion(view, job, host, marks)


def _late(view: View, job: Job, measure: str, *, busier: bool) -> Iterable[tuple[str, str, float]]:
    """GPUs that compute for longer than the others of the job, or that others wait for."""
    level = view.low if busier else lambda name, place: view.data.high(name, place) or 0.0
    levels = {
        place: level(measure, place)
        for place in view.data.places(measure)
        if place.partition("/")[0] in job.hosts and view.data.values(measure, place)
    }
    usual = median(levels.values()) if len(levels) >= _LEAST_GPUS else 0.0
    if usual >= _WORKING:
        for place, value in levels.items():
            ratio = value / usual
            if (busier and ratio >= _BUSIER) or (not busier and ratio <= _IDLER):
                yield place, measure, ratio


def _suspicion(
    view: View, job: Job, host: str, marks: Sequence[tuple[str, str, float]]
) -> Suspicion:
    places = sorted({place for place, _measure, _ratio in marks})
    carriers = [port for port in view.busy_ports if port.host in job.hosts]
    shares = [abs(1 - min(ratio, 1 / ratio)) for _place, _measure, ratio in marks if ratio]
    numbers: dict[str, float] = {
        measure: view.data.typical(measure, place) or 0.0 for place, measure, _ratio in marks
    }
    temperature = view.data.typical("gpu_temperature_c", places[0])
    return Suspicion(
        places[0] if len(places) == 1 else host,
        numbers | ({"gpu_temperature_c": temperature} if temperature is not None else {}),
        effects("gpu", places),
        effects("slow", names(carriers)),
        estimate(view, carriers, [share * f for share in shares for f in (0.8, 1.0, 1.2)]),
        "Its GPU computes for longer than the others."
        if any(measure == TENSOR for _place, measure, _ratio in marks)
        else "Its GPU waits, for data or the CPU, while the others wait for it.",
    )


FAULT = Fault(
    "Straggler: ranks wait for one host",
    60,
    (TENSOR,),
    _find,
    Remedy(
        (
            Step(
                "Clocks, temperature and errors of its GPUs.",
                "ssh {host} nvidia-smi -q -d CLOCK,PERFORMANCE",
            ),
            Step("Data loading and CPU of the host.", "ssh {host} top -b -n 1"),
            Step("Restart the job without the host; the step time must fall."),
        ),
        "Put the host back.",
        "All ranks wait at the same places: then it is the schedule.",
        Evidence("A collective ends with its last rank", "logic"),
    ),
)
