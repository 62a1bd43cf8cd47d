"""`automations lint` from the command line."""

import json
from pathlib import Path

from clickup_mlops.features.simulation.tables.recordings import Recorded, Recording, Recordings
from clickup_mlops.store import Store
from tests.interfaces.cli.conftest import Cli

NEVER = """\
summary = "Never."
on = ["taskCreated"]
when = "1 > 2"
do = [{ action = "route" }]
[[example]]
name = "wrong"
expect = [{ action = "route" }]
[[example]]
name = "right"
expect = []
"""
MISSPELT = """\
summary = "Waits for a List."
on = ["taskCreated"]
when = 'task.list == "Servng"'
do = [{ action = "set_status", status = "To Do" }, { action = "assign", user = "Maira" }]
[[example]]
name = "there"
task = { list = "Servng", status = "new" }
expect = [{ action = "set_status" }, { action = "assign" }]
[[example]]
name = "elsewhere"
expect = []
"""
TASK = {
    "id": "t1",
    "name": "Ranker",
    "list": {"id": "9", "name": "Serving"},
    "status": {"status": "to do", "type": "open"},
}


def _mine(**files: str) -> None:
    Path("mine").mkdir()
    for name, text in files.items():
        Path(f"mine/{name}.toml").write_text(text)
    Path("config.toml").write_text('[automations]\nfolder = "mine"\n')


def _store() -> None:
    event = {"event": "taskCreated", "task_id": "t1", "webhook_id": "w", "history_items": []}
    with Store.open("sqlite:///clickup-mlops.db") as store:
        store.mirror.put_many("1", [TASK], 1)
        store.table(Recordings).put(Recording("t1", 1, (Recorded("k", event),), TASK))
        people = {"at_ms": 1, "entries": [{"names": ["7", "maria"], "people": []}]}
        store.cursors.set("directory:people:1", json.dumps(people))
        store.flush()


def test_automations_that_are_off_are_one_remark(cli: Cli) -> None:
    """Of those that are shipped nearly all are off: what matters would be lost among them."""
    _store()
    printed = cli("automations", "lint").out
    remarks = json.loads(cli("automations", "lint", "--json").out)["remarks"]

    assert printed.count("are off") == 1
    assert "more: are off" in printed
    assert max(map(len, printed.splitlines())) < 160
    (off,) = [
        remark for remark in remarks if remark["check"] == "idle" and remark["weight"] == "note"
    ]
    assert "alert_incident" in off["automations"]
    assert len(off["automations"]) > 20


def test_without_a_store_there_are_fewer_checks_and_it_says_so(cli: Cli) -> None:
    """The shipped automations are clean: exit code 0."""
    ran = cli("automations", "lint")

    assert ran.code == 0, ran.out
    assert "There is no store yet" in ran.out
    assert " 0 errors, 0 warnings" in ran.out


def test_an_error_is_told_with_its_way_out(cli: Cli) -> None:
    """Exit code 1; a choice of names leaves the others out."""
    _mine(never=NEVER, misspelt=MISSPELT)

    ran = cli("automations", "lint")
    assert ran.code == 1
    assert "error: never: never fires: `when` is always false" in ran.out
    assert cli("automations", "lint", "misspelt").code == 0
    assert 'Did you mean "never"?' in cli("automations", "lint", "nevr").err
    assert "Known: misspelt, never" in cli("automations", "lint", "other-name").err


def test_an_automation_that_is_named_is_looked_at_although_it_is_off(cli: Cli) -> None:
    """That is the time to look: before it is switched on."""
    _mine(never='mode = "off"\n' + NEVER)

    assert cli("automations", "lint").code == 0
    assert cli("automations", "lint", "never").code == 1


def test_names_are_held_against_what_the_bot_knows(cli: Cli) -> None:
    """Only warnings: exit code 2."""
    _mine(misspelt=MISSPELT)
    _store()

    ran = cli("automations", "lint", "--json")

    assert ran.code == 2
    message = json.loads(ran.out)
    assert (message["automations"], message["recorded"], message["store"]) == (1, 1, True)
    assert [(remark["text"], remark["hint"]) for remark in message["remarks"]] == [
        ('no list is known by the name "Servng"', 'Did you mean "Serving"?'),
        ('no user is known by the name "Maira"', 'Did you mean "maria"?'),
    ]
