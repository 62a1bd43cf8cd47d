"""A late rank, told by collectives alone: what is compared, where it is measured, what it costs."""

from clickup_mlops.features.metrics.scrape import labels
from clickup_mlops.features.network.diagnosis.course import News, advance
from clickup_mlops.features.network.diagnosis.diagnose import WINDOW_MS, diagnose
from clickup_mlops.features.network.diagnosis.model import Diagnosis
from clickup_mlops.features.network.diagnosis.text import block
from clickup_mlops.features.network.diagnosis.windows import place_of, windows
from tests.features.network.diagnosis.test_faults import END_MS, HOSTS, fabric, healthy, readings

MEASURE = "rank_collective_mean_ms"
LATE = "gpu-3/gpu0:AllReduce"


def waits(late_ms: float, collective: str = "AllReduce") -> Diagnosis:
    """Seven ranks of a job are in the collective for 10 ms."""
    ranks = {f"{host}/gpu{n}:{collective}": 10.0 for host in HOSTS[:4] for n in (0, 1)}
    ranks[f"gpu-3/gpu0:{collective}"] = late_ms
    values = {key: value for key, value in healthy().items() if key[0] != "tensor_active_pct"}
    values |= {(MEASURE, rank): ms for rank, ms in ranks.items()}
    data = windows(
        readings(values),
        END_MS,
        WINDOW_MS,
        str,
        lambda measure: {LATE: [9.0, 10.0, 11.0]} if measure == MEASURE else {},
    )
    return diagnose(data, fabric())


def test_what_others_wait_in_a_collective_is_no_share_of_the_step() -> None:
    """A collective of 10 ms in a step of seconds says nothing of how much longer that is."""
    (finding,) = waits(1.0).findings

    assert finding.key == "straggler gpu-3/gpu0"
    assert finding.lost.mean == 0
    assert "Goodput lost" not in block(finding)


def test_an_operation_that_some_ranks_end_early_tells_nobody_late() -> None:
    """The root of a Broadcast has sent, and a leaf of a Reduce, before others have come."""
    for collective in ("Broadcast", "Reduce", "SendRecv"):
        assert waits(1.0, collective).findings == ()
    for collective in ("AllReduce", "AllGather", "ReduceScatter"):
        assert len(waits(1.0, collective).findings) == 1


def test_a_number_of_a_rank_has_its_course_and_its_days() -> None:
    """Though the finding is about the GPU; and when it is over, what it was before."""
    (finding,) = waits(5.0).findings

    assert {value for _at_ms, value in finding.courses[MEASURE]} == {5.0}
    assert finding.days[MEASURE] == [9.0, 10.0, 11.0]
    assert "means at this hour of 3 days before 9 ms to 11 ms" in block(finding)
    (news,) = advance({}, [finding], END_MS)
    assert isinstance(news, News)
    assert (news.episode.measure, news.episode.measured_at) == (MEASURE, LATE)


def test_ranks_are_compared_within_a_communicator_and_a_size() -> None:
    """A host that is also in small collectives is not late."""
    key = {"job": "4711", "rank": "gpu-3/GPU0", "collective": "AllReduce"}
    large, small, plain = (
        place_of(labels(**key, comm_name="DP 0", message_size="4-5GB")),
        place_of(labels(**key, comm_name="DP 0", message_size="1-2KB")),
        place_of(labels(**key)),
    )
    assert (large, plain) == ("gpu-3/gpu0:AllReduce DP 0 4-5GB", LATE)
    assert len({large, small, plain}) == 3
    assert waits(5.0, "AllReduce DP 0 4-5GB").findings[0].place == "gpu-3/gpu0"
