"""The page about models, as values."""

from datetime import timedelta

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.features.metrics.jobs.rollup import rollup
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.store.tables.timeline import Entry, Kind
from clickup_mlops.views.model import Badge, Figures, Link, Moment, Number
from tests.features.dashboard.measured.conftest import (
    DAY,
    FIELDS,
    MINUTE,
    NOW,
    WORKSPACE,
    column,
    data,
    known,
    measured,
    model,
    of_field,
    query,
    selects,
    shown,
    table,
    task,
)


def happened(bot: Bot, kind: Kind, text: str, at: int = NOW - 60 * MINUTE, **more: str) -> None:
    task_id = more.pop("task_id", "ranker")
    key = f"{kind}:{text}:{at}"
    entry = Entry(key, WORKSPACE, task_id, at, kind, text, value={"state": "done"}, **more)
    bot.store.timeline.put([entry])


def test_nothing_measured_says_what_to_do(bot: Bot) -> None:
    """And there is no target."""
    assert all_pages()["model"].type.targets(data(bot)) == []  # type: ignore[misc]
    page = shown(bot, "model", query())
    assert table(page["models"], "models").rows == ()
    assert "metrics push" in table(page["models"], "models").empty
    assert shown(bot, "model", query("nobody")) == {}


def test_all_models_the_worst_first(bot: Bot) -> None:
    """Against their objectives, with how old the newest reading is."""
    model(bot, "embedder", factor=0.5)
    model(bot, "ranker")
    known(bot, task("old", "old"))
    measured(bot, {of_field("old", "P99 latency ms"): 5.0}, until=NOW - 90 * MINUTE)

    result = table(shown(bot, "model", query())["models"], "models")

    names = [cell.text for cell in column(result, "Model")]
    assert names == ["ranker", "old", "embedder"]
    assert column(result, "Model")[0].url == "/model?target=ranker"
    assert [cell.text for cell in column(result, "State")] == ["breached", "silent", "met"]
    latency = column(result, "Latency")
    assert (latency[0], latency[2].tone) == (Number(640, "ms", 0, "bad"), "good")
    assert column(result, "Newest reading")[0] == Moment(NOW - MINUTE)
    assert column(result, "Quality")[1] is None


def test_a_model_is_found_by_the_name_that_its_tasks_have(bot: Bot) -> None:
    """As the wiki names its page: the value of the field `Model`, else the task's name."""
    named = [{"id": "m", "name": "Model", "type": "short_text", "value": "Chat-3"}]
    model(bot, "t1", "Canary of chat", custom_fields=named)
    model(bot, "ranker", "Ranker")
    entry = shown(bot, "model", query("chat-3"))
    assert entry["current"].title == "Canary of chat"
    assert shown(bot, "model", query("ranker "))["current"].title == "Ranker"

    model(bot, "t2", "Chat in production", custom_fields=named)
    both = shown(bot, "model", query("chat-3"))
    names = [cell.text for cell in column(table(both["models"], "models"), "Model")]
    assert names == ["Canary of chat", "Chat in production"]
    assert "current" not in both
    targets = all_pages()["model"].type.targets(data(bot))  # type: ignore[misc]
    assert ("Chat-3", "Model Chat-3") in targets


def test_each_field_has_its_chart_and_percentiles_share_one(bot: Bot) -> None:
    """With the objective as its limit, and where the numbers are from."""
    model(bot, "ranker", "Ranker")
    page = shown(bot, "model", query("ranker", range="1h", draws="*"))

    charts = {chart.key: chart for section in page.values() for chart in section.charts()}
    assert sorted(charts) == [
        "accuracy-0",
        "cost-0",
        "error-rate-0",
        "latency-ms-0",
        "requests-per-s-0",
        "waiting-requests-0",
    ]
    latency = charts["latency-ms-0"]
    assert (latency.unit, latency.limit) == ("ms", 500)
    assert [line.name for line in latency.lines] == ["P50 latency ms", "P99 latency ms"]
    assert {value for _at, value in latency.lines[1].points} == {640}
    assert len(latency.lines[1].points) == 60
    assert "vllm: latency_p99_ms{model_name=ranker}" in latency.source
    assert [key for key in page if charts.keys() & {chart.key for chart in page[key].charts()}] == [
        "latency",
        "throughput",
        "errors",
        "quality",
        "queue",
        "other",
    ]


def test_lines_are_read_when_they_are_drawn(bot: Bot) -> None:
    """A page without pictures reads no point."""
    model(bot, "ranker")
    page = shown(bot, "model", query("ranker", draws="latency-ms-0"))
    drawn = [chart.key for section in page.values() for chart in section.charts() if chart.is_drawn]
    assert drawn == ["latency-ms-0"]
    assert all(not chart.lines for chart in page["errors"].charts())


def test_values_now_with_objective_age_and_source(bot: Bot) -> None:
    """What is silent says so."""
    model(bot, "ranker", "Ranker")
    bot.store.history.put([(of_field("ranker", "Cost"), NOW, 8.0)])
    section = shown(bot, "model", query("ranker"))["current"]

    assert (section.title, section.url) == ("Ranker", "https://app.clickup.com/t/ranker")
    result = table(section, "values")
    assert column(result, "Field") == sorted(FIELDS, key=str.casefold)
    row = result.rows[column(result, "Field").index("P99 latency ms")]
    assert row[1:4] == (Number(640, "ms", 0, "bad"), Number(500, "ms", 0), Badge("breached", "bad"))
    assert row[4] == Moment(NOW - MINUTE)
    (figures,) = [block for block in section.blocks if isinstance(block, Figures)]
    assert [figure.note for figure in figures.items] == ["objective: at most 500 ms"]


def test_a_field_bound_anew_shows_its_newest_series(bot: Bot) -> None:
    """The chart has both, each named."""
    model(bot, "ranker")
    measured(bot, {of_field("ranker", "Cost", "bills"): 9.0}, minutes=5, until=NOW + MINUTE)
    page = shown(bot, "model", query("ranker", draws="*"))
    result = table(page["current"], "values")
    assert column(result, "Value")[column(result, "Field").index("Cost")].value == 9
    (cost,) = page["other"].charts()
    assert [line.name.partition(" (")[2][:5] for line in cost.lines] == ["bills", "vllm:"]


def test_what_happened_is_listed_and_marked(bot: Bot) -> None:
    """Of the task and of those that it is linked to; an address that is none is left out."""
    link = {"task_id": "ranker", "link_id": "rollout"}
    model(bot, "ranker", linked_tasks=[link])
    known(bot, task("rollout", "Roll out v7"))
    happened(bot, "version", "v7 registered", url="https://mlflow/v7")
    happened(bot, "deployment", "v7 live", task_id="rollout", at=NOW - 30 * MINUTE)
    happened(bot, "incident", "slow", at=NOW - 10 * MINUTE, url="javascript:alert(1)")
    happened(bot, "comment", "looking")
    happened(bot, "advice", "long ago", at=NOW - 3 * DAY)

    page = shown(bot, "model", query("ranker", draws="latency-ms-0"))

    result = table(page["happened"], "events")
    assert column(result, "What") == ["slow", "v7 live", Link("v7 registered", "https://mlflow/v7")]
    (latency,) = page["latency"].charts()
    assert [(mark.kind, mark.text, mark.url) for mark in latency.marks] == [
        ("version", "v7 registered", "https://mlflow/v7"),
        ("deployment", "v7 live", ""),
        ("incident", "slow", ""),
    ]


def test_linked_tasks_milestones_documents_and_incidents(bot: Bot) -> None:
    """A task that is not known is named by its id; only https addresses are links."""
    card = {"id": "c", "name": "Model card", "type": "url", "value": "https://hub/ranker"}
    wrong = {"id": "w", "name": "Other", "type": "url", "value": "javascript:alert(1)"}
    dependency = {"task_id": "ranker", "depends_on": "launch"}
    model(
        bot,
        "ranker",
        dependencies=[dependency, {"task_id": "ranker", "depends_on": "gone"}],
        custom_fields=[card, wrong],
        text_content="Runbook: https://app.clickup.com/900/v/dc/1-2. See there.",
    )
    known(bot, task("launch", "Launch", custom_item_id=1, due_date=str(NOW + DAY)))
    bot.store.table(Incidents).put(
        Incident("i1", WORKSPACE, "ranker", "slow", NOW - DAY, lead="Ada", room="https://chat/1")
    )

    section = shown(bot, "model", query("ranker"))["linked"]

    tasks = table(section, "tasks")
    assert [cell.text for cell in column(tasks, "Task")] == ["Launch", "gone"]
    assert column(tasks, "Type") == [Badge("milestone"), None]
    assert column(tasks, "Due") == [Moment(NOW + DAY), None]
    assert [mark.url for mark in column(table(section, "documents"), "Document")] == [
        "https://hub/ranker",
        "https://app.clickup.com/900/v/dc/1-2",
    ]
    assert table(section, "incidents").rows == (
        (Link("slow", "https://chat/1"), Moment(NOW - DAY), Badge("open", "bad"), "Ada"),
    )


def test_a_list_compares_its_models(bot: Bot) -> None:
    """A line for each, of its highest percentile; the worst first, and no more than eight."""
    for number in range(10):
        model(bot, f"m{number}", minutes=5, factor=2.0 if number == 7 else 0.5)
    model(bot, "elsewhere", list={"id": "66", "name": "Other"})

    assert all_pages()["model"].type.targets(data(bot))[0] == (  # type: ignore[misc]
        "list:55",
        "List Production models",
    )
    page = shown(bot, "model", query("list:55", range="1h", draws="*"))

    assert len(table(page["models"], "models").rows) == 10
    (latency,) = page["latency"].charts()
    assert latency.title == "P99 latency ms (8 of 10)"
    assert [line.name for line in latency.lines] == ["m7", "m0", "m1", "m2", "m3", "m4", "m5", "m6"]
    assert latency.limit == 500
    assert "current" not in page


def test_names_that_others_gave_are_texts(bot: Bot) -> None:
    """Keys stay fit for an address, whatever a field is called."""
    name = "<script>alert('ä')</script> P99"
    known(bot, task("ranker", name))
    field = of_field("ranker", "Cost")
    odd = type(field)(WORKSPACE, "vllm", "m", "", "ranker", name, "ms")
    measured(bot, {odd: 1.0})
    page = shown(bot, "model", query("ranker"))
    keys = [chart.key for section in page.values() for chart in section.charts()]
    assert keys == ["script-alert-script-p99-0"]
    assert page["current"].title == name


def test_no_query_grows_with_history(bot: Bot) -> None:
    """Neither their number nor what they read: 30 days cost what a day costs."""
    model(bot, "ranker")
    requests = query("ranker", range="30d", draws="*")
    long = timedelta(days=400)
    retention = bot.settings.retention.model_copy(
        update={"history_raw": long, "history_5min": long, "history_hour": long}
    )
    happened(bot, "deployment", "v", at=NOW - DAY)
    few = selects(bot, lambda: shown(bot, "model", requests))
    series = of_field("ranker", "P99 latency ms")
    ats = range(NOW - 29 * DAY, NOW - DAY, 10 * MINUTE)
    bot.store.history.put([(series, at, 640.0) for at in ats])
    bot.store.cursors.set("rollup", str(NOW - 30 * DAY))
    rollup(bot.store, retention, NOW)
    for number in range(200):
        happened(bot, "deployment", f"v{number}", at=NOW - DAY - number * MINUTE)

    many = selects(bot, lambda: shown(bot, "model", requests))
    assert many[0] == few[0] < 60
    # In a chart and in what changed.
    assert many[1] < few[1] + 2 * 300 + 8 * 40 + 100


def test_what_changed_names_the_worst_model_first_and_its_suspect(bot: Bot) -> None:
    """Not a model without a change; and the range that is chosen counts."""
    for name in ("ranker", "embedder", "steady"):
        model(bot, name, minutes=0)
    ats = range(NOW - 180 * MINUTE, NOW, MINUTE)
    change_ms, field = NOW - 90 * MINUTE, "P99 latency ms"
    factors = {"ranker": 4.0, "embedder": 1.5, "steady": 1.0}
    bot.store.history.put(
        [
            (of_field(name, field), at, 100.0 * (factor if at >= change_ms else 1.0))
            for name, factor in factors.items()
            for at in ats
        ]
    )
    happened(bot, "deployment", "ranker v7 in production", change_ms, task_id="ranker")
    happened(bot, "version", "embedder 3 created", change_ms, task_id="embedder")

    result = table(shown(bot, "model", query(range="6h"))["changed"], "changed")
    assert [cell.text for cell in column(result, "Model")] == ["ranker", "embedder"]
    assert column(result, "Suspect") == ["ranker v7 in production", "embedder 3 created"]
    assert column(result, "Change")[0] == Badge("75% worse", "bad")
    assert "changed" not in shown(bot, "model", query(range="1h"))
