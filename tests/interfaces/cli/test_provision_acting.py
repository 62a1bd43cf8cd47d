"""`provision apply|adopt|verify|undo|export|diff|upgrade` against the sandbox."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Store
from tests.interfaces.cli.conftest import Cli, Ran

CASES = Path(__file__).parents[2] / "cases" / "provision" / "templates"
EVERYTHING = ("everything", "--templates", str(CASES))
FIELDS = "--experimental-field-create"


@pytest.fixture
def provision(connected: Cli, clickup_sandbox: Sandbox) -> Cli:
    """The command, with the undocumented field call switched on in the sandbox."""
    clickup_sandbox.control.world.field_creation = "on"

    def call(*arguments: str) -> Ran:
        return connected("provision", *arguments)

    return call


def answer(ran: Ran) -> Any:
    return json.loads(ran.out)


def test_apply_twice_and_the_second_does_nothing(provision: Cli, clickup_sandbox: Sandbox) -> None:
    """Exit code 0 both times; the second time no call writes."""
    first = provision("apply", *EVERYTHING, FIELDS, "--yes")
    assert first.code == 0, first.err
    assert "18 created: 26 calls (26 planned)" in first.out

    clickup_sandbox.control.reset_counts()
    second = provision("apply", *EVERYTHING, FIELDS, "--yes")
    assert (second.code, second.out) == (0, "Nothing to do: 0 calls (0 planned).\n")
    calls = clickup_sandbox.control.stats.to_dict()["calls"]
    assert {call["method"] for call in calls} == {"GET"}
    assert provision("plan", *EVERYTHING).code == 0


def test_nothing_is_written_unless_somebody_says_yes(
    provision: Cli, clickup_sandbox: Sandbox
) -> None:
    """In a pipeline without `--yes` it stops with a hint, after showing the plan."""
    ran = provision("apply", *EVERYTHING)

    assert ran.code == 1
    assert '+ space "ML"' in ran.out
    assert "use --yes" in ran.err
    assert "ML" not in {space.name for space in clickup_sandbox.control.world.spaces}


def test_manual_items_are_left_until_they_are_done(
    provision: Cli, clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """Apply exits 3, verify lists clicks and files and exits 3, then ticks off and exits 0."""
    assert provision("plan", *EVERYTHING).code == 2
    assert provision("apply", *EVERYTHING, "--yes").code == 3
    assert provision("plan", *EVERYTHING).code == 3  # the bot has nothing to do
    listed = provision("verify", *EVERYTHING, "--csv", str(tmp_path))
    assert listed.code == 3
    assert 'add the Space "ML" under Locations of "Cluster"' in listed.out
    spreadsheet = (tmp_path / "fields-everything.csv").read_bytes()
    assert spreadsheet.startswith(b"Task Name,Cluster,P99 latency ms,Risk\r\n")

    by_hand = clickup_sandbox.control.ui_actions
    types = {"P99 latency ms": "number", "Risk": "labels"}
    by_hand.import_spreadsheet("Releases", spreadsheet.decode(), types)
    by_hand.create_field("ML", "Cluster", "drop_down", ["eu", "us"])
    assert provision("apply", *EVERYTHING, "--yes").code == 0  # the view gets its columns

    outcome = provision("verify", *EVERYTHING)
    assert outcome.code == 0
    assert '✓ field "ML / ranker / Releases / Risk"' in outcome.out
    assert answer(provision("verify", *EVERYTHING, "--json"))["done"] is True


def test_the_page_of_manual_steps_ticks_itself(
    provision: Cli, clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """What the API shows is ticked by the bot, the rest by people; the page is written in place."""
    unseen = '[[space.automation]]\nname = "Page on-call"\nwhen = "Urgent"\nthen = "Assign"\n'
    (tmp_path / "mine").mkdir()
    text = (CASES / "everything.toml").read_text()
    (tmp_path / "mine/everything.toml").write_text(f"{text}\n{unseen}")
    mine = ("everything", "--templates", str(tmp_path / "mine"))
    provision("apply", *mine, "--yes")
    world, by_hand = clickup_sandbox.control.world, clickup_sandbox.control.ui_actions

    assert provision("verify", *mine, "--page").code == 3
    (page,) = (page for page in world.pages if page.name.startswith("Manual steps: everything"))
    assert page.content.count("☐ ") >= 2
    assert '☐ Create the automation "Page on-call"' in page.content

    for name, kind, options in (
        ("P99 latency ms", "number", []),
        ("Risk", "labels", ["data", "code"]),
    ):
        by_hand.create_field("Releases", name, kind, options)
    by_hand.create_field("ML", "Cluster", "drop_down", ["eu", "us"])
    by_hand.write_page(
        page.id, page.content.replace("☐ Create the automation", "☑ Create the automation")
    )
    provision("apply", *mine, "--yes")
    ran = provision("verify", *mine, "--page")

    assert ran.code == 0, ran.out + ran.err
    (page,) = (page for page in world.pages if page.name.startswith("Manual steps: everything"))
    assert "### ☐" not in page.content
    assert page.content.count("- ☑ ") == 2
    assert 'Create the automation "Page on-call"' in page.content


@pytest.mark.parametrize("edited", [False, True], ids=["as written", "with a person's words"])
def test_an_undo_takes_the_page_with_it_unless_people_wrote_on_it(
    provision: Cli, clickup_sandbox: Sandbox, edited: bool
) -> None:
    """The Doc is the bot's; what people wrote on it is theirs."""
    world = clickup_sandbox.control.world
    provision("apply", *EVERYTHING, "--yes")
    provision("verify", *EVERYTHING, "--page")
    (page,) = (page for page in world.pages if page.name.startswith("Manual steps: everything"))
    if edited:
        clickup_sandbox.control.ui_actions.write_page(page.id, f"{page.content}\n\nAsk Ana.")

    ran = provision("undo", "--yes")

    assert ran.code == (3 if edited else 0), ran.out
    assert ('Doc "Manual steps"' in ran.out) == edited
    assert ("ML" in {space.name for space in world.spaces}) == edited


def test_a_kept_plan_is_applied_exactly_or_not_at_all(
    provision: Cli, clickup_sandbox: Sandbox
) -> None:
    """Refused as soon as somebody changed something."""
    assert provision("plan", *EVERYTHING, FIELDS, "--out", "plan.json").code == 2
    assert provision("apply", *EVERYTHING, FIELDS, "--plan", "plan.json", "--yes").code == 0

    again = provision("apply", *EVERYTHING, FIELDS, "--plan", "plan.json", "--yes")
    assert again.code == 1
    assert "changed since this plan was made" in again.err
    second = provision(
        "apply", "serving", *EVERYTHING[1:], "--set", "model=x", "--plan", "plan.json"
    )
    assert "is a plan of everything, not of serving" in second.err
    elsewhere = provision("apply", *EVERYTHING, "--set", "model=x", "--plan", "plan.json")
    assert elsewhere.code == 1
    Path("plan.json").write_text("{}")
    assert "is not a plan" in provision("apply", *EVERYTHING, "--plan", "plan.json").err


def test_adopt_remembers_what_people_made(
    provision: Cli, clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """A space that another bot (with another store) made is a hand-made one for this bot."""
    assert provision("apply", *EVERYTHING, FIELDS, "--yes").code == 0
    Path("clickup-mlops.db").rename("other.db")
    assert provision("plan", *EVERYTHING).code == 2

    adopted = provision("adopt", *EVERYTHING)

    assert (adopted.code, "objects adopted." in adopted.out) == (0, True)
    assert provision("plan", *EVERYTHING).code == 0


def test_undo_takes_an_apply_back(provision: Cli, clickup_sandbox: Sandbox) -> None:
    """Shown first; done with `--yes`."""
    provision("apply", *EVERYTHING, FIELDS, "--yes")
    preview = provision("undo")
    assert preview.code == 2
    assert '- space "ML"' in preview.out
    assert preview.out.endswith("18 would be undone. Use --yes to undo it.\n")
    assert len(answer(provision("undo", "--json"))["removals"]) == 18
    assert "ML" in {space.name for space in clickup_sandbox.control.world.spaces}

    ran = provision("undo", "--yes")

    assert ran.code == 0, ran.err
    assert '- space "ML"' in ran.out
    assert "18 removed, 0 restored." in ran.out
    assert "ML" not in {space.name for space in clickup_sandbox.control.world.spaces}
    runs = answer(provision("undo", "--list", "--json"))["runs"]
    assert [(run["kind"], run["outcome"]) for run in runs] == [
        ("undo", "done"),
        ("apply", "undone by run 2"),
    ]
    assert "nothing to undo" in provision("undo", "--yes").err


def test_undo_leaves_what_people_worked_in(provision: Cli, clickup_sandbox: Sandbox) -> None:
    """Exit code 3, with the reason, also as JSON; by name it goes too."""
    provision("apply", *EVERYTHING, FIELDS, "--yes")
    clickup_sandbox.control.as_user("Maria").comment("Prepare", "Mine")
    assert '--also "PATH"' in provision("undo").out

    ran = provision("undo", "--yes", "--json")

    assert ran.code == 3
    whies = {entry["path"][-1][1]: entry["why"] for entry in answer(ran)["kept"]}
    assert whies == {"Prepare": "people changed it since: comments"}
    assert provision("undo", "1", "--also", "ML", "--yes").code == 0
    assert "ML" not in {space.name for space in clickup_sandbox.control.world.spaces}


def test_export_gives_a_template_that_plans_to_nothing(provision: Cli) -> None:
    """Into a file or onto the screen."""
    provision("apply", *EVERYTHING, FIELDS, "--yes")
    Path("mine").mkdir()

    assert provision("export", "ML", "--out", "mine/ours.toml").code == 0
    assert provision("export", "ML").out == Path("mine/ours.toml").read_text()
    assert answer(provision("export", "ML", "--json"))["template"].startswith("summary")
    planned = answer(provision("plan", "ours", "--templates", "mine", "--json"))
    assert {step["operation"] for step in planned["steps"]} <= {"keep", "adopt"}


def test_diff_and_upgrade_keep_what_people_changed(
    provision: Cli, clickup_sandbox: Sandbox
) -> None:
    """The template's change is made, people's stays, and then there is no difference but theirs."""
    provision("apply", *EVERYTHING, FIELDS, "--yes")
    Path("v2").mkdir()
    text = (CASES / "everything.toml").read_text().replace('color = "#5b4fe9"', 'color = "#00ff00"')
    Path("v2/everything.toml").write_text(text)
    new = ("everything", "--templates", "v2")
    control = clickup_sandbox.control
    control.as_user("Maria")
    with control.world.change():
        releases = next(
            task_list for task_list in control.world.lists if task_list.name == "Releases"
        )
        releases.content = "Theirs."
        control.world.lists.put(releases)

    observations = provision("diff", *new)
    assert observations.code == 2
    assert '~ space "ML"' in observations.out
    assert "changed by people" in observations.out
    assert provision("upgrade", *new, "--yes").code == 0

    remainder = answer(provision("diff", *new, "--json"))
    assert [their["attribute"] for their in remainder["theirs"]] == ["description"]
    assert {step["operation"] for step in remainder["plan"]["steps"]} == {"keep"}
    assert next(space for space in control.world.spaces if space.name == "ML").color == "#00ff00"
    assert (
        next(task_list for task_list in control.world.lists if task_list.name == "Releases").content
        == "Theirs."
    )


def test_a_guest_is_told_before_anything_is_written(
    provision: Cli, clickup_sandbox: Sandbox
) -> None:
    """Exit code 1 with the remedy."""
    control = clickup_sandbox.control
    control.ui_actions.set_role(control.members[0].id, "guest")

    ran = provision("apply", *EVERYTHING, "--yes")

    assert ran.code == 1
    assert "is a guest" in ran.err
    assert "token of a member or admin" in ran.err


def test_a_run_that_was_cut_off_is_mentioned(provision: Cli, clickup_sandbox: Sandbox) -> None:
    """With what became of its last step."""
    faults = clickup_sandbox.control.faults
    faults.add("status", method="POST", path="*/doc*", status_code=500, times=None)
    assert provision("apply", *EVERYTHING, FIELDS, "--yes").code == 1
    faults.clear()

    ran = provision("apply", *EVERYTHING, FIELDS, "--yes")

    assert ran.code == 0, ran.err
    assert 'The last run was interrupted: doc "ML / ranker / Handbook" was not created.' in ran.err


def test_a_second_command_does_not_meddle_with_a_running_one(
    provision: Cli, clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """It would take the other's open step for one that was cut off. Nothing is written."""
    assert provision("undo", "--list").code == 0
    (database,) = tmp_path.rglob("*.db")
    held = os.open(f"{database}-provision", os.O_CREAT | os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        ran = provision("apply", *EVERYTHING, FIELDS, "--yes")
    finally:
        os.close(held)

    assert ran.code == 1
    assert "another provisioning command is running" in ran.err
    assert "ML" not in {space.name for space in clickup_sandbox.control.world.spaces}
    assert provision("apply", *EVERYTHING, FIELDS, "--yes").code == 0


def test_a_file_is_not_replaced_unasked(provision: Cli, tmp_path: Path) -> None:
    """An export asks for `--force`; a folder that is not there is named without a traceback."""
    provision("apply", *EVERYTHING, FIELDS, "--yes")
    Path("ours.toml").write_text("mine")

    assert "ours.toml exists" in provision("export", "ML", "--out", "ours.toml").err
    assert Path("ours.toml").read_text() == "mine"
    assert provision("export", "ML", "--out", "ours.toml", "--force").code == 0
    for command in (("export", "ML"), ("plan", *EVERYTHING)):
        ran = provision(*command, "--out", "away/file")
        assert (ran.code, "away" in ran.err) == (1, True)


def test_a_pipe_gets_a_line_for_each_step_and_no_log(
    provision: Cli, clickup_sandbox: Sandbox
) -> None:
    """On standard error; a look-up of what is gone is no warning."""
    ran = provision("apply", *EVERYTHING, FIELDS, "--yes")
    assert '1/18 create space "ML"' in ran.err
    control = clickup_sandbox.control
    control.as_user("Maria")
    with control.world.change():
        control.world.lists.drop(control.list_id("Intake"))

    assert provision("plan", *EVERYTHING, FIELDS).err == ""


def test_drift_is_reported_where_the_team_reads(provision: Cli, clickup_sandbox: Sandbox) -> None:
    """Exit code 2 with a message and a comment; 0 once it is accepted."""
    provision("apply", *EVERYTHING, FIELDS, "--yes")
    control = clickup_sandbox.control
    control.as_user("Maria")
    with control.world.change():
        releases = control.world.lists[control.list_id("Releases")]
        releases.content = "Theirs."
        control.world.lists.put(releases)
    task = control.find("Prepare")

    ran = provision("drift", *EVERYTHING, "--channel", "ml intake", "--task", task.id)

    assert ran.code == 2
    assert '~     list "Releases"' in ran.out
    (message,) = control.world.messages
    assert "provision drift --accept PATH" in message.content
    (comment,) = (comment for comment in control.world.comments if comment.on_id == task.id)
    assert "differs from the template everything" in str(comment.blocks)
    assert provision("drift", *EVERYTHING, "--accept", "ML / ranker / Releases").code == 0
    assert provision("plan", *EVERYTHING).code == 0
    wrong = provision("drift", *EVERYTHING, "--accept", "ML / Intake")
    assert (wrong.code, "does not differ" in wrong.err) == (1, True)


def test_drift_lists_no_manual_step_that_people_know_of(
    provision: Cli, clickup_sandbox: Sandbox
) -> None:
    """What is open since the apply is counted; what was done and is undone again is listed."""
    by_hand = clickup_sandbox.control.ui_actions
    assert provision("apply", *EVERYTHING, "--yes").code == 3
    first = provision("drift", *EVERYTHING)
    assert (first.code, "P99" in first.out) == (0, False)
    assert "3 manual steps are still open: `provision verify` lists them." in first.out

    by_hand.create_field("Releases", "P99 latency ms", "number")
    outcome = answer(provision("drift", *EVERYTHING, "--json"))
    by_hand.delete_field("P99 latency ms")
    ran = provision("drift", *EVERYTHING)

    assert outcome["still_open"] == 2
    assert ran.code == 3
    assert 'field "P99 latency ms"' in ran.out
    assert 'field "Cluster"' not in ran.out
    assert provision("drift", *EVERYTHING).code == 3
    assert provision("verify", *EVERYTHING).code == 3
    assert provision("drift", *EVERYTHING).code == 0


def test_the_folder_for_the_spreadsheets_is_created(provision: Cli, tmp_path: Path) -> None:
    """With its parents; what cannot be a folder is one error."""
    provision("apply", *EVERYTHING, "--yes")

    ran = provision("verify", *EVERYTHING, "--csv", "new/sheets")

    assert ran.code == 3, ran.err
    assert list(Path("new/sheets").glob("*.csv"))
    Path("file").touch()
    refused = provision("verify", *EVERYTHING, "--csv", "file/below")
    assert (refused.code, "file/below" in refused.err) == (1, True)


def test_policies_of_deleted_spaces_are_forgotten(
    provision: Cli, clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """By the scheduled check."""
    (tmp_path / "mine").mkdir()
    text = (
        CASES / "everything.toml"
    ).read_text() + '\n[slo."P99 latency ms"]\nobjective = "P99 latency ms"\n'
    (tmp_path / "mine/everything.toml").write_text(text)
    mine = ("everything", "--templates", "mine", FIELDS)
    assert provision("apply", *mine, "--yes").code == 0
    client = ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url)
    client.spaces.delete(clickup_sandbox.control.space_id("ML"))

    assert provision("drift", *mine).code == 2

    with Store.open("sqlite:///clickup-mlops.db") as store:
        assert store.space_policies.all() == ()


def test_another_store_is_suspected_before_anything_is_written(
    provision: Cli, clickup_sandbox: Sandbox
) -> None:
    """A store that knows nothing of what is there: two would make doubles."""
    provision("apply", *EVERYTHING, FIELDS, "--yes")
    assert "knows nothing" not in provision("plan", *EVERYTHING).err
    Path("clickup-mlops.db").rename("other.db")
    clickup_sandbox.control.as_user("Maria")
    with clickup_sandbox.control.world.change():
        clickup_sandbox.control.world.lists.drop(clickup_sandbox.control.list_id("Intake"))

    for command in ("plan", "apply"):
        message = provision(command, *EVERYTHING).err
        assert "The store sqlite:///clickup-mlops.db knows nothing of this Workspace" in message


def test_a_target_is_applied_alone(provision: Cli, clickup_sandbox: Sandbox) -> None:
    """With its places, and the fields that it may name."""
    ran = provision("apply", *EVERYTHING, FIELDS, "--target", "ML / Intake", "--yes")

    assert ran.code == 0, ran.err
    world = clickup_sandbox.control.world
    assert [
        task_list.name for task_list in world.lists if task_list.name in ("Intake", "Releases")
    ] == ["Intake"]
    assert "Cluster" in {field.name for field in world.fields}
    wrong = provision("plan", *EVERYTHING, "--target", "ML / Intak")
    assert (wrong.code, "the template has no" in wrong.err) == (1, True)


def test_a_plan_can_be_put_into_a_pull_request(provision: Cli) -> None:
    """As Markdown."""
    ran = provision("plan", *EVERYTHING, "--markdown")

    assert ran.code == 2
    assert '```diff\n+ space "ML"\n' in ran.out


def test_what_is_managed_can_be_listed_and_corrected(
    provision: Cli, clickup_sandbox: Sandbox
) -> None:
    """Removed, an object is a stranger; added by its id, its rename is seen."""
    provision("apply", *EVERYTHING, FIELDS, "--yes")
    control = clickup_sandbox.control
    intake = control.list_id("Intake")
    listed = answer(provision("state", "list", "--json"))["objects"]
    assert ('list "ML / Intake"', intake) in {(entry["object"], entry["id"]) for entry in listed}

    assert 'list "ML / Intake"' in provision("state", "rm", "ML / Intake").out
    client = ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url)
    client.lists.update(intake, name="Inbox")
    assert '+   list "Intake"' in provision("plan", *EVERYTHING).out

    assert provision("state", "add", *EVERYTHING, "ML / Intake", intake).code == 0
    assert 'name: found "Inbox", wanted "Intake"' in provision("plan", *EVERYTHING).out
    wrong = provision("state", "add", *EVERYTHING, "ML / Intake", "12345")
    assert (wrong.code, "ClickUp has no list 12345" in wrong.err) == (1, True)
    assert 'name: found "Inbox"' in provision("plan", *EVERYTHING).out
    assert "there is no Nobody" in provision("state", "rm", "Nobody").err
