"""Which reading belongs to which task."""

from typing import Any

import pytest

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.placement.placing import Placement, TaskIndex, place
from clickup_mlops.features.metrics.scrape import Reading, labels

FIELD = "P99 latency ms"


def task(name: str, *, tags: tuple[str, ...] = (), where: str = "Serving", **fields: Any) -> Task:
    """A task whose number field is empty, with these texts in other fields."""
    texts = [
        {"id": key, "name": key.replace("_", " "), "type": "short_text", "value": value}
        for key, value in fields.items()
    ]
    return Task.parse(
        {
            "id": f"id-{name}",
            "name": name,
            "list": {"id": "9", "name": where},
            "space": {"id": "s1"},
            "tags": [{"name": tag} for tag in tags],
            "custom_fields": [{"id": "f", "name": FIELD, "type": "number"}, *texts],
        }
    )


def reading(value: float = 5, **of: str) -> Reading:
    return Reading("latency_p99_ms", "ms", value, 1_000, labels(**of))


def placed(binding: Binding, readings: list[Reading], tasks: list[Task]) -> Placement:
    return place([binding], {"llm": readings}, TaskIndex(tasks))


def values(placement: Placement) -> dict[str, float]:
    return {value.task.name: value.value for value in placement.values.values()}


def binding(**more: Any) -> Binding:
    return Binding(**{"field": FIELD, "source": "llm", "measure": "latency_p99_ms", **more})


@pytest.mark.parametrize(
    "owner",
    [
        task("a", model_name="chat"),
        task("a", Model_Name="CHAT"),
        task("chat"),
        task("a", tags=("chat",)),
    ],
)
def test_a_label_names_its_task(owner: Task) -> None:
    """By the field of its name, by the task's name, or by a tag; in any case."""
    result = placed(binding(), [reading(model_name="chat")], [owner, task("other")])
    assert values(result) == {owner.name: 5}
    assert not result.unplaced


def test_every_label_has_to_fit() -> None:
    """Unless `where` has fixed it."""
    tasks = [task("a", model="chat", region="eu"), task("b", model="chat", region="us")]
    series = reading(model="chat", region="us")
    assert values(placed(binding(), [series], tasks)) == {"b": 5}

    fixed = binding(where={"engine": "0"})
    series = reading(model="chat", region="us", engine="0")
    assert values(placed(fixed, [series], tasks)) == {"b": 5}
    assert not placed(fixed, [reading(model="chat", region="us", engine="1")], tasks).values


def test_a_chosen_match_counts_alone() -> None:
    """Other labels and names do not."""
    tasks = [task("chat", Deployment="x"), task("b", Deployment="chat")]
    chosen = binding(match={"model_name": "deployment"})
    series = reading(model_name="chat", pod="p1")
    assert values(placed(chosen, [series], tasks)) == {"b": 5}
    assert "no task matches" in placed(chosen, [reading(pod="p1")], tasks).unplaced[0].why


def test_a_misspelt_match_is_named() -> None:
    """Its label, or the field that no task has."""
    series, tasks = [reading(model_name="chat")], [task("a", Model="chat")]
    (wrong,) = placed(binding(match={"model_nam": "Model"}), series, tasks).unplaced
    assert wrong.why.endswith("the series has no label 'model_nam'; did you mean \"model_name\"?")
    (wrong,) = placed(binding(match={"model_name": "Modell"}), series, tasks).unplaced
    assert wrong.why.endswith("none has a value of 'Modell'; did you mean \"model\"?")


def test_several_tasks_are_reported() -> None:
    """With their names; nothing is written to either."""
    result = placed(binding(), [reading(m="x")], [task("a", tags=("x",)), task("b", tags=("x",))])
    assert not result.values
    assert result.unplaced[0].why == "2 tasks match: 'a', 'b'"


def test_a_series_without_labels_belongs_to_the_only_task() -> None:
    """In reach of the binding."""
    tasks = [task("a"), task("b", where="Elsewhere")]
    assert not placed(binding(), [reading()], tasks).values
    assert values(placed(binding(lists=frozenset({"serving"})), [reading()], tasks)) == {"a": 5}


@pytest.mark.parametrize(("of", "value"), [("max", 9), ("min", 1), ("sum", 10), ("mean", 5)])
def test_several_series_of_a_task_are_one_value(of: Any, value: float) -> None:
    """As `of` says."""
    series = [reading(1, model="a", engine="0"), reading(9, model="a", engine="1")]
    chosen = binding(of=of, match={"model": "name"})
    assert values(placed(chosen, series, [task("a")])) == {"a": value}


def test_several_series_without_a_word_are_reported() -> None:
    """Nothing is guessed."""
    series = [reading(1, model="a", engine="0"), reading(9, model="a", engine="1")]
    result = placed(binding(match={"model": "name"}), series, [task("a")])
    assert not result.values
    assert "set `of`" in result.unplaced[0].why


def test_a_template_binds_in_its_space_only() -> None:
    """And the earlier of two bindings holds."""
    assert not placed(binding(space_id="s2"), [reading(m="a")], [task("a")]).values
    both = place(
        [binding(factor=0.001, decimals=3), binding(space_id="s1")],
        {"llm": [reading(812, m="a")]},
        TaskIndex([task("a")]),
    )
    assert values(both) == {"a": 0.812}


def test_a_template_with_folders_binds_in_them_only() -> None:
    """Two services share a Space; a series without labels is each one's own."""
    tasks = [
        Task.parse({**task(name).raw, "folder": {"id": folder}})
        for name, folder in (("ranker", "f1"), ("search", "f2"))
    ]

    result = placed(binding(folders=frozenset({"f2"})), [reading(7)], tasks)

    assert (values(result), result.unplaced) == ({"search": 7}, [])


def test_a_field_that_is_not_there_is_reported_once() -> None:
    """With its name."""
    result = placed(binding(field="Nowhere"), [reading(m="a"), reading(m="b")], [task("a")])
    assert [placement.why for placement in result.unplaced] == [
        "no task in reach has a number field 'Nowhere'"
    ]
