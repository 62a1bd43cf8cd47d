"""The page about networks, load balancing and GPUs, as values."""

from typing import Any

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.metrics.jobs.advice import SCOPE
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.store.tables.timeline import Entry
from clickup_mlops.views.model import Badge, Figures, Number
from tests.features.dashboard.measured.conftest import (
    DAY,
    MINUTE,
    NOW,
    WORKSPACE,
    column,
    data,
    known,
    measured,
    query,
    selects,
    shared,
    shown,
    table,
    task,
)


def port(number: int, host: str = "gpu-1") -> str:
    return f"device=mlx5_{number}, instance={host}, port=1"


def test_nothing_measured_is_an_empty_page(bot: Bot) -> None:
    """It has no target, either."""
    assert shown(bot, "infrastructure", query()) == {}
    assert all_pages()["infrastructure"].type.targets(data(bot)) == []  # type: ignore[misc]


def test_ports_with_what_advice_says_the_worst_first(bot: Bot) -> None:
    """Numbers of a symptom are marked; a port that became silent says so."""
    measured(
        bot,
        {
            shared("link_utilisation_pct", port(0)): 60.0,
            shared("link_utilisation_pct", port(1)): 97.0,
            shared("pause_sent_pct", port(0)): 30.0,
            shared("ecn_marked_pct", port(0)): 0.0,
        },
        minutes=10,
    )
    silent = shared("link_utilisation_pct", port(2))
    measured(bot, {silent: 99.0}, minutes=10, until=NOW - 60 * MINUTE)

    page = shown(bot, "infrastructure", query(draws="*"))

    result = table(page["network"], "ports")
    assert column(result, "Port") == [f"device=mlx5_{n} port=1" for n in (0, 1, 2)]
    assert set(column(result, "Host")) == {"fabric/gpu-1"}
    assert column(result, "PFC pause sent")[0] == Number(30, "%", 1, "warning")
    assert column(result, "Advice")[0]
    assert column(result, "Advice")[1:] == [None, Badge("silent", "warning")]
    assert column(result, "RoCE utilisation")[2] is None
    charts = {chart.key: chart for chart in page["network"].charts()}
    assert sorted(charts) == ["ecn_marked_pct", "link_utilisation_pct", "pause_sent_pct"]
    lines = [line.name for line in charts["link_utilisation_pct"].lines]
    assert lines == [f"fabric/gpu-1 device=mlx5_{n} port=1" for n in (1, 0, 2)]


def test_a_target_is_a_source_or_a_host(bot: Bot) -> None:
    """Each chart shows no more lines than a reader can follow, and says how many there are."""
    ports = {
        shared("link_utilisation_pct", port(n, host)): float(n)
        for host in ("a", "b")
        for n in range(10)
    }
    measured(bot, ports, minutes=2)
    targets = all_pages()["infrastructure"].type.targets
    assert targets is not None
    assert [key for key, _name in targets(data(bot))] == ["fabric", "fabric/a", "fabric/b"]

    for target, count in (("", 20), ("fabric", 20), ("fabric/a", 10), ("fab", 0)):
        page = shown(bot, "infrastructure", query(target, draws="*"))
        assert sum(
            len(table(section, "ports").rows)
            for section in page.values()
            if section.key == "network"
        ) == (count)
    (chart,) = shown(bot, "infrastructure", query("fabric/a", draws="*"))["network"].charts()
    assert (chart.title, len(chart.lines)) == ("RoCE utilisation (8 of 10)", 8)


def test_balance_of_uplinks_and_replicas_the_least_even_first(bot: Bot) -> None:
    """With the efficiency that goes with it."""
    measured(
        bot,
        {
            shared("rail_balance", "instance=gpu-1", ""): 0.97,
            shared("rail_balance_efficiency_pct", "instance=gpu-1"): 88.0,
            shared("replica_balance", "model_name=ranker", "index", "vllm"): 0.6,
            shared("uplink_balance", "switch=leaf1", ""): 0.9,
        },
        minutes=3,
    )
    page = shown(bot, "infrastructure", query())
    result = table(page["balance"], "groups")
    assert column(result, "Of") == ["replicas", "uplinks", "rails"]
    assert [cell.tone for cell in column(result, "Jain's index")] == ["bad", "warning", "good"]
    assert column(result, "Efficiency")[2] == Number(88, "%", 1)
    assert [chart.key for chart in page["balance"].charts()] == [
        "rail_balance",
        "uplink_balance",
        "replica_balance",
        "rail_balance_efficiency_pct",
    ]


def test_back_end_share_and_stragglers(bot: Bot) -> None:
    """A link below 70 % of its host's median; idle hosts have none."""
    loads = {0: 80.0, 1: 82.0, 2: 30.0}
    readings = {shared("link_utilisation_pct", port(n)): load for n, load in loads.items()}
    readings |= {shared("link_utilisation_pct", port(n, "idle")): n / 10 for n in range(3)}
    readings[shared("back_end_bytes_s", "", "bytes/s", "prom")] = 9e9
    readings[shared("front_end_bytes_s", "", "bytes/s", "prom")] = 1e9
    measured(bot, readings, minutes=2)

    section = shown(bot, "infrastructure", query())["traffic"]

    (figures,) = [block for block in section.blocks if isinstance(block, Figures)]
    assert [figure.label for figure in figures.items] == ["Back-end", "Front-end", "Back-end share"]
    assert figures.items[2].cell == Number(90, "%", 1)
    assert table(section, "stragglers").rows == (
        ("fabric/gpu-1", "device=mlx5_2 port=1", Number(30, "%", 1, "warning"), Number(80, "%", 1)),
    )


def test_traffic_is_shown_by_job_with_a_chart_of_each_measure(bot: Bot) -> None:
    """What is unknown of a job is empty."""
    readings = {
        shared("job_bytes_s", "job=llm", "bytes/s", "network"): 9e10,
        shared("job_bytes_s", "job=ranker", "bytes/s", "network"): 4e9,
        shared("cross_rail_pct", "job=llm", "%", "network"): 12.5,
    }
    measured(bot, readings, minutes=3)

    section = shown(bot, "infrastructure", query())["jobs"]

    result = table(section, "jobs")
    assert column(result, "Job") == ["llm", "ranker"]
    assert column(result, "Leaves the rail") == [Number(12.5, "%", 1), None]
    assert [chart.key for chart in section.charts()] == ["job_bytes_s", "cross_rail_pct"]


def test_gpus_by_host_and_collectives(bot: Bot) -> None:
    """The least efficient host first, with its slowest GPU."""
    gpus = {("a", 0): 60.0, ("a", 1): 20.0, ("b", 0): 70.0}
    readings = {
        shared("tensor_active_pct", f"gpu={n}, hostname={host}"): value
        for (host, n), value in gpus.items()
    }
    readings[shared("gpu_power_w", "gpu=0, hostname=a", "W")] = 400.0
    readings[shared("xid", "gpu=0, hostname=a", "code")] = 79.0
    readings[shared("nccl_bus_bandwidth_gb_s", "job=train-7", "GB/s", "prom")] = 312.0
    measured(bot, readings, minutes=2)

    page = shown(bot, "infrastructure", query())

    result = table(page["gpu"], "hosts")
    assert column(result, "Host") == ["fabric/a", "fabric/b"]
    assert column(result, "Tensor active, mean")[0] == Number(40, "%", 1)
    assert column(result, "Slowest over mean") == [Number(50, "%", 0, "warning"), None]
    assert column(result, "Last XID") == [Number(79, "", 0, "bad"), None]
    (row,) = table(page["collectives"], "values").rows
    assert row == ("prom job=train-7", "NCCL bus bandwidth", Number(312, "GB/s", 0))


def test_a_gpu_that_is_lost_is_not_counted(bot: Bot) -> None:
    """Nor a host that says nothing: what is shown of them is of before."""
    speaking = {shared("tensor_active_pct", f"gpu={n}, hostname=a"): 60.0 for n in (0, 1)}
    missing = {
        shared("tensor_active_pct", f"gpu={gpu}, hostname={host}"): 60.0
        for gpu, host in ((2, "a"), (0, "b"))
    }
    measured(bot, speaking, minutes=10)
    measured(bot, missing, minutes=10, until=NOW - 60 * MINUTE)

    result = table(shown(bot, "infrastructure", query())["gpu"], "hosts")

    assert dict(zip(column(result, "Host"), column(result, "GPUs"), strict=True)) == {
        "fabric/a": Badge("2 of 3", "warning"),
        "fabric/b": Badge("silent", "warning"),
    }


def advice(state: str, at: int, **numbers: float) -> Entry:
    value: dict[str, Any] = {"state": state, "symptom": "host_pauses", "where": "port=1"}
    text = "Over: PCIe" if state == "over" else "PCIe"
    entry = (f"{state}:{at}", WORKSPACE, "t1", at, "advice", text)
    return Entry(*entry, value=value | {"numbers": numbers})  # type: ignore[arg-type]


def test_advice_that_holds_and_what_became_of_earlier_one(bot: Bot) -> None:
    """With the numbers before and after; and as marks in charts."""
    known(bot, task("t1", "Host gpu-1"))
    observations = {"title": "Uneven", "labels": {"port": "1"}, "numbers": {"rail_balance": 0.5}}
    note = {"slow_host port=1": observations | {"absent_ms": None}}
    bot.store.notes.put(SCOPE, "t1", note, NOW)
    bot.store.timeline.put(
        [
            advice("came", NOW - 2 * MINUTE * 60, pcie_stalled_pct=12.0),
            advice("over", NOW - 60 * MINUTE, pcie_stalled_pct=0.5),
        ]
    )
    measured(bot, {shared("rail_balance", "", ""): 0.5}, minutes=2)

    page = shown(bot, "infrastructure", query(draws="*"))

    (holds,) = table(page["advice"], "holds").rows
    assert (holds[0], holds[1], holds[3]) == (
        "Uneven",
        "port=1",
        "Balance of rails (Jain's index) 0.5",
    )
    assert holds[2].text == "Host gpu-1"  # type: ignore[union-attr]
    assert holds[5] == Badge("holds", "warning")
    past = table(page["advice"], "past")
    assert [cell.text for cell in column(past, "State")] == ["over", "came"]
    assert column(past, "Before") == ["PCIe stalled 12%", "PCIe stalled 12%"]
    assert column(past, "After") == ["PCIe stalled 0.5%", None]
    (chart,) = page["balance"].charts()
    assert [mark.text for mark in chart.marks] == ["PCIe", "Over: PCIe"]


def test_no_query_grows_with_what_is_gone(bot: Bot) -> None:
    """Ports that nobody has heard of for longer than the range are not read."""
    measured(bot, {shared("link_utilisation_pct", port(0)): 60.0}, minutes=2)
    requests = query(range="24h")
    few = selects(bot, lambda: shown(bot, "infrastructure", requests))
    removed = [(shared("link_utilisation_pct", port(n)), NOW - 9 * DAY, 1.0) for n in range(1, 300)]
    bot.store.history.put(removed)
    assert selects(bot, lambda: shown(bot, "infrastructure", requests)) == few
    assert few[0] < 20
