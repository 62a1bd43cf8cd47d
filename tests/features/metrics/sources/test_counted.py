"""What servers count: errors that are shown late, ranks that repeat each other, replicas."""

from collections.abc import Mapping
from typing import Any

import pytest

from clickup_mlops.features.metrics.derive.formulas import read
from clickup_mlops.features.metrics.scrape import Window
from clickup_mlops.features.network.metric_sources import ufm
from tests.features.metrics.sources.test_cases import KINDS, Page

QUIET = {
    "vllm": 'vllm:request_success_total{{model_name="m",finished_reason="stop"}} {}',
    "sglang": 'sglang:num_requests_total{{model_name="m"}} {}',
    "kserve": 'revision_request_count{{revision_name="m",response_code_class="2xx"}} {}',
    "bentoml": (
        'bentoml_service_request_total{{service_name="m",endpoint="/",http_response_code="200"}} {}'
    ),
    "ray_serve": 'ray_serve_num_http_requests_total{{application="m",status_code="200"}} {}',
}
FAILED = {
    "vllm": 'vllm:request_success_total{model_name="m",finished_reason="error"} 20',
    "sglang": 'sglang:num_aborted_requests_total{model_name="m"} 15',
    "kserve": 'revision_request_count{revision_name="m",response_code_class="5xx"} 20',
    "bentoml": (
        'bentoml_service_request_total{service_name="m",endpoint="/",http_response_code="500"} 20'
    ),
    "ray_serve": 'ray_serve_num_http_error_requests_total{application="m",error_code="500"} 15',
}


class Said:
    """A page from a text."""

    def __init__(self, page: str) -> None:
        self._page = page

    def text(self, url: str, headers: Any, timeout_s: float) -> str:
        return self._page


def measured(kind: str, before: str, now: str) -> Mapping[str, float]:
    """The readings of one group, 30 s apart."""
    source = KINDS[kind]
    settings = source.settings(kind=kind, url="http://127.0.0.1/metrics")
    first, second = (
        source.collect(settings, Said(page), at_ms) for page, at_ms in ((before, 0), (now, 30_000))
    )
    return {
        reading.measure: reading.value for reading in read(source.measures, Window(second, first))
    }


@pytest.mark.parametrize("kind", sorted(QUIET))
def test_a_server_that_never_failed_has_an_error_rate_of_zero(kind: str) -> None:
    """It shows the counter of failures with the first of them only."""
    assert measured(kind, QUIET[kind].format(10), QUIET[kind].format(70))["error_pct"] == 0


@pytest.mark.parametrize("kind", sorted(QUIET))
def test_the_first_failures_count(kind: str) -> None:
    """Not only those from the next scrape on: 15 of 60 or 20 of 80."""
    now = f"{QUIET[kind].format(70)}\n{FAILED[kind]}"
    assert measured(kind, QUIET[kind].format(10), now)["error_pct"] == pytest.approx(25)


@pytest.mark.parametrize("kind", sorted(QUIET.keys() - {"sglang", "ray_serve"}))
def test_requests_that_fail_for_the_first_time_are_requests(kind: str) -> None:
    """60 answered and 20 failed in 30 s."""
    result = measured(kind, QUIET[kind].format(10), f"{QUIET[kind].format(70)}\n{FAILED[kind]}")
    rate = "proxy_requests_per_s" if kind == "kserve" else "requests_per_s"
    assert result[rate] == pytest.approx(80 / 30)


@pytest.mark.parametrize("kind", sorted(QUIET))
def test_without_requests_there_is_no_error_rate(kind: str) -> None:
    """Nobody knows what would have become of one."""
    assert "error_pct" not in measured(kind, QUIET[kind].format(70), QUIET[kind].format(70))


def test_replicas_add_up_and_ranks_of_one_do_not() -> None:
    """Two data-parallel replicas of two tensor-parallel ranks each, with a share by priority."""

    def page(factor: int) -> str:
        ranks = 'model_name="m",dp_rank="{}",tp_rank="{}",priority="{}"'
        return "\n".join(
            f"sglang:{name}{{{ranks.format(replica, rank, priority)}}} {share * value * factor}"
            for name, value in (
                ("num_running_reqs", 12),
                ("num_queue_reqs", 4),
                ("gen_throughput", 800),
                ("num_retracted_requests_total", 3),
            )
            for replica in (0, 1)
            for rank in (0, 1)
            for priority, share in (("", 1), ("1", 0.5))
        )

    result = measured("sglang", page(0), page(1))

    assert (result["running_requests"], result["waiting_requests"]) == (24, 8)
    assert result["output_tokens_per_s"] == 1600
    assert result["preemptions_per_min"] == 12


SLURM = {
    "slinky": """slurm_partition_jobs_total{partition="gpu"} 12
slurm_partition_jobs_pending_total{partition="gpu"} 5
slurm_partition_jobs_running_total{partition="gpu"} 6
slurm_partition_jobs_failed_total{partition="gpu"} 1
slurm_nodes_total 9
slurm_nodes_idle_total 2
slurm_nodes_allocated_total 3
slurm_nodes_mixed_total 1
slurm_nodes_down_total 3
slurm_nodes_drain_total 2
""",
    "rivos": """slurm_partition_job_state_total{partition="gpu",state="PENDING"} 5
slurm_partition_job_state_total{partition="gpu",state="RUNNING"} 6
slurm_partition_job_state_total{partition="gpu",state="FAILED"} 1
slurm_node_count_per_state{state="idle"} 1
slurm_node_count_per_state{state="idle~"} 1
slurm_node_count_per_state{state="allocated"} 3
slurm_node_count_per_state{state="mixed"} 1
slurm_node_count_per_state{state="down*"} 1
slurm_node_count_per_state{state="idle&drained"} 2
""",
    "by state": """slurm_partition_jobs_total{partition="gpu",state="pending"} 5
slurm_partition_jobs_total{partition="gpu",state="running"} 6
slurm_partition_jobs_total{partition="gpu",state="failed"} 1
slurm_cluster_nodes_total{state="idle"} 2
slurm_cluster_nodes_total{state="allocated"} 4
slurm_cluster_nodes_total{state="drain"} 3
""",
}
"""Pages of exporters of Slurm that have other names than vpenso's."""


@pytest.mark.parametrize("exporter", SLURM)
def test_exporters_of_slurm_say_the_same_by_other_names(exporter: str) -> None:
    """A node with two states is down if one is; where both are counted apart, it is unknown."""
    down = {} if exporter == "slinky" else {"down_nodes": 3}
    assert measured("slurm_exporter", "", SLURM[exporter]) == down | {
        "pending_jobs": 5,
        "running_jobs": 6,
        "failed_jobs": 1,
        "idle_nodes": 2,
        "allocated_nodes": 4,
    }


@pytest.mark.parametrize(
    ("state", "measure"),
    [
        ("idle&cloud&powered_down", "idle_nodes"),
        ("IDLE+CLOUD+POWERING_DOWN", "idle_nodes"),
        ("allocated&cloud&power_down", "allocated_nodes"),
        ("down&cloud&powered_down", "down_nodes"),
    ],
)
def test_a_node_whose_power_is_off_is_not_down(state: str, measure: str) -> None:
    """A cloud node is powered up when a job needs it."""
    page = f'slurm_node_count_per_state{{state="{state}"}} 7'
    assert measured("slurm_exporter", "", page) == {measure: 7}


@pytest.mark.parametrize(
    "series",
    [
        'slurm_queue_node_fail{partition="gpu"}',
        'slurm_queue_out_of_memory{partition="gpu"}',
        'slurm_queue_timeout{partition="gpu"}',
        'slurm_partition_jobs_nodefail_total{partition="gpu"}',
        'slurm_partition_jobs_outofmemory_total{partition="gpu"}',
        'slurm_partition_job_state_total{partition="gpu",state="NODE_FAIL"}',
        'slurm_partition_job_state_total{partition="gpu",state="OUT_OF_MEMORY"}',
        'slurm_partition_jobs_total{partition="gpu",state="timeout"}',
    ],
)
def test_a_job_fails_by_its_node_its_memory_and_its_time_limit_too(series: str) -> None:
    """As those that Slurm calls failed, and not as those that somebody cancelled."""
    failed, cancelled = (
        f'slurm_queue_{state}{{partition="gpu"}} 5' for state in ("failed", "cancelled")
    )
    page = f"{failed}\n{cancelled}\n{series} 2"
    assert measured("slurm_exporter", "", page) == {"failed_jobs": 7}


PAGES = {
    "bentoml": (
        'bentoml_api_server_request_total{{service_name="m",endpoint="/p",'
        'http_response_code="200"}} {0}\n'
        'bentoml_api_server_request_in_progress{{service_name="m",endpoint="/p"}} 3',
        {"requests_per_s": 2, "error_pct": 0, "running_requests": 3},
    ),
    "dcgm": (
        'DCGM_FI_DEV_ECC_DBE_VOL_TOTAL{{gpu="0",hostname="h"}} {0}\n'
        'DCGM_FI_DEV_FB_USED{{gpu="0",hostname="h"}} 20\n'
        'DCGM_FI_DEV_FB_TOTAL{{gpu="0",hostname="h"}} 80',
        {"memory_errors": 60, "gpu_memory_pct": 25},
    ),
    "ray_serve": (
        'ray_serve_deployment_replica_healthy{{application="a",deployment="d",replica="x"}} 1\n'
        'ray_serve_deployment_replica_healthy{{application="a",deployment="d",replica="y"}} 0',
        {"healthy_workers": 1},
    ),
    "sglang": (
        'sglang:prompt_tokens_total{{model_name="m"}} {0}\n'
        'sglang:e2e_request_latency_seconds_count{{model_name="m"}} {0}',
        {"prompt_tokens_per_s": 2, "requests_per_s": 2},
    ),
    "tgi": (
        "tgi_request_input_length_sum {0}\ntgi_request_generated_tokens_sum {0}",
        {"prompt_tokens_per_s": 2, "output_tokens_per_s": 2},
    ),
    "vllm": (
        'vllm:request_prefill_time_seconds_bucket{{model_name="m",le="0.5"}} 0\n'
        'vllm:request_prefill_time_seconds_bucket{{model_name="m",le="1.5"}} {0}\n'
        'vllm:request_decode_time_seconds_bucket{{model_name="m",le="2"}} 0\n'
        'vllm:request_decode_time_seconds_bucket{{model_name="m",le="4"}} {0}',
        {"prefill_p50_ms": 1000, "decode_p50_ms": 3000},
    ),
}
"""A page whose counters grow by 60 in 30 seconds, and what it says."""


@pytest.mark.parametrize("kind", PAGES)
def test_what_a_page_says_and_the_vocabulary_has_is_read(kind: str) -> None:
    """By the names of older releases, too."""
    page, expected = PAGES[kind]
    result = measured(kind, page.format(0), page.format(60))
    assert {name: result.get(name) for name in expected} == pytest.approx(expected)


def test_memory_of_a_gpu_is_unknown_without_what_is_free() -> None:
    """What is used is not all that there is."""
    used, free = (
        f'DCGM_FI_DEV_FB_{name}{{gpu="0",hostname="h"}} {mib}'
        for name, mib in (("USED", 60_000), ("FREE", 20_000))
    )
    assert "gpu_memory_pct" not in measured("dcgm", "", used)
    assert measured("dcgm", "", f"{used}\n{free}")["gpu_memory_pct"] == 75


@pytest.mark.parametrize(
    ("kind", "series"),
    [
        ("vllm_router", 'vllm_router_processed_requests_total{{worker="{}"}} {}'),
        (
            "ray_serve",
            "ray_serve_deployment_request_counter_total"
            '{{application="a",deployment="d",replica="{}"}} {}',
        ),
    ],
)
def test_a_handful_of_requests_has_no_balance(kind: str, series: str) -> None:
    """One request in the night goes to one replica of two: that is no fault of the balancer."""

    def page(first: int, second: int) -> str:
        return f"{series.format('a', first)}\n{series.format('b', second)}"

    assert "replica_balance" not in measured(kind, page(0, 0), page(1, 0))
    assert measured(kind, page(0, 0), page(300, 100))["replica_balance"] == pytest.approx(0.8)


def test_what_instances_of_a_gpu_show_of_the_board_counts_once() -> None:
    """Energy, power and PCIe retries: without a host name, as some exporters are."""

    def page(joules: float) -> str:
        return "\n".join(
            f'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{{gpu="0",GPU_I_ID="{part}"}} {joules * 1000}\n'
            f'DCGM_FI_DEV_POWER_USAGE{{gpu="0",GPU_I_ID="{part}"}} 300\n'
            f'DCGM_EXP_XID_ERRORS_COUNT{{gpu="0",GPU_I_ID="{part}",xid="31"}} {part}'
            for part in (1, 2)
        )

    result = measured("dcgm", page(0), page(9000))
    assert (result["gpu_energy_w"], result["gpu_power_w"], result["xid_errors"]) == (300, 300, 3)


@pytest.mark.parametrize("before", ["vllm:", "ray_vllm:", "ray_vllm_", "kserve_vllm:"])
def test_vllm_is_read_whoever_shows_it(before: str) -> None:
    """Ray Serve and KServe put their names before it. A hit rate of -1 is none."""

    def page(generated: int) -> str:
        return (
            f'{before}generation_tokens_total{{model_name="m"}} {generated}\n'
            f'{before}num_requests_waiting{{model_name="m"}} 2\n'
            f'{before}gpu_prefix_cache_hit_rate{{model_name="m"}} -1.0\n'
        )

    result = measured("vllm", page(0), page(300))
    assert result == {"output_tokens_per_s": 10, "waiting_requests": 2}


@pytest.mark.parametrize(("uptime", "errors"), [(13_000, 1_294_967_296), (100, 0)])
def test_counters_of_a_switch_that_restarted_did_not_wrap(uptime: int, errors: int) -> None:
    """They begin at 0, as the time for which it has been up does."""
    page = (
        'ifOperStatus{{ifName="e1"}} 1\nifHighSpeed{{ifName="e1"}} 100000\nsysUpTime {}\n'
        'ifInErrors{{ifName="e1"}} {}\nifHCInUcastPkts{{ifName="e1"}} {}\n'
    )
    result = measured("snmp", page.format(10_000, 3e9, 0), page.format(uptime, 0, 1_000_000))
    assert result["switch_received_errors_ppm"] == errors


def test_ufm_counts_bytes_or_words_as_it_is_told(tmp_path) -> None:
    """A port's counters are words of 4 bytes; UFM Enterprise makes bytes of them."""
    line = 'PortXmitDataExtended{{hostname="a",node_desc="a mlx5_0",port_id="9_1"}} {}\n'
    rates = {}
    for unit in ("bytes", "words"):
        settings = ufm.Settings(kind="ufm", url="http://127.0.0.1/metrics", data_unit=unit)
        scrapes = []
        for at_ms, counter in ((0, 0), (30_000, 3e11)):
            page = tmp_path / "page.prom"
            page.write_text(line.format(counter), encoding="utf-8")
            scrapes.append(ufm.collect(settings, Page(page), at_ms))
        (reading,) = read(ufm.MEASURES, Window(scrapes[1], scrapes[0]))
        rates[unit] = reading.value

    assert rates == {"bytes": 1e10, "words": 4e10}
