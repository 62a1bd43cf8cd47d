"""What `automations lint` finds. The cases are files in `tests/cases/lint/`."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickup_mlops import content
from clickup_mlops.automations.choices import AutomationChoice, Mode
from clickup_mlops.automations.lint.model import Known, Remark, Subject
from clickup_mlops.automations.lint.run import find_checks, lint
from clickup_mlops.automations.load import find_effects, load
from clickup_mlops.automations.model import Automation, Example
from clickup_mlops.routing.classifier.classify import load as load_classifier
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from tests.automations.support import NOW_MS, automation, event, task

CASES = sorted((Path(__file__).parents[1] / "cases/lint").glob("*.toml"))


def _subject(folder: Path, **parts: Any) -> Subject:
    return Subject(load(folder), find_effects(), Router(Policy()), now_ms=NOW_MS, **parts)


def _vocabulary(case: dict[str, Any]) -> Known:
    names = {kind: frozenset(name) for kind, name in case.get("names", {}).items()}
    events, sources = (
        frozenset(case[key]) if key in case else None for key in ("events", "sources")
    )
    return Known(names, events, sources)


def _is(expected: dict[str, Any], remark: Remark) -> bool:
    plain = (remark.check, remark.weight, list(remark.automations))
    equal = plain == (expected["check"], expected["weight"], expected["automations"])
    return equal and expected["says"] in remark.text and expected.get("hint", "") in remark.hint


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_has_just_the_findings_that_it_names(path: Path, tmp_path: Path) -> None:
    """Each names its automations, what is wrong and a way out; and there are no others."""
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    for name, text in case["automations"].items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")

    result = lint(_subject(tmp_path, known=_vocabulary(case), hops=case.get("hops", 4)))

    message = "\n".join(f"{problem.describe()}\n    {problem.hint}" for problem in result)
    assert len(result) == len(case["expect"]), message
    for expected in case["expect"]:
        assert any(_is(expected, remark) for remark in result), f"{expected}\n{message}"


TURN = """
on = ["taskTagUpdated"]
when = '"t{0}" in task.tags'
do = [{{ action = "remove_tag", tag = "t{0}" }}, {{ action = "add_tag", tag = "t{1}" }}]
"""


def test_a_circle_that_is_longer_than_the_limit_is_told_once(tmp_path: Path) -> None:
    """Not as a chain from each of its automations, with the advice to allow longer ones."""
    for number in range(6):
        head = TURN.format(number, (number + 1) % 6)
        created = automation(tmp_path, head, name=f"a{number}")
        text = created.file.read_text("utf-8").replace(
            'tags = ["inference"]', f'tags = ["t{number}"]'
        )
        created.file.write_text(text, encoding="utf-8")

    (result,) = [remark for remark in lint(_subject(tmp_path)) if remark.check == "cyclic"]

    assert result.weight == "error"
    assert result.text.endswith("a0 -> a1 -> a2 -> a3 -> a4 -> a5 -> a0")


def test_every_check_has_a_case() -> None:
    """A check that nothing tries might find nothing."""
    checks = {
        expected["check"]
        for path in CASES
        for expected in tomllib.loads(path.read_text(encoding="utf-8"))["expect"]
    }

    assert checks == set(find_checks())


@pytest.mark.parametrize("mode", [None, "on"])
def test_the_shipped_automations_are_clean(mode: Mode | None) -> None:
    """As they are shipped, and all of them together when a team has switched them on."""
    folder = content.find_folder("automations", None)
    choices = {path.stem: AutomationChoice(mode=mode) for path in content.list_toml_files(folder)}
    automations, router = load(folder, choices=choices), Router(Policy(), load_classifier())

    result = lint(Subject(automations, find_effects(), router, now_ms=NOW_MS))

    # What a team must say itself, such as a channel, may be unset.
    wrong = [wrong for wrong in result if wrong.weight != "note" and wrong.check != "idle"]
    assert [problem.describe() for problem in wrong] == []


def test_what_was_recorded_shows_what_examples_do_not(tmp_path: Path) -> None:
    """Two automations contradict each other in a situation that neither has an example for."""
    head = 'on = ["taskCreated"]\nwhen = \'task.list == "{}" || {}\'\n'
    do = 'do = [{{ action = "set_status", status = "{}" }}]'
    automation(tmp_path, head.format("A", 'task.name == "B"') + do.format("now"), "one")
    automation(tmp_path, head.format("C", 'task.name == "B"') + do.format("later"), "other")
    text = "".join(
        f'[[example]]\nname = "{name}"\ntask = {{ list = "{name}" }}\nexpect = [{{}}]\n'
        for name in ("A", "C")
    )
    for path in tmp_path.glob("*.toml"):
        path.write_text(path.read_text() + text)
    example = Example("a recorded event", event(), task(name="B"), NOW_MS, Context(), ())

    assert not [r for r in lint(_subject(tmp_path)) if r.check == "contradictory"]
    (result,) = [
        r for r in lint(_subject(tmp_path, recorded=[example])) if r.check == "contradictory"
    ]
    assert (result.automations, result.situation) == (("one", "other"), "a recorded event")


def test_an_automation_that_never_acted_in_what_was_recorded_is_noted(tmp_path: Path) -> None:
    """Only when there is enough to say so."""
    automation(
        tmp_path, 'on = ["taskCreated"]\nwhen = \'task.name == "no"\'\ndo = [{ action = "route" }]'
    )
    text = (tmp_path / "some_automation.toml").read_text()
    (tmp_path / "some_automation.toml").write_text(text.replace("tags =", 'name = "no", tags ='))
    example = Example("recorded", event(), task(), NOW_MS, Context(), ())

    assert lint(_subject(tmp_path, recorded=[example] * 49)) == ()
    (result,) = lint(_subject(tmp_path, recorded=[example] * 50))
    assert (result.weight, result.check) == ("note", "never")


STEPS = [f"{old}{new}" for old in "abcd" for new in "abcd" if old != new]


@pytest.fixture(scope="session")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Automation]:
    """An automation for each way from one status to another."""
    folder = tmp_path_factory.mktemp("steps")
    for name in STEPS:
        text = _STEP.format(old=name[0], new=name[1])
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return {automation.name: automation for automation in load(folder)}


@settings(max_examples=50)
@given(st.sets(st.sampled_from(STEPS), max_size=6))
def test_circles_are_found_where_there_are_some_and_only_there(
    steps: dict[str, Automation], names: set[str]
) -> None:
    """Automations that lead from status to status: an error exactly if they form a circle."""
    automations = [steps[name] for name in sorted(names)]
    result = lint(Subject(automations, find_effects(), Router(Policy()), now_ms=NOW_MS))

    errors = [error for error in result if error.check == "cyclic" and error.weight == "error"]
    assert bool(errors) == _has_circle(names)


_STEP = """\
summary = "A step."
on = ["taskStatusUpdated"]
when = 'task.status == "{old}"'
do = [{{ action = "set_status", status = "{new}" }}]
[[example]]
name = "there"
task = {{ status = "{old}" }}
expect = [{{ action = "set_status" }}]
[[example]]
name = "elsewhere"
task = {{ status = "elsewhere" }}
expect = []
"""


def _has_circle(remainder: set[str]) -> bool:
    """Whether steps are left when those that nothing leads to are taken away."""
    while remainder:
        stored = {step for step in remainder if step[0] in {new for _old, new in remainder}}
        if stored == remainder:
            return True
        remainder = stored
    return False
