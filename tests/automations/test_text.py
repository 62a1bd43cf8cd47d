"""Texts with expressions: checked when an automation is loaded, filled when it acts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.automations.conditions.cel import CelError
from clickup_mlops.automations.conditions.lookups import Lookups
from clickup_mlops.automations.model import Situation, Unanswered
from clickup_mlops.automations.text import Markdown, Text, format_value
from clickup_mlops.config import Table
from clickup_mlops.views.text import localize
from tests.automations.support import NOW_MS, event, task


def _situation(**raw: Any) -> Situation:
    return Situation(event(), task(**raw), NOW_MS, lambda: pytest.fail("no routing here"))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("plain", "plain"),
        ("", ""),
        ("${task.name}", "Ranker"),
        ("a ${task.name} b ${task.priority}", "a Ranker b 0"),
        ("tags: ${task.tags}, open: ${task.open}", "tags: inference, open: true"),
        ('${"}" + task.name + "{"}', "}Ranker{"),
        (r"${'it\'s } ' + task.name}", "it's } Ranker"),
        ('${{"a": task.name}["a"]}', "Ranker"),
        ("costs $5, $${task.name} stays", "costs $5, ${task.name} stays"),
        ("${now}", "2026-01-05 12:00 UTC"),
        ('${task.tags.join("/").upperAscii()}', "INFERENCE"),
        ("${1.0 / 4.0}", "0.25"),
        ('first\n${task.tags.join("\n") + "\n- "}\nlast', "first\ninference\n- \nlast"),
        ("${'a\r\nb'}", "a\r\nb"),
        ('${"""a\nb"""}', "a\nb"),
    ],
)
def test_expressions_are_replaced_by_their_values(source: str, text: str) -> None:
    """Strings, braces and escapes in them too."""
    assert Text(source).fill(_situation()) == text


@given(st.text())
def test_a_text_without_expressions_stays_as_it_is(source: str) -> None:
    """Byte for byte; `${` is written as `$${`."""
    literal = source.replace("${", "")
    assert Text(literal).fill(_situation()) == literal
    assert Text("$${" + literal).fill(_situation()) == "${" + literal


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("x ${task.nme}", 1, 9),
        ("first\nsecond ${task.nme}", 2, 14),
        ("first ${task.open &&\n task.nme}", 2, 6),
        ("x ${task.name", 1, 3),
    ],
)
def test_a_wrong_expression_is_refused_where_it_stands(source: str, line: int, column: int) -> None:
    """Line and column are those of the whole text, with a caret below."""
    with pytest.raises(CelError) as refused:
        Text(source)

    assert (refused.value.line, refused.value.column) == (line, column)
    picture = str(refused.value).splitlines()
    assert picture[-1].index("^") == column + 1
    assert picture[-2].strip() == source.splitlines()[line - 1].strip()


def test_an_option_of_that_type_is_checked_with_its_table() -> None:
    """As any other key."""

    class Options(Table):
        text: Text

    assert Options.model_validate({"text": "${task.id}"}).text == Text("${task.id}")
    with pytest.raises(ValueError, match=r"did you mean 'task\.name'"):
        Options.model_validate({"text": "${task.nme}"})
    with pytest.raises(ValueError, match="valid string"):
        Options.model_validate({"text": 3})


def test_an_expression_without_an_answer_says_which() -> None:
    """For the log line that explains why an automation did nothing."""
    with pytest.raises(Unanswered, match=r"\$\{task.fields.Owner\}: NOT_FOUND"):
        Text("Ask ${task.fields.Owner}").fill(_situation())


def test_durations_are_shown_in_their_two_largest_units() -> None:
    """As people say them."""
    for seconds, text in [(0, "0s"), (59, "59s"), (3_700, "1h 1m"), (-90_000, "-1d 1h")]:
        assert format_value(timedelta(seconds=seconds)) == text


def test_of_two_fields_with_one_name_the_one_that_is_set_holds() -> None:
    """ClickUp allows the same name in a Space and in its List."""
    blank = {"id": "f2", "name": "P99", "type": "number"}
    fields = [{"id": "f1", "name": "P99", "type": "number", "value": "301"}, blank]
    for order in (fields, fields[::-1]):
        assert Text('${task.fields["P99"]}').fill(_situation(custom_fields=order)) == "301"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("**${task.name}**", r"**x\](https://evil.example) \*here\***"),
        ("[${task.name}](${task.url})", r"[x\](https://evil.example) \*here\*](https://c/t_1)"),
        (
            "${task.open ? '**Open:** ' + task.name : ''}",
            r"**Open:** x\](https://evil.example) \*here\*",
        ),
        ("${report.overrides}", "- **none**"),
    ],
)
def test_what_people_wrote_is_no_markdown(source: str, text: str) -> None:
    """What the author of the automation wrote is, in an expression too."""
    situation = _situation(name="x](https://evil.example) *here*", url="https://c/t_1")
    situation = replace(situation, lookups=Lookups(overrides=lambda: "- **none**"))
    assert Markdown(source).fill(situation) == text.replace("t_1", r"t\_1")
    assert Markdown("${task.name}").fill(_situation(name="@everyone a@b.example")) == (
        "@\u2060everyone a@b.example"
    )


@pytest.mark.parametrize("time", ["2026-12-07T09:50:41Z", "2026-12-07T09:50:41", "09:50"])
def test_a_time_of_a_tool_is_shown_like_all_times(time: str) -> None:
    """In what people read; elsewhere, and if it is none, it stays as it is."""
    situation = _situation(name=time)
    filled = Markdown("since ${task.name}.").fill(situation)
    assert filled == f"since {time.replace('T09:50:41Z', ' 09:50 UTC')}."
    assert Text("since ${task.name}.").fill(situation) == f"since {time}."


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        ("Europe/Madrid", "2026-01-05 13:00 CET"),
        ("America/Sao_Paulo", "2026-01-05 09:00 UTC-03"),
        ("UTC", "2026-01-05 12:00 UTC"),
    ],
)
def test_times_in_what_people_read_are_in_their_zone(zone: str, local: str) -> None:
    """Also those of tools, and with seconds; digits that are no time stay. A value has no zone."""
    situation = replace(_situation(name="2026-01-05T12:00:00Z"), zone=zone)
    assert Markdown("${now}, ${task.name}").fill(situation) == f"{local}, {local}"
    assert Text("${now}").fill(situation) == "2026-01-05 12:00 UTC"
    time, name = local[:16], local[17:]
    assert localize("2026-01-05 12:00:30 UTC", zone) == f"{time}:30 {name}"
    assert localize(localize("2026-01-05 12:00 UTC", zone), zone) == local
    assert localize("2026-02-30 25:00 UTC", zone) == "2026-02-30 25:00 UTC"


@given(st.text(), st.sampled_from(sorted(available_timezones())))
def test_no_other_text_changes_in_a_zone(text: str, zone: str) -> None:
    """It has no time in UTC."""
    assert localize(text.replace("UTC", ""), zone) == text.replace("UTC", "")
