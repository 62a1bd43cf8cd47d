"""Trying and measuring the classifier from the command line."""

import json
from pathlib import Path

from clickup_mlops.store import Store
from tests.interfaces.cli.conftest import Cli

LINES = [
    {"id": "a", "title": "vLLM p99 latency doubled in production, users get 503", "body": ""},
    {"id": 2, "title": "Loss goes to NaN after the warm-up of the 7B fine-tuning run"},
]


def _write(lines: list[object]) -> str:
    Path("tasks.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    return "tasks.jsonl"


def test_predict_answers_each_line_in_order(cli: Cli) -> None:
    """With id, workload, incident, the confidence in both, evidence, and nothing else."""
    ran = cli("routing", "predict", _write(LINES))
    message = [json.loads(line) for line in ran.out.splitlines()]

    assert ran.code == 0
    assert [(entry["id"], entry["workload"]) for entry in message] == [
        ("a", "inference"),
        (2, "training"),
    ]
    assert [prediction["incident"] for prediction in message] == [True, False]
    assert message[0]["incident_confidence"] > 0.5 > message[1]["incident_confidence"]
    facts = {"confidence", "abstain", "incident_confidence", "evidence"}
    assert set(message[0]) == {"id", "workload", "incident"} | facts


def test_predict_goes_on_after_a_bad_line(cli: Cli) -> None:
    """The line is named with its number; the exit code is 1."""
    ran = cli("routing", "predict", _write([["no"], *LINES]))

    assert ran.code == 1
    assert "tasks.jsonl, line 1: not a JSON object" in ran.err
    assert len(ran.out.splitlines()) == 2


def test_predict_goes_on_after_bytes_that_are_no_text(cli: Cli) -> None:
    """A file of a program with another encoding is not lost for one line."""
    Path("tasks.jsonl").write_bytes(b'{"id": 1, "title": "Caf\xe9"}\n{"id": 2, "title": "Tea"}\n')

    ran = cli("routing", "predict", "tasks.jsonl")

    assert ran.code == 1
    assert "line 1: not JSON" in ran.err
    assert json.loads(ran.out)["id"] == 2


LABELS = [
    {"workload": "inference", "incident": True},
    {"workload": "training", "hard": True, "lang": "de"},
]


def test_evaluate_scores_true_labels(cli: Cli) -> None:
    """Perfect predictions of the classes that occur score 1, by kind of line as well."""
    file = _write([line | label for line, label in zip(LINES, LABELS, strict=True)])

    message = json.loads(cli("routing", "evaluate", file, "--json").out)

    assert (
        message["accuracy"]
        == message["hard"]
        == message["not_english"]
        == message["macro_f1"]
        == 1.0
    )
    assert message["workloads"]["training"]["f1"] == message["incident"]["f1"] == 1.0
    assert message["answered"] == 1.0


def test_evaluate_shows_every_figure(cli: Cli) -> None:
    """For people: rates of each class, kinds of lines, abstaining and calibration."""
    file = _write([line | label for line, label in zip(LINES, LABELS, strict=True)])

    message = cli("routing", "evaluate", file).out

    for figure in ("macro-F1 1.000", "hard lines 1.000", "title only 1.000", "not English 1.000"):
        assert figure in message
    assert "abstains on 0.0%, calibration error 0." in message


def test_evaluate_refuses_an_unknown_label(cli: Cli) -> None:
    """A typing error must not count as a wrong prediction."""
    ran = cli("routing", "evaluate", _write([LINES[0] | {"workload": "inferense"}]))

    assert ran.code == 1
    assert "line 1, workload: 'inferense'" in ran.err


def test_evaluate_needs_labels(cli: Cli) -> None:
    """Without a single one there is nothing to score."""
    ran = cli("routing", "evaluate", _write([LINES[0]]))

    assert ran.code == 1
    assert "no line has a workload" in ran.err


def test_corpus_counts_the_shipped_examples(cli: Cli) -> None:
    """Every workload has examples."""
    files = json.loads(cli("routing", "corpus", "--json").out)["files"]

    for workload in ("inference", "training", "data", "infra", "other"):
        assert sum(file[workload] for file in files) > 0


def test_corpus_checks_a_teams_own_file(cli: Cli) -> None:
    """A wrong line is named."""
    Path("ours.tsv").write_text("training\t-\tTune the ranker\t\ntrainning\t-\tTypo\t\n")

    ran = cli("routing", "corpus", "ours.tsv")

    assert ran.code == 1
    assert "ours.tsv: line 2" in ran.err


def test_learn_makes_the_classifier_agree(cli: Cli) -> None:
    """A correction changes what is predicted for that text, and is kept over the next lesson."""
    odd = {"id": "o", "title": "Zephyr gate review", "body": ""}
    file = _write([odd])
    before = json.loads(cli("routing", "predict", file).out)["workload"]
    right = "data" if before != "data" else "infra"

    taught = cli("routing", "learn", _write([odd | {"workload": right}]))
    cli("routing", "learn", _write([{"title": "Another one", "workload": "other"}]))

    assert taught.code == 0
    assert json.loads(cli("routing", "predict", _write([odd])).out)["workload"] == right


def test_learn_corrects_the_model_with_the_teams_examples(cli: Cli) -> None:
    """What is learned fits on top of the team's own corpus, as the bot will load it."""
    Path("ours.tsv").write_text("".join(f"infra\t-\tZephyr gate {n}\t\n" for n in range(20)))
    with Path("config.toml").open("a") as settings:
        settings.write('\n[classifier]\ncorpus = ["ours.tsv"]\n')
    odd = {"id": "o", "title": "Zephyr gate review", "body": ""}
    assert json.loads(cli("routing", "predict", _write([odd])).out)["workload"] == "infra"

    cli("routing", "learn", _write([odd | {"workload": "data"}]))

    assert json.loads(cli("routing", "predict", _write([odd])).out)["workload"] == "data"


def test_learn_refuses_a_line_without_label(cli: Cli) -> None:
    """The line is named."""
    ran = cli("routing", "learn", _write([{"title": "Zephyr gate review"}]))

    assert ran.code == 1
    assert "'Zephyr gate review' has no workload" in ran.err


def test_learn_goes_on_past_a_wrong_line(cli: Cli) -> None:
    """It is told, the others are learned, and the code says that something was wrong."""
    good = {"title": "Zephyr gate review", "workload": "data"}

    ran = cli(
        "routing",
        "learn",
        _write([{"title": "no label"}, good, {"title": " ", "workload": "data"}]),
    )

    assert ran.code == 1
    assert "'no label' has no workload" in ran.err
    assert "empty title" in ran.err
    assert [row[0] for row in json.loads(Path("learned.json").read_text())["rows"]] == [
        "Zephyr gate review"
    ]


def test_learn_anew_forgets(cli: Cli) -> None:
    """Nothing learned is for ever."""
    cli("routing", "learn", _write([LINES[0] | {"workload": "data"}]))

    ran = cli("routing", "learn", "--reset", "--json")

    assert json.loads(ran.out)["corrections"] == 0


def test_learn_takes_what_people_said_about_tasks(cli: Cli, tmp_path: Path) -> None:
    """A tag such as `training` on a task the bot has seen is a correction."""
    raw = {
        "id": "86abc",
        "name": "Zephyr gate review",
        "text_content": "",
        "status": {"status": "to do", "type": "open"},
        "tags": [{"name": "training"}],
        "list": {"id": "1", "name": "Work"},
        "date_updated": "1790000000000",
    }
    with Store.open(f"sqlite:///{tmp_path / 'clickup-mlops.db'}") as store:
        store.mirror.put_many("90", [raw], 1_790_000_000_000)

    cli("routing", "learn")

    assert json.loads(Path("learned.json").read_text())["rows"] == [
        ["Zephyr gate review", "", "training", None]
    ]


def test_learn_takes_incidents_that_people_refused(cli: Cli, tmp_path: Path) -> None:
    """By the tag that `/incident no` writes; the next task in such words is none either."""
    name, body = "Chat model is down for all customers", "Every answer is a 503."
    raw = {
        "id": "86abd",
        "name": name,
        "text_content": body,
        "status": {"status": "to do", "type": "open"},
        "tags": [{"name": "not-incident"}],
        "list": {"id": "1", "name": "Work"},
        "date_updated": "1790000000000",
    }
    again = [{"id": "n", "title": name, "body": body}]
    assert json.loads(cli("routing", "predict", _write(again)).out)["incident"]
    with Store.open(f"sqlite:///{tmp_path / 'clickup-mlops.db'}") as store:
        store.mirror.put_many("90", [raw], 1_790_000_000_000)

    cli("routing", "learn")

    rows = json.loads(Path("learned.json").read_text())["rows"]
    assert rows == [[name, body, "inference", False]]
    message = json.loads(cli("routing", "predict", _write(again)).out)
    assert (message["workload"], message["incident"]) == ("inference", False)


def test_learn_refuses_an_unknown_workload(cli: Cli) -> None:
    """And keeps what was there."""
    ran = cli("routing", "learn", _write([LINES[0] | {"workload": "serving"}]))

    assert ran.code == 1
    assert "'serving'" in ran.err
    assert not Path("learned.json").exists()


def test_a_damaged_file_of_corrections_is_named(cli: Cli) -> None:
    """Instead of silently forgetting what the team taught."""
    Path("learned.json").write_text("{")

    ran = cli("routing", "predict", _write(LINES))

    assert ran.code == 1
    assert "learned.json" in ran.err
