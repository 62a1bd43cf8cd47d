"""What stands around a text decides where the text does not; a few corrections move little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decision import WORKLOADS
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.routing.surroundings import Surroundings, count_task, from_json
from tests.routing.support import NOW_MS, Read

UNSURE = {"inference": 0.35, "training": 0.05, "data": 0.1, "infra": 0.1, "other": 0.4}
SURE = {"inference": 0.001, "training": 0.0, "data": 0.0, "infra": 0.009, "other": 0.99}


def build_task(list_id: str = "1", author: int = 7, parent: str | None = None) -> Task:
    return Task.parse(
        {
            "id": "t",
            "name": "x",
            "list": {"id": list_id, "name": "Board"},
            "parent": parent,
            "creator": {"id": author, "username": "Ana", "email": ""},
        }
    )


def read(scores: dict[str, float], incident: float = 0.0) -> Read:
    best, second = sorted(scores, key=lambda name: -scores[name])[:2]
    return Read(best, scores[best], False, False, incident, (), second, scores)


def learn(workload: str, count: int, task: Task | None = None) -> dict[str, dict[str, float]]:
    counts: dict[str, dict[str, float]] = {}
    for _ in range(count):
        count_task(counts, task or build_task(), workload)
    return counts


def test_a_list_decides_where_the_text_is_unclear() -> None:
    """The signs say how many tasks it was learned from; scores stay those of the text."""
    weighed = Surroundings(learn("inference", 20)).weigh(build_task(), read(UNSURE))

    assert weighed.result.workload == "inference"
    assert weighed.result.scores == UNSURE
    assert any('List "Board" is inference' in sign and "20 tasks" in sign for sign in weighed.signs)


def test_a_clear_text_is_not_overruled_by_ten_corrections() -> None:
    weighed = Surroundings(learn("inference", 10)).weigh(build_task(), read(SURE))
    assert weighed.result.workload == "other"


def test_without_anything_learned_a_clear_text_stays_as_it_is() -> None:
    result = read(SURE)
    assert Surroundings().weigh(build_task(), result).result == result


def test_a_parent_counts_where_the_text_is_unclear() -> None:
    """A text that is sure costs no look at the parent."""
    requests = []

    def find_workload(task_id: str) -> str:
        requests.append(task_id)
        return "infra"

    surroundings = Surroundings(workload_of=find_workload)
    unsure = UNSURE | {"infra": 0.3, "inference": 0.15}
    assert surroundings.weigh(build_task(parent="p"), read(unsure)).result.workload == "infra"
    surroundings.weigh(build_task(parent="p"), read(SURE))
    assert requests == ["p"]


def test_linked_tasks_count_where_the_text_is_unclear() -> None:
    """Also those that it waits for or blocks, three at most."""
    raw = build_task().raw | {
        "linked_tasks": [{"task_id": "t", "link_id": f"l{number}"} for number in range(5)],
        "dependencies": [{"task_id": "t", "depends_on": "d", "type": 1}],
    }
    requests = []

    def find_workload(task_id: str) -> str:
        requests.append(task_id)
        return "infra"

    unsure = UNSURE | {"infra": 0.3, "inference": 0.15}
    weighed = Surroundings(workload_of=find_workload).weigh(Task.parse(raw), read(unsure))
    assert weighed.result.workload == "infra"
    assert "a linked task is infra" in weighed.signs[0]
    assert requests == ["l0", "l1", "l2"]


@pytest.mark.parametrize(("kind", "workload"), [("custom", "training"), ("open", "other")])
def test_a_status_between_the_first_and_the_last_counts(kind: str, workload: str) -> None:
    """`GPU queue` is a way of working; every List has tasks that are to do."""
    raw = build_task().raw | {"status": {"status": "GPU queue", "type": kind}}
    elsewhere = Task.parse(raw | {"list": {"id": "2", "name": "x"}, "creator": None})
    counts = learn("training", 40, elsewhere)
    unsure = UNSURE | {"training": 0.3, "inference": 0.1}
    weighed = Surroundings(counts).weigh(Task.parse(raw), read(unsure))
    assert weighed.result.workload == workload
    assert any('status "GPU queue" is training' in sign for sign in weighed.signs) == (
        kind == "custom"
    )


def test_the_template_of_the_folder_counts_like_a_name() -> None:
    """Its name is read as words."""
    titles = []

    class Reader(Names):
        def classify(self, title: str, body: str) -> Read:
            titles.append(title)
            return super().classify(title, body)

    even = dict.fromkeys(WORKLOADS, 0.2)
    weighed = Surroundings(names=Reader("data")).weigh(build_task(), read(even), ["data_labelling"])
    assert weighed.result.workload == "data" and titles[0] == "data labelling"


class Names:
    """Every name says this workload."""

    def __init__(self, workload: str) -> None:
        self.workload = workload

    def classify(self, _title: str, _body: str) -> Read:
        return read(dict.fromkeys(WORKLOADS, 0.05) | {self.workload: 0.8})


@pytest.mark.parametrize("name", [name for name in WORKLOADS if name != "other"])
def test_a_name_that_tells_its_workload_counts_like_a_few_tasks(name: str) -> None:
    even = dict.fromkeys(WORKLOADS, 0.2)
    weighed = Surroundings(names=Names(name)).weigh(build_task(), read(even))
    assert weighed.result.workload == name


def test_a_name_such_as_backlog_moves_nothing() -> None:
    """What is in it may be anybody's work."""
    even = dict.fromkeys(WORKLOADS, 0.2)
    weighed = Surroundings(names=Names("other")).weigh(build_task(), read(even))
    assert weighed.result.scores == even and weighed.signs == ()


def test_the_probability_of_an_incident_moves_with_inference() -> None:
    scores = {"inference": 0.6, "training": 0.1, "data": 0.1, "infra": 0.1, "other": 0.1}
    lowered = Surroundings(learn("data", 50)).weigh(build_task(), read(scores, incident=0.5))
    assert lowered.result.incident_confidence < 0.5


def test_why_names_the_signs() -> None:
    class Text:
        def classify(self, _title: str, _body: str) -> Read:
            return read(UNSURE)

    router = Router(Policy(), Text(), surroundings=Surroundings(learn("inference", 20)))
    decision = router.route(build_task(), Context(), NOW_MS)

    assert decision.workload == "inference"
    assert "its text and what is around it" in decision.reasons[0]
    assert 'List "Board" is inference' in decision.reasons[0]


@given(
    st.dictionaries(
        st.sampled_from(["list:1", "author:7"]),
        st.dictionaries(st.sampled_from(WORKLOADS), st.floats(0, 10_000)),
    ),
    st.lists(st.floats(0.001, 1), min_size=5, max_size=5),
)
def test_whatever_was_learned_there_is_one_best_workload(
    counts: dict[str, dict[str, float]], weights: list[float]
) -> None:
    scores = {name: weight / sum(weights) for name, weight in zip(WORKLOADS, weights, strict=True)}
    result = (
        Surroundings(counts).weigh(build_task(), read(scores, incident=scores["inference"])).result
    )
    assert result.workload != result.runner_up
    assert 0 <= result.incident_confidence <= 1
    assert 0.2 <= result.confidence <= 1


@pytest.mark.parametrize(
    "damaged", [None, [], {"list:1": 3}, {"list:1": {"gpu": 1}}, {"list:1": {"data": -1}}]
)
def test_counts_of_another_form_count_as_nothing(damaged: object) -> None:
    assert from_json(damaged) == {}
