"""What sections say, from stores in which just this has happened."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.features.incidents.tables.incidents import Incident
from clickup_mlops.features.network.sections.traffic import MOST
from clickup_mlops.features.reports import build
from clickup_mlops.features.reports.render import html, markdown
from clickup_mlops.ports.sections import period
from clickup_mlops.ports.sections.model import Report
from clickup_mlops.ports.sections.subject import Subject
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, Series
from clickup_mlops.store.tables.timeline import Entry
from clickup_mlops.views import text
from clickup_mlops.views.markdown import escape as escape_markdown
from clickup_mlops.views.markdown import render_section as section_as_markdown
from clickup_mlops.views.model import (
    NOT_ENOUGH,
    Badge,
    Cell,
    Duration,
    Figure,
    Figures,
    Link,
    Note,
    Number,
    Section,
    Table,
)
from tests.features.reports import seeded
from tests.features.reports.seeded import DAY_MS, EVIL, HOUR_MS, WORKSPACE

ROOT = Path(__file__).parents[3]
WEEK = seeded.week()
START, END = WEEK.start_ms, WEEK.end_ms


def section_of(store: Store, key: str, subject: str = "") -> Section:
    """One section of the week's report."""
    (section,) = build.report(store, WORKSPACE, Subject(WEEK, subject), [key]).sections
    return section


def figure(section: Section, label: str) -> Figure:
    """The figure of this label."""
    blocks = (block for block in section.blocks if isinstance(block, Figures))
    return next(
        figure_item for block in blocks for figure_item in block.items if figure_item.label == label
    )


def table(section: Section, key: str) -> Table:
    """The table of this key."""
    return next(table for table in section.tables() if table.key == key)


def number(cell: Cell) -> float | None:
    """The cell's number."""
    assert isinstance(cell, Number)
    return cell.value


def put(store: Store, *entries: Entry) -> None:
    """Into the timeline."""
    store.timeline.put(entries)


def entry(task: str, at_ms: int, kind: Any, text: str = "", **value: Any) -> Entry:
    """Of the timeline."""
    key = f"{task}{kind}{at_ms}{text}{value}"
    return Entry(key, WORKSPACE, task, at_ms, kind, text or kind, "argo", value=value)


def status(task: str, at_ms: int, type_: str) -> Entry:
    """A status of this type was set."""
    return entry(task, at_ms, "status", to=type_, type=type_)


def decided(store: Store, tasks: Iterable[str], workload: str, **more: Any) -> None:
    """By the beginning of the week before."""
    for task in tasks:
        store.decisions.put(task, {"workload": workload, **more}, "e", START - 7 * DAY_MS)
        raw = {"id": task, "name": f"Task {task}", "url": f"https://app.clickup.com/t/{task}"}
        store.mirror.put_many(WORKSPACE, [raw], 1)


def test_an_empty_store_has_nothing_to_report(empty: Store) -> None:
    """And that is a report, too."""
    assert build.report(empty, WORKSPACE, Subject(WEEK)).sections == ()


def test_every_number_says_its_period_and_its_source(report: Report) -> None:
    """Figures in their note, tables and charts in their section's source."""
    figures = [
        item
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Figures)
        for item in block.items
    ]

    assert len(figures) > 15
    for failed in figures:
        name, origin = failed.note.split(", ", 1)
        assert name == "2026-W48"
        assert origin
    for section in report.sections:
        assert "2026-W48 (2026-11-23 to 2026-11-29, Europe/Madrid)" in section.source


def test_a_section_that_there_is_not_is_refused(full: Store) -> None:
    """With those that there are."""
    with pytest.raises(InputError, match="no section 'lame'") as refused:
        build.report(full, WORKSPACE, Subject(WEEK), ["lame"])

    assert "lane, " in refused.value.hint


def test_only_the_wanted_sections_are_built(full: Store) -> None:
    """In the report's order."""
    report = build.report(full, WORKSPACE, Subject(WEEK), ["incidents", "lane"])

    assert [section.key for section in report.sections] == ["lane", "incidents"]


def test_the_lane_counts_what_arrived_was_begun_and_finished(empty: Store) -> None:
    """In the period alone; waiting is from creation until work began."""
    decided(empty, (f"t{n}" for n in range(10)), "inference")
    for n in range(10):
        at_ms = START + n * HOUR_MS
        put(empty, entry(f"t{n}", at_ms, "created", to="to do", type="open"))
        put(empty, status(f"t{n}", at_ms + (n + 1) * HOUR_MS, "custom"))
    put(empty, status("t0", END - 1, "done"), status("t1", END, "done"))

    result = section_of(empty, "lane")

    counts = {
        label: number(figure(result, label).cell) for label in ("Arrived", "Started", "Finished")
    }
    assert counts == {"Arrived": 10, "Started": 10, "Finished": 1}
    waited = figure(result, "Waiting time")
    assert waited.cell == Duration(5 * HOUR_MS)
    assert isinstance(waited.low, Duration) and isinstance(waited.high, Duration)
    assert (waited.low.ms or 0) < 5 * HOUR_MS < (waited.high.ms or 0)
    assert figure(result, "Cycle time").cell == NOT_ENOUGH


def test_work_that_was_opened_again_is_not_finished(empty: Store) -> None:
    """It counts when it is finished for good."""
    decided(empty, ["t1"], "inference")
    put(
        empty,
        entry("t1", START, "created", to="to do", type="open"),
        status("t1", START + 1, "custom"),
        status("t1", START + 2, "done"),
        status("t1", START + 3, "custom"),
    )
    assert number(figure(section_of(empty, "lane"), "Finished").cell) == 0

    put(empty, status("t1", START + 4, "closed"))
    assert number(figure(section_of(empty, "lane"), "Finished").cell) == 1


def test_what_was_deleted_does_not_wait(empty: Store) -> None:
    """The longest waiting first; the table says how many there are."""
    decided(empty, ("t1", "t2", "t3"), "inference")
    for n, task in enumerate(("t1", "t2", "t3")):
        put(empty, entry(task, START + n, "created", to="to do", type="open"))
    empty.mirror.remove("t1")

    waiting = table(section_of(empty, "lane"), "waiting")

    names = [row[0].text for row in waiting.rows if isinstance(row[0], Link)]
    assert names == ["Task t2", "Task t3"]
    assert waiting.total == 2


def test_other_workloads_are_not_in_the_lane(empty: Store) -> None:
    """By what was decided until the period ended."""
    decided(empty, ["t1"], "inference")
    decided(empty, ["t2"], "data")
    empty.decisions.put("t1", {"workload": "training"}, "later", END)
    for task in ("t1", "t2"):
        put(empty, entry(task, START, "created", to="to do", type="open"))

    assert number(figure(section_of(empty, "lane"), "Arrived").cell) == 1


def test_a_breach_counts_once_however_often_it_was_decided(empty: Store) -> None:
    """Of the tasks that were decided in the period."""
    put(empty, entry("t1", START, "created", to="to do", type="open"))
    for n in range(5):
        for tier in ("breach", "breach", "normal") if n == 0 else ("normal",):
            empty.decisions.put(f"t{n}", {"workload": "inference", "tier": tier}, "e", START)

    assert figure(section_of(empty, "lane"), "Tasks that breached their SLO").cell == Number(
        20.0, "%", 1
    )

    worse = {"tier": "incident", "reasons": ["tier incident: a tag", "tier breach: 4 is above 2"]}
    empty.decisions.put("t4", {"workload": "inference", **worse}, "e", START)
    assert figure(section_of(empty, "lane"), "Tasks that breached their SLO").cell == Number(
        40.0, "%", 1
    )


def test_a_deployment_of_several_tasks_is_one(empty: Store) -> None:
    """And one that still runs has not ended."""
    for n in range(6):
        state = "failed" if n == 0 else "succeeded"
        at_ms = START + n * HOUR_MS
        for task in ("t1", "t2"):
            put(empty, entry(task, at_ms, "deployment", f"Deploy {n}", state=state, key=f"k{n}"))
        put(
            empty, entry("t1", at_ms - 9, "deployment", f"Deploy {n}", state="running", key=f"k{n}")
        )

    result = section_of(empty, "deployments")

    assert number(figure(result, "Deployments that ended").cell) == 6
    assert figure(result, "Deployments that failed").note.startswith("2026-W48, 1 of 6, ")
    rows = table(result, "deployments").rows
    assert [row[1] for row in rows] == [f"Deploy {n}" for n in (5, 4, 3, 2, 1, 0)]
    assert rows[-1][3] == Badge("failed", "bad")


def test_incidents_are_those_that_were_open_in_the_period(empty: Store) -> None:
    """Whether they ended in it, and whether they began in it."""
    times = {
        "over before": (START - 9, START - 1),
        "from before": (START - 9, START + 1),
        "in it": (START, START + 5),
        "over it": (END - 1, END + 9),
        "after it": (END, None),
    }
    for name, (opened, closed) in times.items():
        empty.incidents.put(Incident(name, WORKSPACE, "t1", name, opened, closed))

    result = section_of(empty, "incidents")

    assert number(figure(result, "Opened").cell) == 2
    output = {row[1]: row[4] for row in table(result, "incidents").rows}
    assert output == {
        "over it": Badge("open", "bad"),
        "in it": Duration(5),
        "from before": Duration(10),
    }


def test_training_in_progress_is_listed_longest_first(empty: Store) -> None:
    decided(empty, ("t1", "t2"), "training")
    put(empty, status("t1", START + HOUR_MS, "custom"), status("t2", START, "custom"))

    rows = table(section_of(empty, "training"), "in_progress").rows

    assert [row[3] for row in rows] == [Duration(7 * DAY_MS), Duration(7 * DAY_MS - HOUR_MS)]


def test_a_pipeline_run_of_several_tasks_is_one(empty: Store) -> None:
    for n in range(5):
        for task in ("t1", "t2"):
            state = "failed" if n else "succeeded"
            put(empty, entry(task, START + n, "pipeline", "Train", state=state, key="nightly"))

    failed = figure(section_of(empty, "training"), "Pipeline runs that failed")

    assert failed.note.startswith("2026-W48, 4 of 5, ")


def test_advice_shows_what_became_of_it(empty: Store) -> None:
    """A symptom that comes again after it went is another one."""
    about = {"symptom": "congestion", "where": "host=a"}
    arrivals = {**about, "state": "came", "numbers": {"ecn_marked_pct": 4.25}}
    over = {**about, "state": "over", "numbers": {"ecn_marked_pct": 0.5}}
    for at_ms, value in ((START - 8 * DAY_MS, arrivals), (START + 1, over), (START + 2, arrivals)):
        put(empty, entry("t1", at_ms, "advice", "Congestion", **value))

    result = section_of(empty, "advice")

    assert number(figure(result, "Symptoms that came").cell) == 1
    again, first = table(result, "advice").rows
    assert again[3:] == (Badge("not over", "warning"), None, "ECN-marked packets 4.25%")
    assert first[3:] == (
        Badge("over", "good"),
        Duration(8 * DAY_MS + 1),
        "ECN-marked packets 4.25% -> 0.5%",
    )


def test_measures_are_compared_by_day(empty: Store) -> None:
    """Mean over all series, and where the highest reading was."""
    measure(empty, "host=a", lambda day: 10.0)
    measure(empty, "host=b", lambda day: 20.0 if day < 7 else 30.0)

    result = section_of(empty, "infrastructure")

    ((name, series, mean, before, change, low, high, where),) = table(result, "measures").rows
    assert (name, number(series), where) == ("ECN-marked packets", 2, "rdma host=b")
    assert [number(cell) for cell in (mean, before, low, high)] == [20, 15, 10, 30]
    assert change == "+5% to +5%"
    (chart,) = result.charts()
    assert [line.name for line in chart.lines] == ["host=a", "host=b"]
    assert chart.source


def test_fields_over_their_objective_come_first_and_are_drawn_with_it(empty: Store) -> None:
    """With what happened to the task; a field without an objective has no chart."""
    for task, limit in (("t1", 250), ("t2", 90), ("t3", 150), ("t4", None)):
        slo = {"id": "s", "name": "SLO latency ms", "type": "number", "value": limit}
        raw = {"id": task, "name": f"Task {task}", "custom_fields": [slo]}
        empty.mirror.put_many(WORKSPACE, [raw], 1)
        series = Series(WORKSPACE, "vllm", "latency_p99_ms", task, task, "P99 latency ms", "ms")
        values = (160.0 if task == "t3" and hour == 9 else 100.0 for hour in range(48))
        times = (START + hour * HOUR_MS for hour in range(48))
        empty.history.put([(series, at, value) for at, value in zip(times, values, strict=True)])
    empty.history.rollup(FIVE_MINUTES, START, END)
    empty.history.rollup(HOUR, START, END)
    put(empty, entry("t2", START + HOUR_MS, "deployment", "Ranker 2.9"))

    result = section_of(empty, "numbers")

    rows = table(result, "fields").rows
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("Task t2", Number(90, "ms"), Number(100, "ms", tone="bad")),
        ("Task t3", Number(150, "ms"), Number(101.25, "ms", tone="warning")),
        ("Task t1", Number(250, "ms"), Number(100, "ms", tone="good")),
        ("Task t4", None, Number(100, "ms")),
    ]
    assert [(chart.title, chart.limit, len(chart.marks)) for chart in result.charts()] == [
        ("P99 latency ms: Task t2", 90, 1),
        ("P99 latency ms: Task t3", 150, 0),
        ("P99 latency ms: Task t1", 250, 0),
    ]
    assert "\nSLO: 90 ms\n" in section_as_markdown(result)


def test_too_few_days_are_not_enough_to_call_a_change(empty: Store) -> None:
    measure(empty, "host=a", lambda day: float(day), days=range(5, 9))

    ((*_, change, _low, _high, _where),) = table(
        section_of(empty, "infrastructure"), "measures"
    ).rows

    assert change == NOT_ENOUGH


def test_traffic_of_jobs_is_compared_by_job(empty: Store) -> None:
    """Bus bandwidth names its collective; measures of the fabric are not listed again."""
    sent = Series(WORKSPACE, "network", "job_bytes_s", "job=llm", "", "", "bytes/s")
    bus = Series(
        WORKSPACE, "network", "bus_bandwidth_pct", "collective=AllReduce, job=llm", "", "", "%"
    )
    measure(empty, "host=a", lambda day: 10.0)
    measure(empty, "", lambda day: 4e9 if day < 7 else 6e9, series=sent)
    measure(empty, "", lambda day: 80.0, series=bus)

    rows = table(section_of(empty, "traffic"), "jobs").rows

    assert [row[:2] for row in rows] == [
        ("llm", "Bus bandwidth over the theoretical, AllReduce"),
        ("llm", "Sent by the job"),
    ]
    assert [number(cell) for cell in rows[1][2:4]] == [6e9, 4e9]


def test_traffic_of_jobs_that_ended_before_is_left_out(empty: Store) -> None:
    """Clusters run thousands of jobs: those of the period and of the one before are listed."""
    for name, days in (("old", range(-9, -3)), ("before", range(3)), ("now", range(8, 12))):
        series = Series(WORKSPACE, "network", "job_bytes_s", f"job={name}", "", "", "bytes/s")
        measure(empty, "", lambda day: 4e9, days, series)

    rows = table(section_of(empty, "traffic"), "jobs").rows
    assert [row[0] for row in rows] == ["before", "now"]


def test_traffic_of_many_jobs_is_cut(empty: Store) -> None:
    """The report says how many rows there are."""
    for number in range(MOST // 2 + 1):
        for measured_name in ("job_bytes_s", "job_peak"):
            labels = f"job=j{number}"
            line = Series(WORKSPACE, "network", measured_name, labels, "", "", "")
            empty.history.put([(line, START + HOUR_MS, 1.0)])
    empty.history.rollup(FIVE_MINUTES, START, END)
    empty.history.rollup(HOUR, START, END)

    jobs = table(section_of(empty, "traffic"), "jobs")
    assert (len(jobs.rows), jobs.total) == (MOST, MOST + 2)


def measure(
    store: Store,
    labels: str,
    value: Any,
    days: Iterable[int] = range(14),
    series: Series | None = None,
) -> None:
    """A reading an hour, from a week before the week on."""
    series = series or Series(WORKSPACE, "rdma", "ecn_marked_pct", labels, "", "", "%")
    since = START - 7 * DAY_MS
    hours = [(day, since + day * DAY_MS + hour * HOUR_MS) for day in days for hour in range(24)]
    store.history.put([(series, at_ms + 60_000, value(day)) for day, at_ms in hours])
    store.history.rollup(FIVE_MINUTES, since, END)
    store.history.rollup(HOUR, since, END)


def test_an_incident_report_has_its_timeline_and_what_led_to_it(empty: Store) -> None:
    """Deployments of any task shortly before it; of other tasks nothing else."""
    opened, closed = START, START + 3 * HOUR_MS
    empty.incidents.put(Incident("i1", WORKSPACE, "t1", "p99", opened, closed, "Maria"))
    put(
        empty,
        entry("", opened - HOUR_MS, "deployment", "Deploy llama", state="succeeded"),
        entry("", opened - 9 * HOUR_MS, "deployment", "Too long ago", state="succeeded"),
        entry("t1", opened + 1, "priority", "Priority: High -> Urgent"),
        entry("t2", opened + 1, "priority", "Of another task"),
        entry("t1", closed, "incident", "Closed", to="closed"),
        entry("t1", closed + 1, "comment", "After it"),
    )
    about = period.of_task("incident", "i1", opened, closed + 1, "UTC")

    report = build.report(empty, WORKSPACE, Subject(about, "t1"))

    (section,) = report.sections
    assert report.title == "Incident report: p99"
    assert figure(section, "Lasted").cell == Duration(3 * HOUR_MS)
    assert [row[1] for row in table(section, "timeline").rows] == [
        "Deploy llama",
        "Priority: High -> Urgent",
        "Closed",
    ]


@pytest.mark.parametrize("name", ["Ranker is slow", EVIL])
def test_an_incident_report_is_titled_by_its_task_with_the_id_below(
    empty: Store, name: str
) -> None:
    """In every format as text: nobody's name makes a heading, a link or an element."""
    empty.incidents.put(Incident("i1", WORKSPACE, "t1", name, START))
    empty.mirror.put_many(WORKSPACE, [{"id": "t1", "name": "As it is called now"}], 1)
    about = period.of_task("incident", "i1", START, START + HOUR_MS, "UTC")

    report = build.report(empty, WORKSPACE, Subject(about, "t1"))

    output = " ".join(name.split())
    assert report.title == f"Incident report: {output}"
    heading, _, below, *_ = markdown.render(report).splitlines()
    assert heading == f"# {escape_markdown(report.title)}"
    assert below.startswith("i1 (")
    page = html.render(report)
    assert f"<h1>Incident report: {escape(text.format_line(output))}</h1>\n<p>i1 (" in page


def test_an_incident_report_follows_every_task_that_joined(empty: Store) -> None:
    """Their timelines and numbers, with the limit that each task has; not those of others."""
    opened, closed = START, START + 3 * HOUR_MS
    for number, task in enumerate(("t1", "t2")):
        incident = Incident(f"i{number}", WORKSPACE, task, "p99", opened, key="ranker")
        empty.incidents.enter(incident, opened)
    fields = [
        {"id": name, "name": name, "type": "number", "value": value}
        for name, value in (("P99 latency ms", 900), ("SLO latency ms", 250))
    ]
    raws = [{"id": task, "name": f"Task {task}", "custom_fields": fields} for task in ("t2", "t3")]
    empty.mirror.put_many(WORKSPACE, raws, 1)
    series = [
        Series(WORKSPACE, "vllm", "p99", "", task, "P99 latency ms", "ms")
        for task in ("t1", "t2", "t3")
    ]
    empty.history.put([(gpu_series, opened + HOUR_MS, 900.0) for gpu_series in series])
    for task in ("t1", "t2", "t3"):
        put(empty, entry(task, opened + 1, "comment", f"Said on {task}"))
    about = period.of_task("incident", "i0", opened, closed, "UTC")

    (section,) = build.report(empty, WORKSPACE, Subject(about, "t1")).sections

    assert [row[1] for row in table(section, "timeline").rows] == ["Said on t1", "Said on t2"]
    assert [(chart.title, chart.limit) for chart in section.charts()] == [
        ("P99 latency ms: t1", None),
        ("P99 latency ms: Task t2", 250),
    ]
    assert figure(section, "Tasks").cell == Number(2)


def test_nothing_is_compared_with_a_time_that_is_not_known(empty: Store) -> None:
    """The bot began in the week before: that week is no baseline."""
    decided(empty, ["t1"], "inference")
    put(empty, entry("t1", START, "created", to="to do", type="open"))
    arrived = figure(section_of(empty, "lane"), "Arrived")
    assert arrived.before == Number(0)

    empty.notes.first("since", "timeline", True, START - DAY_MS)

    arrived = figure(section_of(empty, "lane"), "Arrived")
    assert arrived.before is None
    assert "change" not in arrived.note


def test_a_period_that_is_known_in_part_says_so(empty: Store) -> None:
    """Since when, in the period's time zone."""
    empty.notes.first("since", "timeline", True, START + HOUR_MS)

    (section,) = build.report(empty, WORKSPACE, Subject(WEEK)).sections

    (block,) = section.blocks
    assert isinstance(block, Note)
    assert "since 2026-11-23 01:00:" in block.text
