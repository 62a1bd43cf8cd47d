"""`corrections`: what people chose instead, and lines for `routing learn`."""

import json

from clickup_mlops.features.corrections.tables.corrections import Correction, CorrectionLog
from clickup_mlops.store import Store
from tests.interfaces.cli.conftest import Cli

URL = "sqlite:///clickup-mlops.db"
ROW = Correction("t1", "priority", 10, 20, "Ranker", 3, 4, "inference.normal: it is normal", "ann")
NOW_AND_THEN = "1970-01-01"


def test_they_are_listed_as_table_json_and_report(cli: Cli) -> None:
    """The last seven days unless --since says otherwise."""
    with Store.open(URL) as store:
        store.table(CorrectionLog).put(ROW)

    assert "Ranker" not in cli("corrections", "list").out
    table = cli("corrections", "list", "--since", NOW_AND_THEN).out
    assert table.splitlines()[1].endswith("inference.normal: it is normal")
    assert "Normal  Low     ann" in table
    result = json.loads(cli("corrections", "list", "--since", NOW_AND_THEN, "--json").out)
    assert [row["chosen"] for row in result["corrections"]] == [4]
    report = cli("corrections", "list", "--since", NOW_AND_THEN, "--report").out
    assert report.startswith("1 decision was corrected.\n\n- 1 x priority Normal -> Low\n")


def test_corrected_workloads_become_lines_that_learn_reads(cli: Cli) -> None:
    """With the texts as they were last seen."""
    raw = {"id": "t1", "name": "Tune the ranker", "description": "LoRA", "list": {"id": "1"}}
    with Store.open(URL) as store:
        store.mirror.put_many("w", [raw], 1)
        store.table(CorrectionLog).put(
            Correction("t1", "workload", 10, 20, "Ranker", "inference", "training", "text", "ann")
        )

    assert cli("corrections", "export", "lines.jsonl").code == 0
    ran = cli("routing", "learn", "lines.jsonl")
    assert (ran.code, ran.out) == (0, "1 correction read; learned.json holds 1.\n")


def test_nothing_to_list_is_a_sentence(cli: Cli) -> None:
    """As with mutes, no table without rows."""
    Store.open("sqlite:///clickup-mlops.db").close()

    assert cli("corrections", "list").out == "No decision was corrected.\n"
