"""What waits in clusters, and for how long: Slurm, Kubernetes and GitLab as they answer."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from clickup_mlops.features.metrics.scrape import NONE, Scrape, labels
from clickup_mlops.features.metrics.source import SourceError
from clickup_mlops.features.metrics.sources import gitlab, kubernetes, slurm
from clickup_mlops.features.network.metric_sources import nccl_tests
from tests.features.metrics.sources.test_cases import CASES

NOW_S = 1_800_000_000
NOW_MS = NOW_S * 1000


class World:
    """Answers by the end of the address, one output, and files."""

    def __init__(self, answers: Mapping[str, Any] | None = None, output: str = "", **files: str):
        self._answers, self._output, self._files = answers or {}, output, files
        self.headers: Mapping[str, str] = {}

    def json(self, url: str, params: Any, headers: Any, timeout_s: float, body: Any = None) -> Any:
        self.headers = headers
        result = self._answers[url.rpartition("/")[2]]
        if isinstance(result, Exception):
            raise result
        return result

    def output(self, command: Sequence[str], timeout_s: float, environment: Any = ()) -> str:
        return self._output

    def paths(self, pattern: str) -> Sequence[str]:
        return [path for path in self._files if pattern in ("*", path)]

    def file(self, path: str) -> str:
        return self._files[path]


def values(scrape: Scrape, **of: str) -> Mapping[str, float]:
    return {s.name: s.value for s in scrape.samples if s.labels == labels(**of)}


def _set(number: int) -> Any:
    return {"set": True, "infinite": False, "number": number}


@pytest.mark.parametrize("wrapped", [True, False])
def test_jobs_of_slurm_that_wait_have_an_age(wrapped: bool) -> None:
    """In both forms of its JSON; a job that waits for another one waits for no place."""

    def job(state: str, submitted: int, started: int = 0, reason: str = "Resources") -> Any:
        times = {"submit_time": NOW_S - submitted, "start_time": NOW_S - started if started else 0}
        return {
            "partition": "gpu",
            "job_state": [state] if wrapped else state,
            "state_reason": reason,
            **({name: _set(at) for name, at in times.items()} if wrapped else times),
        }

    queue = [
        job("PENDING", 600),
        job("PENDING", 7200),
        job("PENDING", 90_000, reason="Dependency"),
        job("RUNNING", 4000, 3000),
        job("RUNNING", 5000, 2000),
    ]
    world = World(output=json.dumps({"jobs": queue}))
    result = slurm.collect(slurm.Settings(kind="slurm"), world, NOW_MS)  # type: ignore[arg-type]
    assert values(result, queue="gpu") == {
        "pending_jobs": 2,
        "running_jobs": 2,
        "pending_age_s": 7200,
        "queue_wait_s": 2000,
    }


def test_a_time_of_slurm_that_is_infinite_is_none() -> None:
    """Its number says nothing."""
    never = {"set": True, "infinite": True, "number": 4}
    job = {"partition": "gpu", "job_state": ["PENDING"], "submit_time": never, "start_time": never}
    samples, _problems = slurm.parse(json.dumps({"jobs": [job]}), NOW_MS)
    assert {sample.name: sample.value for sample in samples}["pending_age_s"] == 0


@pytest.mark.parametrize("text", ["", "slurm_load_jobs error", "[]", "{}"])
def test_what_is_no_queue_is_an_error(text: str) -> None:
    """With what is wanted."""
    with pytest.raises(SourceError, match="no queue of Slurm"):
        list(slurm.parse(text, NOW_MS))


def test_pods_of_kubernetes_that_wait_for_a_gpu_have_an_age() -> None:
    """Those that ask for none are left out; warnings count that were seen since the last look."""

    def pod(name: str, created: str, resource: str, node: str = "") -> Any:
        return {
            "metadata": {"name": name, "namespace": "vision", "creationTimestamp": created},
            "spec": {
                "containers": [{"resources": {"requests": {resource: "8"}}}],
                **({"nodeName": node} if node else {}),
            },
        }

    pods = [
        pod("a", "2027-01-15T07:50:00Z", "nvidia.com/gpu"),
        pod("b", "2027-01-15T07:00:00Z", "nvidia.com/gpu"),
        pod("c", "2027-01-14T00:00:00Z", "cpu"),
        pod("pulling", "2027-01-15T06:00:00Z", "nvidia.com/gpu", "gpu-01"),
    ]
    events = [
        {"metadata": {"creationTimestamp": "2027-01-15T06:00:00Z"}, "lastTimestamp": at}
        for at in ("2027-01-15T07:59:30Z", "2027-01-15T07:58:30Z")
    ] + [
        {
            "metadata": {"creationTimestamp": "2027-01-15T06:00:00Z"},
            "series": {"lastObservedTime": "2027-01-15T07:59:59.000000Z"},
        }
    ]
    world = World({"pods": {"items": pods}, "events": {"items": events}})
    settings = kubernetes.Settings(kind="kubernetes", url="http://k:8001", bearer="t")
    result = kubernetes.collect(settings, world, NOW_MS)  # type: ignore[arg-type]
    assert values(result, queue="vision") == {"pending_jobs": 2, "pending_age_s": 3600}
    assert values(result) == {"warning_events_per_min": 2}
    assert world.headers == {"Authorization": "Bearer t"}


def test_pipelines_of_gitlab_fail_and_jobs_wait() -> None:
    """Those that run do not count; a project that cannot be read loses no other."""
    pipelines = [
        {"status": status} for status in ("success", "failed", "success", "success", "running")
    ]
    jobs = [{"created_at": "2027-01-15T07:55:00.000Z"}]
    world = World({"pipelines": pipelines, "jobs": jobs})
    settings = gitlab.Settings(
        kind="gitlab", url="https://gitlab.com", projects=("ml/churn",), token="t"
    )
    result = gitlab.collect(settings, world, NOW_MS)  # type: ignore[arg-type]
    assert values(result, project="ml/churn") == {"pipelines_failed_pct": 25}
    assert values(result, queue="ml/churn") == {"pending_jobs": 1, "pending_age_s": 300}
    away = World({"pipelines": SourceError("HTTP 401")})
    problems = gitlab.collect(settings, away, NOW_MS).problems  # type: ignore[arg-type]
    assert problems == ("ml/churn: HTTP 401",)


LOG = (CASES / "nccl_tests" / "allreduce-32.log").read_text(encoding="utf-8")


def test_a_log_of_nccl_tests_gives_bandwidths() -> None:
    """Of the largest message, in the better half; of the newest run in the log."""
    old = LOG.replace("178.96", "100.00")
    world = World(**{"allreduce-32.log": old + LOG, "empty.log": "srun: error\n"})
    settings = nccl_tests.Settings(kind="nccl_tests", files=("*", "missing"))
    result = nccl_tests.collect(settings, world, NOW_MS)  # type: ignore[arg-type]
    assert values(result, job="allreduce-32") == {
        "bus_bandwidth_gb_s": 178.96,
        "algorithm_bandwidth_gb_s": 95.44,
        "collective_mean_ms": 90,
        "collective_errors": 0,
    }
    assert [problem.partition(":")[0] for problem in result.problems] == ["empty.log", "missing"]


TAGS = (
    "[1,0]<stdout>:",
    "   [1,0]<stdout>:",
    "0: ",
    " 12: ",
    "(head, rank=0, pid=3808) [1,0]<stdout>:",
)
"""Of `mpirun --tag-output`, `srun --label`, and SkyPilot around it."""


@pytest.mark.parametrize("tag", TAGS)
def test_a_log_whose_lines_have_a_tag_is_read_the_same(tag: str) -> None:
    """A launcher says before each line which rank it is from."""
    tagged = "".join(f"{tag}{line}\n" for line in LOG.splitlines())
    assert [*nccl_tests.parse(tagged, NONE)] == [*nccl_tests.parse(LOG, NONE)]


NCCOM = """
    size(B)  count(elems) {1}  type  {0}  algbw(GB/s)  busbw(GB/s)
    1048576  262144 {1} fp32 100 9.77 18.92
    33554432  8388608 {1} fp32 1000 {2} {3}
Avg bus bandwidth:      99.9GB/s
"""
FAILED = """
    size(B)  count(elems)  type  time(us)  algbw(GB/s)  busbw(GB/s)
    1048576  262144 fp32 100 9.77 18.92
    33554432  Failure running neuron-bench - log file /tmp/nccom_test_log_a.log
1 errors found - test failed
"""


@pytest.mark.parametrize("sizes", ["", "32768", "32768 1048576"])
@pytest.mark.parametrize(
    ("heading", "printed"), [("time(us)", (31.25, 60.55)), ("time:avg(us)", (33.55, 65.01))]
)
def test_a_log_of_nccom_test_gives_bandwidths(
    heading: str, printed: tuple[float, float], sizes: str
) -> None:
    """Of the newest run; older releases print GiB/s and call them GB/s."""
    run = NCCOM.format(heading, sizes, *printed)
    result = {sample.name: sample.value for sample in nccl_tests.parse(FAILED + run, NONE)}
    assert result == {
        "bus_bandwidth_gb_s": pytest.approx(65.01, rel=1e-3),
        "algorithm_bandwidth_gb_s": pytest.approx(33.554432),
        "collective_mean_ms": 1,
    }
    result = {sample.name: sample.value for sample in nccl_tests.parse(run + FAILED, NONE)}
    assert (result["collective_mean_ms"], result["collective_errors"]) == (0.1, 1)


NONSENSE = [None, "text", {}, {"metadata": None, "spec": None}, {"created_at": 7, "status": {}}]
"""Entries of lists that no tool should send."""


@pytest.mark.parametrize("entry", NONSENSE)
def test_an_entry_that_makes_no_sense_loses_no_other(entry: Any) -> None:
    """Of a project, a queue or a cluster; it is reported."""
    job = {"created_at": "2027-01-15T07:55:00.000Z"}
    world = World({"pipelines": [{"status": "failed"}, entry], "jobs": [entry, job]})
    settings = gitlab.Settings(kind="gitlab", url="https://gitlab.com", projects=("ml/churn",))
    scraped = gitlab.collect(settings, world, NOW_MS)  # type: ignore[arg-type]
    assert values(scraped, project="ml/churn") == {"pipelines_failed_pct": 100}
    assert values(scraped, queue="ml/churn") == {"pending_jobs": 1, "pending_age_s": 300}
    assert any("1 job left out" in problem for problem in scraped.problems)

    waiting = {"partition": "gpu", "job_state": "PENDING", "submit_time": NOW_S - 60}
    text = json.dumps({"jobs": [waiting, entry if not isinstance(entry, dict) else None]})
    samples, problems = slurm.parse(text, NOW_MS)
    assert {s.name: s.value for s in samples}["pending_jobs"] == 1
    assert len(problems) == 1


@pytest.mark.parametrize("entry", NONSENSE)
def test_kubernetes_lists_are_read_to_their_end(entry: Any) -> None:
    """Page by page; an entry that makes no sense loses no other."""

    def pod(created: str) -> Any:
        container = {"resources": {"requests": {"nvidia.com/gpu": "8"}}}
        meta = {"namespace": "vision", "creationTimestamp": created}
        return {"metadata": meta, "spec": {"containers": [container]}}

    first = {"items": [pod("2027-01-15T07:50:00Z"), entry], "metadata": {"continue": "abc"}}
    last = {"items": [pod("2027-01-15T07:00:00Z")], "metadata": {}}

    class Pages(World):
        def json(self, url: str, params: Any, headers: Any, timeout_s: float) -> Any:  # type: ignore[override]
            if url.endswith("events"):
                return {"items": [entry]}
            return last if params.get("continue") == "abc" else first

    settings = kubernetes.Settings(kind="kubernetes", url="http://k:8001")
    scraped = kubernetes.collect(settings, Pages(), NOW_MS)  # type: ignore[arg-type]
    assert values(scraped, queue="vision") == {"pending_jobs": 2, "pending_age_s": 3600}
    assert any("1 pod left out" in problem for problem in scraped.problems)
