"""The page "Automations": what the bot did and why, what is undone, and what waits for people."""

from dataclasses import replace
from pathlib import Path

from clickup_mlops.features.dashboard.pages.automations import PAGE
from clickup_mlops.features.provisioning.operations.apply import apply
from clickup_mlops.features.provisioning.operations.callbacks import Callbacks
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.features.provisioning.operations.undo import undo as take_back
from clickup_mlops.features.provisioning.operations.verify import verify
from clickup_mlops.features.undo.operations import Target, undo
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.ports.sections.history import open_data
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Incoming
from clickup_mlops.store.access import EVERYTHING
from clickup_mlops.store.queries.stats import HookHealth
from clickup_mlops.views.model import Badge, Button, Link, Note, Number
from tests.features.dashboard.conftest import look
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team

OPERATOR = frozenset({"undo", "replay"})
CASES = Path(__file__).parents[2] / "cases" / "provision" / "templates"
SHADOW = """
on = ["taskCreated"]
mode = "shadow"
do = [{ action = "add_tag", tag = "seen" }]
"""


def page_of(name: str) -> Link:
    """The page about what an automation did."""
    return Link(name, f"/automations?target={name}")


def test_the_pages_are_found_in_their_order() -> None:
    """Each folder is a page, each file a section."""
    pages = all_pages()
    assert [page for page in pages if page in ("now", "automations")] == ["now", "automations"]
    names = ["lane", "incidents", "held_training", "today", "budget", "freshness"]
    assert [*pages["now"].sections] == names
    assert pages["automations"].type is PAGE


def test_a_run_says_what_was_done_and_because_of_what(team: Team) -> None:
    """Newest first, with the task."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()

    (row,) = look(team, "automations").rows("runs", "runs")

    assert row["Automation"] == page_of("inference_first")
    assert row["Trigger"] == "taskCreated"
    assert row["Result"] == Badge("done", "good")
    assert isinstance(row["Task"], Link)
    assert (row["Task"].text, row["Task"].url[-len(task) :]) == (INFERENCE, task)
    assert str(row["What"]).startswith("None -> Normal")


def test_live_and_shadow_stand_side_by_side(team: Team, tmp_path: Path) -> None:
    """What was written, and what would have been; writes of the last hour beside the cap."""
    team.configure(by_name={})
    team.use(tmp_path, tells=SHADOW, live=SHADOW.replace("shadow", "on").replace("seen", "done"))
    team.member.create_task(LIST, INFERENCE)
    team.settle()

    page = look(team, "automations")

    rows = {row["Automation"].text: row for row in page.rows("modes", "automations")}
    assert rows["tells"]["Mode"] == Badge("shadow", "warning")
    assert (rows["tells"]["Shadow"], rows["tells"]["Done"]) == (Number(1), Number(0))
    assert rows["live"]["Mode"] == Badge("live", "good")
    assert (rows["live"]["Shadow"], rows["live"]["Done"]) == (Number(0), Number(1))
    assert (rows["live"]["Writes"], rows["tells"]["Writes"]) == (
        Number(1, "in 1 h"),
        Number(0, "in 1 h"),
    )
    assert page.figure("modes", "Bot") == Badge("live", "good")

    team.control.clock.advance(25 * 3_600_000)
    rows = {
        row["Automation"].text: row
        for row in look(team, "automations").rows("modes", "automations")
    }
    assert (rows["live"]["Done"], rows["live"]["Writes"]) == (Number(0), Number(0, "in 1 h"))


def test_while_the_bot_is_in_shadow_mode_no_automation_is_live(team: Team) -> None:
    """Whatever their own mode is."""
    team.configure(mode="shadow")

    page = look(team, "automations")

    modes = {row["Mode"] for row in page.rows("modes", "automations")}
    assert modes == {Badge("shadow", "warning")}
    assert page.figure("modes", "Bot") == Badge("shadow", "warning")


def test_a_change_has_its_reasons_and_is_undone_only_by_who_may(team: Team) -> None:
    """The button leads to the action; afterwards the page says by which change it was undone."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    (row,) = look(team, "automations").rows("changes", "changes")
    assert row["Undo"] is None

    (row,) = look(team, "automations", may=OPERATOR).rows("changes", "changes")
    assert row["What"] == "priority: None -> Normal"
    assert row["Automation"] == page_of("inference_first")
    assert str(row["Why"]).startswith(("taskCreated; ", "taskStatusUpdated; "))
    assert len(str(row["Why"])) > len("taskCreated; ")
    number = row["Change"]
    assert isinstance(number, Number)
    fields = (("change", f"{number.value:.0f}"),)
    assert isinstance(row["Undo"], Button)
    assert (row["Undo"].action, row["Undo"].fields) == ("undo", fields)

    [*undo(team.bot, Target(f"change:{number.value:.0f}"), actor="Ana").changes]
    team.settle()
    assert team.priority(task) is None
    back, first = look(team, "automations", may=OPERATOR).rows("changes", "changes")
    assert isinstance(back["Change"], Number)
    assert (back["Automation"], back["By"]) == (page_of("undo"), "Ana")
    assert first["Undo"] == f"undone by change {back['Change'].value:.0f}"
    assert isinstance(back["Undo"], Button)

    [*undo(team.bot, Target(f"change:{back['Change'].value:.0f}"), actor="Ana").changes]
    _, back, first = look(team, "automations", may=OPERATOR).rows("changes", "changes")
    assert str(back["Undo"]).startswith("undone by change ")
    assert isinstance(first["Undo"], Button)


def test_what_cannot_be_undone_has_no_button(team: Team) -> None:
    """A refused write did not happen."""
    team.control.faults.add("status", method="PUT", status_code=400, times=None)
    team.member.create_task(LIST, INFERENCE)
    team.settle()

    row, *_ = look(team, "automations", may=OPERATOR).rows("changes", "changes")

    assert row["Outcome"] == Badge("failed", "bad")
    assert row["Undo"] is None


def test_one_automation_has_a_page_of_its_own(team: Team) -> None:
    """Only its runs and changes, and how it is set."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.member.tag(task, "incident")
    team.settle()

    page = look(team, "automations", target="live_incident")

    assert ("live_incident", "live_incident") in (PAGE.targets or (lambda _: []))(_data(team))
    about = {row["What"]: row["Value"] for row in page.rows("about", "settings")}
    assert about["Mode"] == Badge("live", "good")
    assert "taskTagUpdated" in str(about["Trigger"])
    assert {row["Automation"].text for row in page.rows("runs", "runs")} == {"live_incident"}
    texts = {row["Automation"].text for row in page.rows("changes", "changes")}
    assert texts == {"live_incident"}
    assert "modes" not in page.sections
    assert [*look(team, "automations", target="nobody").sections] == ["runs", "changes"]


def test_overrides_show_what_people_chose_and_what_was_decided(team: Team) -> None:
    """Who, until when, and the decision that it corrects; a released one is gone."""
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    decided = team.priority(task)
    team.member.set_priority(task, "urgent")
    team.settle()
    name = team.control.members[1].username

    page = look(team, "automations")

    (held,) = page.rows("overrides", "held")
    assert (held["Priority"], held["Held by"]) == (Badge("Urgent", "bad"), name)
    (corrected,) = page.rows("overrides", "corrected")
    assert decided == 4
    assert (corrected["Decided"], corrected["Chosen"]) == ("Low", "Urgent")
    assert corrected["By"] == name

    team.member.comment(task, "/mute inference_first because of the demo")
    team.settle()
    team.member.comment(task, "/release")
    team.settle()
    page = look(team, "automations")
    assert page.rows("overrides", "held") == []
    (muted,) = page.rows("overrides", "muted")
    assert (muted["Automation"], muted["By"]) == (page_of("inference_first"), f"/mute, {name}")


def test_a_priority_that_was_found_is_held_by_nobody_in_particular(team: Team) -> None:
    """Who created the task did not choose what the bot keeps; the reason stands beside it."""
    team.member.create_task(LIST, TRAINING, priority=1)
    team.settle()

    (held,) = look(team, "automations").rows("overrides", "held")

    assert held["Held by"] == "the bot"
    assert held["Because"] == "the task was created with it"


def test_changes_show_no_keys(team: Team) -> None:
    """By which the bot finds a comment again says nothing to people."""
    task = team.member.create_task(LIST, INFERENCE)
    team.member.set_field(task, "SLO latency ms", 200)
    team.member.set_field(task, "P99 latency ms", 310)
    team.settle()
    rows = look(team, "automations", target="slo_breach").rows("changes", "changes")
    assert [row for row in rows if str(row["What"]).startswith("+ comment: **SLO breach.")]


def test_parked_events_are_replayed_only_by_who_may(team: Team) -> None:
    """With what went wrong."""
    team.bot.inbox.put(poison(team))
    team.settle()

    (row,) = look(team, "automations", may=OPERATOR).rows("parked", "events")
    assert isinstance(row["Event"], Number)
    assert isinstance(row["Replay"], Button)
    assert row["Replay"].fields == (("event", f"{row['Event'].value:.0f}"),)
    assert row["Error"]
    (row,) = look(team, "automations").rows("parked", "events")
    assert row["Replay"] is None


def poison(team: Team) -> Incoming:
    """An event that cannot be read."""
    now = team.bot.now_ms()
    return Incoming(
        "bad", "hook:x", team.bot.workspace_id, "taskUpdated", "t", None, b"not JSON", None, now
    )


def test_webhooks_are_healthy_broken_or_not_checked_for_long(team: Team) -> None:
    """As of the last check."""
    team.job("heal")
    page = look(team, "automations")
    (row,) = page.rows("webhooks", "webhooks")
    assert row["Health"] == Badge("healthy", "good")
    assert not _notes(page.sections["webhooks"].blocks)

    now = team.bot.now_ms()
    broken = HookHealth("w", 7, ("it is suspended",), now)
    team.bot.store.stats.hooks_checked(team.bot.workspace_id, [broken])
    team.control.clock.advance(24 * 3_600_000)
    page = look(team, "automations")
    (row,) = page.rows("webhooks", "webhooks")
    assert (row["Health"], row["Problems"]) == (Badge("broken", "bad"), "it is suspended")
    (note,) = _notes(page.sections["webhooks"].blocks)
    assert "overdue" in note.text


def _notes(blocks: object) -> list[Note]:
    assert isinstance(blocks, tuple)
    return [block for block in blocks if isinstance(block, Note)]


def test_manual_steps_are_listed_until_they_are_done(team: Team, clickup_sandbox: Sandbox) -> None:
    """As the last apply or verify found them; an undo of the template ends that."""
    request = Request("everything", folder=CASES, experimental=True)
    clickup_sandbox.control.world.field_creation = "off"
    result = apply(team.bot, request, Callbacks())
    assert result.applied.manual

    page = look(team, "automations")
    rows = page.rows("manual_steps", "steps")
    assert len(rows) == min(50, len(result.applied.manual))
    assert {row["Template"] for row in rows} == {"everything"}
    assert all(row["What"] and row["Why by hand"] for row in rows)

    take_back(team.bot, None, Callbacks())
    assert "manual_steps" not in look(team, "automations").sections


def test_a_manual_step_that_was_done_is_gone_with_the_next_verify(
    team: Team, clickup_sandbox: Sandbox
) -> None:
    """A person makes the field."""
    request = Request("everything", folder=CASES, experimental=True)
    clickup_sandbox.control.world.field_creation = "off"
    manual = apply(team.bot, request, Callbacks()).applied.manual
    assert manual
    for step in manual:
        want = step.want.attributes
        choices = tuple(want.get("options", ()))
        clickup_sandbox.control.create_field(step.path[-1][1], want["type"], choices=choices)

    assert not verify(team.bot, request, Callbacks()).verification.manual
    table = look(team, "automations").table("manual_steps", "steps")
    assert (table.rows, table.empty, table.total) == ((), "All are done.", None)


def _data(team: Team) -> object:
    from clickup_mlops.series.history import StoreHistory

    bot = team.bot
    history = StoreHistory(bot.store, bot.workspace_id, 0, raw_ms=1, five_minutes_ms=1)
    return replace(open_data(bot, EVERYTHING, bot.now_ms()), history=history)
