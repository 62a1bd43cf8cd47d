"""Reading automations: what is wrong is said with file, key and a way out."""

from pathlib import Path

import pytest

from clickup_mlops.automations.load import find_actions, load, read_folders
from clickup_mlops.errors import ContentError
from tests.automations.support import QUIET_AND_ACTING, automation

HEAD = 'on = ["taskCreated"]\ndo = [{ action = "route" }]'
FINE = f'summary = "Fine."\n{HEAD}\n{QUIET_AND_ACTING}'


def _problem(folder: Path, text: str) -> ContentError:
    (folder / "bad.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as problem:
        load(folder)
    return problem.value


def test_an_automation_is_named_after_its_file_and_has_defaults(tmp_path: Path) -> None:
    """On, without a condition, and with a cap."""
    result = automation(tmp_path, HEAD, name="gpu_budget")

    assert (result.name, result.mode, result.cap, result.when) == ("gpu_budget", "on", 100, None)
    assert result.on == {"taskCreated"}
    assert [step.name for step in result.do] == ["route"]


@pytest.mark.parametrize(
    ("head", "key", "problem"),
    [
        ('on = ["taskCreatd"]\ndo = [{ action = "route" }]', "on.0", 'did you mean "taskCreated"?'),
        ('on = []\ndo = [{ action = "route" }]', "on", "unless there is a `schedule`"),
        ('do = [{ action = "route" }]', "on", "Field required"),
        ('on = ["reevaluation"]\ndo = []', "do", "At least one is needed"),
        (
            'on = ["reevaluation"]\ndo = [{ action = "rout" }]',
            "do.0.action",
            'did you mean "route"?',
        ),
        ('on = ["reevaluation"]\ndo = [{ tag = "x" }]', "do.0.action", "the action is missing"),
        ('on = ["reevaluation"]\ndo = [{ action = 3 }]', "do.0.action", 'no action is called "3"'),
        (
            'on = ["reevaluation"]\ndo = [{ action = ["route"] }]',
            "do.0.action",
            "no action is called",
        ),
        ('on = ["reevaluation"]\ndo = [{ action = "route", to = 1 }]', "do.0.to", "no such key"),
        (f"{HEAD}\ncap = 0", "cap", "greater than or equal to 1"),
        (f'{HEAD}\nmode = "dry"', "mode", "'off', 'shadow', 'on' or 'canary'"),
        (f'{HEAD}\nmode = "canary"', "canary", "need each other"),
        (f"{HEAD}\ncanary = {{ share = 0.5 }}", "canary", "need each other"),
        (f'{HEAD}\nthen = [{{ action = "route" }}]', "then", "`then` needs `until`"),
        (f"{HEAD}\nunless = 'task.open'", "unless", "`unless` needs `after`"),
        (f"{HEAD}\nwhen = 'tasks.size() > 0'", "when", 'tasks["Serving"]'),
        (f"{HEAD}\nuntil = 'task.nme'", "until", "did you mean 'task.name'?"),
        (f'{HEAD}\nschedule = {{ cron = "0 9 * *" }}', "schedule", "Wrong number of fields"),
        (
            f'{HEAD}\nschedule = {{ cron = "0 9 * * 1", zone = "Madrid" }}',
            "schedule.zone",
            "no time",
        ),
        (f'{HEAD}\nper = "workspace"', "do", '"route" needs a task'),
        (f"{HEAD}\nper = 'workspace'\nwhen = 'task.open'", "do", "there is no task.open"),
        (
            'on = ["reevaluation"]\ndo = [{ action = "route", target = "x" }]',
            "do.0.target",
            "one of self",
        ),
        ('on = ["integration:mlflow"]\ndo = [{ action = "route" }]', "on.0", "no event is called"),
        (f'{HEAD}\nignore = ["prio"]', "ignore.0", 'did you mean "priority"?'),
        (f'{HEAD}\nignore = ["own", "content:x"]', "ignore.1", "no change is called"),
        (f'{HEAD}\nignore = ["priority:urgent"]', "ignore.0", "no change is called"),
        (f'{HEAD}\nignore = ["status:"]', "ignore.0", "no change is called"),
        (f"{HEAD}\nwhn = 'true'", "whn", 'did you mean "when"?'),
        (f"{HEAD}\n[settings]\nx = 1", "settings.x", "Input should be a table"),
        (f"{HEAD}\nwhen = 'task.nme == \"x\"'", "when", "line 1, column 5: undeclared reference"),
        (f"{HEAD}\nwhen = true", "when", "text, in quotes"),
        ('on = ["taskCreated"]\ndo = ["route"]', "do.0", "a table"),
        ('on = ["taskCreated"]\ndo = [{ action = "set_due" }]', "do.0", "one of `at` and `in`"),
        (
            'on = ["taskCreated"]\ndo = [{ action = "set_field", field = "x", value = { a = 1 } }]',
            "do.0.value",
            "text, a number, true or false, or a list of texts",
        ),
        (
            f'{HEAD}\n[settings.idle]\ndefalt = "P1D"\nmeaning = "x"\ndefault = "P1D"',
            "settings.idle.defalt",
            'did you mean "default"?',
        ),
    ],
)
def test_a_mistake_is_named_with_file_and_key(
    tmp_path: Path, head: str, key: str, problem: str
) -> None:
    """And a near miss with what was probably meant."""
    result = _problem(tmp_path, f'summary = "Bad."\n{head}\n{QUIET_AND_ACTING}')

    assert result.file == str(tmp_path / "bad.toml")
    assert result.key == key
    assert problem in result.problem
    assert "write-an-automation" in result.hint


def test_a_wrong_condition_shows_a_caret(tmp_path: Path) -> None:
    """Under the place that is wrong."""
    problem = _problem(
        tmp_path, f"summary = 'x'\n{HEAD}\nwhen = 'task.nme == \"x\"'\n{QUIET_AND_ACTING}"
    )

    assert str(problem).splitlines()[1:] == ['  task.nme == "x"', "      ^"]


def test_all_mistakes_of_a_file_are_listed_at_once(tmp_path: Path) -> None:
    """One round of corrections is enough."""
    head = 'on = ["taskMovd"]\ndo = [{ action = "fly" }]\nwhen = "1"'
    message = str(_problem(tmp_path, f'summary = "x"\n{head}\n{QUIET_AND_ACTING}'))

    for part in ("on.0:", "do.0.action:", "when:"):
        assert f"bad.toml: {part}" in message


@pytest.mark.parametrize("examples", ["", '[[example]]\nnme = "a"\nexpect = []'])
def test_a_mistake_in_the_examples_does_not_hide_those_of_the_conditions(
    tmp_path: Path, examples: str
) -> None:
    """Nor a missing example: one round of corrections is enough."""
    head = 'on = ["taskCreated"]\nwhen = "task.opn"\ndo = [{ action = "fly" }]'
    message = str(_problem(tmp_path, f'summary = "x"\n{head}\n{examples}'))

    for part in ("example", "when:", "do.0.action:"):
        assert f"bad.toml: {part}" in message


@pytest.mark.parametrize(
    ("examples", "problem"),
    [
        ('[[example]]\nname = "a"\nexpect = []', "none acts"),
        ('[[example]]\nname = "a"\nexpect = [{ action = "route" }]', "none stays quiet"),
        ("", "Field required"),
        ('[[example]]\nname = "a"\nevent = "taskX"\nexpect = []', 'no event is called "taskX"'),
        (
            '[[example]]\nname = "a"\ntask = { nme = "x" }\nexpect = []',
            'mean "example.0.task.name"?',
        ),
    ],
)
def test_an_automation_needs_examples_that_act_and_that_stay_quiet(
    tmp_path: Path, examples: str, problem: str
) -> None:
    """They are its tests."""
    assert problem in _problem(tmp_path, f'summary = "x"\n{HEAD}\n{examples}').problem


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"summary = ", "not valid TOML"),
        (b'summary = "\xff"', "not UTF-8 text"),
        (b"", "Field required"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, data: bytes, problem: str) -> None:
    """Broken TOML, a wrong encoding, an empty file."""
    (tmp_path / "bad.toml").write_bytes(data)
    with pytest.raises(ContentError, match=problem):
        load(tmp_path)


def test_one_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    """Good automations are there for whoever wants to go on; `load` names every broken file."""
    (tmp_path / "b_fine.toml").write_text(FINE, encoding="utf-8")
    for name in ("a_bad", "c_bad"):
        (tmp_path / f"{name}.toml").write_text("x = 1", encoding="utf-8")

    automations, problems = read_folders(tmp_path)
    with pytest.raises(ContentError) as refused:
        load(tmp_path)

    assert [automation.name for automation in automations] == ["b_fine"]
    assert [Path(problem.file).stem for problem in problems] == ["a_bad", "c_bad"]
    assert all(f"{name}.toml" in str(refused.value) for name in ("a_bad", "c_bad"))


def test_automations_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    """The same on every machine."""
    for name in ("b", "c", "a"):
        (tmp_path / f"{name}.toml").write_text(FINE, encoding="utf-8")

    assert [automation.name for automation in load(tmp_path)] == ["a", "b", "c"]


def test_an_empty_folder_has_no_automations(tmp_path: Path) -> None:
    """Which is no mistake."""
    assert load(tmp_path) == ()


@pytest.mark.parametrize("name", sorted(find_actions()))
def test_every_action_has_a_summary(name: str) -> None:
    """It becomes its page."""
    assert find_actions()[name].summary.endswith(".")
