"""What the journal remembers, and how a change by people shows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.migration.journal import changed, read_written, text_hash, values
from clickup_mlops.features.migration.tables.migration_steps import JournaledStep
from tests.features.migration.bench import Bench

FIELD: dict[str, Any] = {"id": "f", "name": "F"}


def task(**raw: Any) -> Task:
    return Task.parse({"id": "t", "name": "n", "list": {"id": "9"}, **raw})


def test_a_step_goes_through_its_states(bench: Bench) -> None:
    """Undone is as if it had never been."""
    journal = bench.journal
    assert journal.get("task:1") is None
    journal.begin("task:1", "h", {"item": "1"})
    assert (journal.task("1"), journal.has_created("")) == (None, False)
    journal.complete("task:1", "86x", "h", {"item": "1", "list": "9"})
    assert (journal.task("1"), journal.has_created("86x")) == ("86x", True)
    (step,) = journal.of("task")
    assert read_written(step)["list"] == "9"
    journal.undone([step])
    assert (journal.get("task:1"), journal.has_created("86x")) == (None, False)
    journal.failed("link:1:2", "no", "h", {})
    assert [failure.error for failure in journal.failures()] == ["no"]
    assert journal.counts() == {("task", "undone"): 1, ("link", "failed"): 1}


def test_what_is_no_object_was_not_written() -> None:
    """A step of an older version may have nothing."""
    assert read_written(JournaledStep("task:1", "task", "done")) == {}


@pytest.mark.parametrize(
    ("kind", "config", "request_body", "wire"),
    [
        ("number", {}, 5, "5"),
        ("checkbox", {}, True, "true"),
        ("date", {}, 1_000, "1000"),
        ("drop_down", {"options": [{"id": "o", "name": "A", "orderindex": 0}]}, "A", 0),
        ("labels", {"options": [{"id": i, "label": i} for i in "ab"]}, ["b", "a"], ["a", "b"]),
        ("users", {}, [7], [{"id": 7, "username": "Ada"}]),
        ("short_text", {}, "x", "x"),
    ],
)
def test_an_answer_without_values_is_no_change(
    kind: str, config: Any, request_body: Any, wire: Any
) -> None:
    """What was sent is compared with what is read later, whatever form it has on the wire."""
    definition = {**FIELD, "type": kind, "type_config": config}
    before = values(task(custom_fields=[definition]), {"f": request_body})
    now = values(task(custom_fields=[{**definition, "value": wire}]))
    assert changed(before, now) == []
    assert changed(now, values(task(custom_fields=[definition]))) == ["field f"]


def test_changes_are_named() -> None:
    """Each value; the time of the change is none."""
    before = values(task(date_updated="1"))
    now = values(task(name="m", date_updated="2", due_date="5", tags=[{"name": "x"}]))
    assert changed(before, now) == ["due_ms", "name", "tags"]
    assert changed({"item": "1", "list": "9"}, now) == []


@given(st.lists(st.text(alphabet="ab", min_size=1)), st.sampled_from([" ", "\n", " \n\t"]))
def test_blanks_do_not_change_a_text(words: list[str], blank: str) -> None:
    """ClickUp changes them."""
    assert text_hash(blank.join(words)) == text_hash(" ".join(words) + "\n")
