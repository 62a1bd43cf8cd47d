"""A GPU or host that is late: all other ranks of its job wait for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.fabric import Job
from clickup_mlops.features.network.diagnosis.model import Fault, Remedy, Step, Suspicion
from clickup_mlops.features.network.diagnosis.view import View, effects, estimate, names


@dataclass(frozen=True, slots=True)
class Sign:
    """How who is late differs from the median of the job, from `ratio` on, in a measure whose
    median is at least `least`; and what that says.
    """

    measure: str
    ratio: float
    least: float
    meaning: str

    def is_shown(self, ratio: float) -> bool:
        """Whether so much of the median is enough, in the direction that it has."""
        return ratio >= self.ratio if self.ratio > 1 else ratio <= self.ratio


TENSOR: Final = "tensor_active_pct"
UTILISATION: Final = "gpu_utilisation_pct"
COLLECTIVE: Final = "rank_collective_mean_ms"
SIGNS: Final = (
    Sign(TENSOR, 1.2, 5.0, "Its GPU computes for longer than the others."),
    Sign(
        UTILISATION, 0.8, 5.0, "Its GPU waits, for data or the CPU, while the others wait for it."
    ),
    # These begin when their last rank does, so that one waits least.
    Sign(COLLECTIVE, 0.7, 1.0, "It comes last to the collectives: the others wait there for it."),
)
_TOGETHER: Final = frozenset(("AllReduce", "AllGather", "ReduceScatter"))
"""Operations that no rank can end before all have come; of others the root, or a leaf, can."""
_LEAST_PLACES: Final = 4
_UNDECIDED: Final = f"{TENSOR} tells whether its GPU or what feeds it is slow."


@dataclass(frozen=True, slots=True)
class Mark:
    """A GPU or rank that shows a sign."""

    place: str
    sign: Sign
    ratio: float

    @property
    def gpu(self) -> str:
        """Such as `gpu-03/gpu1`."""
        return self.place.partition(":")[0]


def _find(view: View) -> Iterable[Suspicion]:
    for job in view.fabric.jobs:
        if job.kind == "training":
            marks = [mark for sign in SIGNS for mark in _marks(view, job, sign)]
            by_host: dict[str, list[Mark]] = defaultdict(list)
            for mark in marks:
                by_host[mark.place.partition("/")[0]].append(mark)
            # Where many stand out it is the schedule, such as a pipeline's stages.
            if len(by_host) == 1:
                ((host, of_host),) = by_host.items()
                yield _suspicion(view, job, host, of_host)


def _marks(view: View, job: Job, sign: Sign) -> Iterator[Mark]:
    """GPUs or ranks of the job that differ from the others: in the level that held, and of each
    operation, communicator and size by itself.
    """
    by_collective: dict[str, dict[str, float]] = defaultdict(dict)
    held = view.data.low if sign.ratio > 1 else view.data.high
    for place in view.data.places(sign.measure):
        level = held(sign.measure, place)
        _rank, _, collective = place.partition(":")
        is_compared = sign.measure != COLLECTIVE or collective.partition(" ")[0] in _TOGETHER
        if is_compared and place.partition("/")[0] in job.hosts and level is not None:
            by_collective[collective][place] = level
    for levels in by_collective.values():
        usual = median(levels.values()) if len(levels) >= _LEAST_PLACES else 0.0
        if usual >= sign.least:
            marks = (Mark(place, sign, level / usual) for place, level in levels.items())
            yield from (mark for mark in marks if sign.is_shown(mark.ratio))


def _suspicion(view: View, job: Job, host: str, marks: Sequence[Mark]) -> Suspicion:
    gpus = sorted({mark.gpu for mark in marks})
    carriers = [port for port in view.busy_ports if port.host in job.hosts]
    # What a late rank costs is not the share of a collective by which the others wait longer.
    ratios = [mark.ratio for mark in marks if mark.ratio and mark.sign.measure != COLLECTIVE]
    shares = [abs(1 - min(ratio, 1 / ratio)) for ratio in ratios]
    numbers: dict[str, float] = {
        mark.sign.measure: view.data.typical(mark.sign.measure, mark.place) or 0.0 for mark in marks
    }
    temperature = view.data.typical("gpu_temperature_c", gpus[0])
    return Suspicion(
        gpus[0] if len(gpus) == 1 else host,
        numbers | ({"gpu_temperature_c": temperature} if temperature is not None else {}),
        effects("gpu", gpus),
        effects("slow", names(carriers)),
        estimate(view, carriers, [share * f for share in shares for f in (0.8, 1.0, 1.2)]),
        marks[0].sign.meaning,
        "" if view.data.places(TENSOR) else _UNDECIDED,
        {mark.sign.measure: mark.place for mark in marks},
    )


FAULT = Fault(
    "Straggler: ranks wait for one host",
    60,
    (),
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
    any_of=tuple(sign.measure for sign in SIGNS),
)
