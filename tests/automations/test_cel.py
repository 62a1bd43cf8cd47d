"""Conditions: checked when they are loaded, and never raising when they are asked."""

import tracemalloc
from dataclasses import replace

import pytest

from clickup_mlops import content
from clickup_mlops.automations.conditions import cel
from clickup_mlops.automations.conditions.cel import CelError, EvalError, Language
from clickup_mlops.automations.conditions.keyed import KEYED
from clickup_mlops.automations.load import load
from clickup_mlops.automations.model import Situation
from clickup_mlops.automations.variables import LANGUAGE, VARIABLES, values_of
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from tests.automations.support import NOW_MS, event, task

GPU = {"id": "f", "name": "GPU hours", "type": "number", "value": "101"}
OWNER = {"id": "o", "name": "Owner", "type": "short_text", "value": "Ana"}
UNSET = {"id": "u", "name": "Unset", "type": "number"}
REPORTED = {"commonLabels": {"severity": "page"}}
SITUATION = Situation(
    replace(event("taskUpdated"), raw={"data": REPORTED}),
    task(
        custom_fields=[GPU, OWNER, UNSET],
        date_created=str(NOW_MS - 3 * 86_400_000),
        due_date=str(NOW_MS + 3_600_000),
        priority={"id": "2"},
        assignees=[{"id": 1, "username": "Ana", "email": "a@b"}],
        dependencies=[{"task_id": "t2", "depends_on": "t1"}],
    ),
    NOW_MS,
    lambda: pytest.fail("conditions do not ask routing"),
)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('task.name == "Ranker" && task.list == "Serving"', True),
        ('"inference" in task.tags', True),
        ('task.fields["GPU hours"] > 100', True),
        ('task.fields["GPU hours"] > 100.5', True),
        ('"Unset" in task.fields', False),
        ("has(task.fields.Owner)", True),
        ('has(task.fields.Nobody) && task.fields.Nobody == "x"', False),
        ('task.fields.Owner == "Ana"', True),
        ("task.open && task.priority == 2", True),
        ('now - task.created > duration("48h")', True),
        ('task.has_due && task.due - now <= duration("1h")', True),
        ('task.assignees.exists(who, who.startsWith("A"))', True),
        ("size(task.blocks) == 1 && size(task.waits_for) == 0", True),
        ('event.kind == "taskUpdated" && event.user == 0', True),
        ('task.fields.number("GPU hours") > 100.5', True),
        ('task.fields.number("Unset") > 0.0 || task.fields.number("Unset") <= 0.0', False),
        ('task.fields.number("Owner") == task.fields.number("Owner")', False),
        ('task.fields.text("Owner") == "Ana" && task.fields.text("GPU hours") == "101"', True),
        ('task.fields.text("Unset") == "" && task.fields.text("Unset", "?") == "?"', True),
        ('event.data.text("commonLabels.severity") == "page"', True),
        ('event.data.text("commonLabels.team.name", "?") == "?"', True),
        ("size(task.slos) == 0 && size(task.breaches) == 0", True),
    ],
)
def test_conditions_read_task_event_and_time(text: str, answer: bool) -> None:
    """Whole and broken numbers compare; a field that is not set is not there."""
    assert LANGUAGE.condition(text).holds(values_of(SITUATION)) is answer


def test_breaches_are_the_slos_that_are_broken() -> None:
    """Each with its numbers, how far over, and a sentence."""
    numbers = {"P99 latency ms": 750, "SLO latency ms": 500, "Error rate %": 0.5}
    numbers |= {"SLO error rate %": 1}
    fields = [
        {"id": name, "name": name, "type": "number", "value": value}
        for name, value in numbers.items()
    ]
    about = values_of(replace(SITUATION, task=task(custom_fields=fields), seen={}))

    assert [entry["metric"] for entry in about["task.slos"]] == ["P99 latency ms", "Error rate %"]
    (breach,) = about["task.breaches"]
    assert breach["text"] == "P99 latency ms is 750, SLO: at most 500 ms"
    for text in (
        'task.breaches[0].objective == "SLO latency ms" && task.breaches[0].unit == "ms"',
        "task.breaches[0].measured == 750.0 && task.breaches[0].limit == 500.0",
        "task.breaches[0].over == 0.5 && task.slos.exists(slo, slo.room == 0.5)",
    ):
        assert LANGUAGE.condition(text).holds(about) is True


@pytest.mark.parametrize(
    ("text", "line", "column", "problem"),
    [
        ('task.nme == "x"', 1, 5, "undeclared reference to 'task.nme'; did you mean 'task.name'?"),
        ("task.name == 1", 1, 11, "`==` cannot be used with text and whole number"),
        ('task.open &&\n  tsk.name == "x"', 2, 6, "undeclared reference to 'tsk.name'"),
        ("task.open &&", 1, 13, "Syntax error"),
        ("", 1, 1, "Syntax error"),
        ('task.priority == "urgent"', 1, 15, "priorities are numbers: 1 Urgent"),
        ('task.age > duration("7d")', 1, 12, 'duration("168h") is a week'),
        ("task.age > 7", 1, 10, 'duration("168h") is a week'),
        ('task.due < "2026-01-01"', 1, 10, 'timestamp("2026-03-01T09:00:00Z")'),
        ('task.due < timestamp("soon")', 1, 12, 'timestamp("2026-03-01T09:00:00Z")'),
        ("task.open and task.has_due", 1, 11, "write `&&` for `and`"),
        ("task.open or task.has_due", 1, 11, "write `||` for `or`"),
        ('task.name = "x"', 1, 11, "write `==` to compare"),
        ('task.status in "to do"', 1, 13, 'as a list: ["one", "two"]'),
        ('task.tags.contains("x")', 1, 19, '`"one" in LIST`'),
        ('task.name.lower() == "x"', 1, 16, "did you mean 'lowerAscii'?"),
        ('task.fields.number("x") > 3', 1, 25, "as 3.0"),
        ("task.name", 1, 1, "the answer must be true or false, this gives string"),
        ("task.fields.Done", 1, 1, "the answer must be true or false, this gives dyn"),
    ],
)
def test_a_wrong_condition_is_refused_with_line_and_column(
    text: str, line: int, column: int, problem: str
) -> None:
    """Syntax, names, types, and that the answer is yes or no."""
    with pytest.raises(CelError) as refused:
        LANGUAGE.condition(text)

    assert (refused.value.line, refused.value.column) == (line, column)
    assert problem in refused.value.problem


def test_the_caret_stands_under_the_mistake() -> None:
    """As a person would point at it."""
    with pytest.raises(CelError) as refused:
        LANGUAGE.condition('task.open &&\n  task.nope == "x"')

    assert str(refused.value).splitlines()[1:] == ['    task.nope == "x"', "        ^"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('task.fields["Budget"] > 1', 'Key not found in map : "Budget"'),
        ("task.fields.Owner > 3", "No matching overloads found"),
        ('task.fields["GPU hours"] / 0.0 > 1.0 && task.fields.Budget > 1', "Key not found"),
        ("1 / (task.priority - 2) > 0", "divide by zero"),
    ],
)
def test_a_condition_that_fails_gives_a_reason_and_no_exception(text: str, problem: str) -> None:
    """A missing key, types that do not fit, a division by zero."""
    answer = LANGUAGE.condition(text).holds(values_of(SITUATION))

    assert isinstance(answer, EvalError)
    assert problem in answer.problem


def test_every_variable_can_be_read_from_a_bare_task() -> None:
    """Nothing is missing on a task that has almost nothing."""
    bare_task = task(list=None, tags=None)

    def route() -> Decision:
        return Router(Policy()).route(bare_task, Context(), NOW_MS)

    bare = Situation(event(), bare_task, NOW_MS, route)

    values = values_of(bare)
    assert set(values) == {variable.name for variable in VARIABLES}
    for name, kind in LANGUAGE.variables.items():
        if kind != "map<string,dyn>" and name not in KEYED:
            assert LANGUAGE.condition(f"{name} == {name}").holds(values) is True


def test_a_language_has_the_variables_it_is_given() -> None:
    """And no others."""
    language = Language({"x": "int"})

    assert language.condition("x > 1").holds({"x": 2}) is True
    with pytest.raises(CelError, match="undeclared reference to 'y'"):
        language.condition("y > 1")


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ('task.name == "a"', ("task.name",)),
        ("task\n. name.size() > 1 || task.open", ("task.name", "task.open")),
        ('// As it is.\ntask.name == "a"', ("task.name",)),
        ('"Ask. task.open" == task.name', ("task.name", "task.open")),
        ("my_task.name == subtask.name", ()),
    ],
)
def test_an_expression_needs_the_variables_that_it_names(text: str, needs: tuple[str, ...]) -> None:
    """However it is written; one in a text does no harm."""
    variables = {"task.name": "string", "task.open": "bool"}
    constants = {"my_task": ("map<string, string>", {}), "subtask": ("map<string, string>", {})}

    assert Language(variables, constants).condition(text).needs == needs


def test_languages_of_several_automations_know_only_their_own_constants() -> None:
    """Though what compiles their expressions is shared, for it takes a quarter of a megabyte."""
    among = Language({"x": "int"}).among({"settings.a": "int", "settings.b": "string"})
    extended = among.extended({"settings.a": ("int", 3)})
    second = among.extended({"settings.a": ("string", "other type")})

    assert extended.condition("x > settings.a").holds({"x": 4}) is True
    assert second.condition('settings.a == "other type"').holds({}) is True
    assert extended.expression('"settings.b"').value({}) == "settings.b"
    for language in (extended, among):
        with pytest.raises(CelError, match=r"undeclared reference to 'settings(.b)?'"):
            language.condition('settings.b == ""')


def test_the_shipped_automations_share_what_compiles_their_expressions() -> None:
    """It takes a quarter of a megabyte, and most of them have settings."""
    cel._environment.cache_clear()
    result = load(content.find_folder("automations"))

    assert sum(bool(automation.settings) for automation in result) > 10
    assert cel._environment.cache_info().currsize <= 3


REPLACING = Language({"text": "string", "other": "string"})


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ('text.replace("a", "bb")', "bbbb"),
        ('text.replace("a", "bb", 1)', "bba"),
        ('text.replace("a", "bb", 0)', "aa"),
        ('text.replace("", "-")', "-a-a-"),
        ('text.replace("a", "replace").replace("lac", "")', "reperepe"),
        ('"text.replace(1)" + text', "text.replace(1)aa"),
        ('[text, "b"].join()', "aab"),
        ('[text, "join", "é"].join("-")', "aa-join-é"),
        ('text.split("").join(text)', "aaaa"),
        ('text.split("z").filter(t, false).join("-") + "[].join()"', "[].join()"),
    ],
)
def test_replace_and_join_are_cels(expression: str, answer: str) -> None:
    """What they give is what CEL's own functions give."""
    assert REPLACING.expression(expression).value({"text": "aa", "other": ""}) == answer


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ('fields.replace == "x"', True),
        ('has(fields.replace) ? fields.replace : "none"', "x"),
        ('[fields.replace, "y"].join("")', "xy"),
        ('fields.replace.replace("x", fields.replace + "z")', "xz"),
        ('fields.all(replace, replace == "replace")', True),
        ('["replace"].map(join, join + fields.replace).join("")', "replacex"),
    ],
)
def test_a_field_called_replace_is_read_like_any_other(expression: str, answer: object) -> None:
    """Before whatever stands after it; people choose the names of fields and labels."""
    language = Language({"fields": "map<string,dyn>"})
    assert language.expression(expression).value({"fields": {"replace": "x"}}) == answer


@pytest.mark.parametrize(
    "expression",
    [
        'text.replace("", other)',
        '["x", text.replace("a", other), "y"].join(",")',
        '{"a": [{"b": text.replace("a", other)}]}.a[0].b',
        'text.replace("a", other)',
        'text.replace("a", other, 999).replace("", text)',
        '[text].map(t, t.replace("a", other)).join(",")',
        '["", "", "", "", "", "", "", "", "", "", "", ""].join(other)',
        "[text, other, text, other, text, other, text, other, text, other, text].join()",
    ],
)
def test_a_text_that_would_be_huge_is_not_made(expression: str) -> None:
    """It is an error of the condition before there is any text."""
    long = {"text": "a" * 100_000, "other": "b" * 100_000}
    tracemalloc.start()
    answer = REPLACING.expression(expression).value(long)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert isinstance(answer, EvalError) and "longer than 1000000" in answer.problem
    assert peak < 3_000_000


@pytest.mark.parametrize(
    "step",
    [
        "x + x",
        '"%s%s".format([x, x])',
        "strings.quote(x)",
        "[x] + [x]",
        '{"a": x, "b": x}',
        "[x].filter(y, true).map(y, y + y)[0]",
    ],
)
def test_loops_that_double_a_value_again_and_again_are_refused(step: str) -> None:
    """When they are compiled; a few of them are none to worry about."""
    first, loop = "[text]", f".map(x, {step})"
    assert REPLACING.expression(first + 6 * loop).value({"text": "a" * 100})
    with pytest.raises(CelError, match="100 copies of what it reads"):
        REPLACING.expression(first + 20 * loop)


@pytest.mark.parametrize(
    "call",
    ["strings.quote({})", "strings. // twice\n quote({})", "[{}]. // once\n map(x, x + x)[0]"],
)
def test_nested_calls_that_double_a_value_are_refused(call: str) -> None:
    """Without a loop too, and whatever stands between."""
    text = "text"
    for _ in range(7):
        text = call.format(text)
    with pytest.raises(CelError, match="100 copies of what it reads"):
        REPLACING.expression(text)


def test_comparisons_in_loops_make_nothing() -> None:
    """However many they are."""
    loop = ".filter(x, " + " || ".join(f"x == text + '{number}'" for number in range(60)) + ")"
    assert REPLACING.expression("[text]" + 10 * loop).value({"text": "a"}) == []
