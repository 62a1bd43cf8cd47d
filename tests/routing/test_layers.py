"""The policy of a Space: configuration over template over defaults."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.explain import explain
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.layers import compute_effective, merge_layers
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from tests.routing.support import NOW_MS

ATTENTIVE = {"priorities": {"training": {"normal": "normal", "breach": "normal"}}}
TASK = Task.parse({"id": "t", "name": "x", "space": {"id": "s1"}, "tags": [{"name": "training"}]})


@dataclass
class Says:
    """What a template says."""

    routing: dict[str, Any] = field(default_factory=dict)
    slo: dict[str, dict[str, Any]] = field(default_factory=dict)
    metrics: dict[str, dict[str, Any]] = field(default_factory=dict)
    template: str = "serving"
    strategy: str = "latency first"
    space: str = "Ranker"
    folders: tuple[str, ...] = ()


class Spaces(dict[str, tuple[Says, ...]]):
    """Layers by Space."""

    def of(self, space_id: str) -> tuple[Says, ...]:
        """Those of a Space."""
        return self.get(space_id, ())


def configured(**routing: Any) -> Policy:
    return Policy.model_validate(routing)


def test_what_is_configured_wins_key_by_key() -> None:
    """A cell of a row, too; what only the template says holds, the rest is the default."""
    mine = configured(
        urgency={"soon": "P9D"}, priorities={"training": {"breach": "high"}}, unclear="data"
    )
    policy = merge_layers(mine, [Says({**ATTENTIVE, "urgency": {"soon": "P1D", "today": "PT6H"}})])

    assert policy.urgency.soon == timedelta(days=9)
    assert policy.urgency.today == timedelta(hours=6)
    assert policy.priorities.training.breach == "high"
    assert policy.priorities.training.normal == "normal"
    assert policy.priorities.training.due == Policy().priorities.training.due
    assert policy.unclear == "data"


def test_lists_are_asked_from_the_top() -> None:
    """The configuration's patterns first, then the newest template's."""
    older = Says({"lists": {"*": "other", "Jobs": "data"}})
    newer = Says({"lists": {"Jobs": "inference"}})
    policy = merge_layers(configured(lists={"Runs": "training"}), [older, newer])

    assert list(policy.lists.items()) == [
        ("Runs", "training"),
        ("Jobs", "inference"),
        ("*", "other"),
    ]


def test_pairs_are_laid_over_each_other_by_metric() -> None:
    """The defaults hold only while nobody says any."""
    mine = configured(slos=[{"metric": "p99 latency ms", "objective": "Agreed ms"}])
    says = Says(slo={"P99 latency ms": {"objective": "A"}, "Queue": {"objective": "B"}})

    objectives = {slo.metric: slo.objective for slo in merge_layers(mine, [says]).slos}
    assert objectives == {"p99 latency ms": "Agreed ms", "Queue": "B"}
    assert [slo.metric for slo in merge_layers(Policy(), [says]).slos] == [
        "P99 latency ms",
        "Queue",
    ]
    assert merge_layers(Policy(), [Says()]).slos == Policy().slos
    assert merge_layers(configured(slos=[]), [Says()]).slos == ()


def test_a_template_that_does_not_fit_the_configuration_is_left_out() -> None:
    """And the explanation says so."""
    mine = configured(priorities={"inference": {"soon": "normal"}})
    held = compute_effective(mine, [Says({"priorities": {"training": {"soon": "high"}}})])

    assert held.policy == mine
    assert "configuration alone" in held.source
    assert "inference goes first" in held.source


def test_a_task_is_routed_by_the_policy_of_its_space() -> None:
    """The explanation names template, strategy and Space; other Spaces are as configured."""
    low = {"priorities": {"training": {"normal": "normal"}}}
    router = Router(Policy(), spaces=Spaces(s1=(Says(low),)))
    in_space = router.route(TASK, Context(), NOW_MS)
    elsewhere = router.route(Task.parse({**TASK.raw, "space": {"id": "s2"}}), Context(), NOW_MS)

    assert (in_space.priority, elsewhere.priority) == (3, 4)
    reason = 'training.normal is Normal, by template serving (latency first) of the Space "Ranker"'
    assert reason in explain(in_space)
    assert "template" not in explain(elsewhere)


def test_each_templates_folders_are_its_own() -> None:
    """Elsewhere in a Space that several templates share, the later one lies over the earlier."""
    batch = Says({"unclear": "data"}, template="batch", folders=("f1",))
    serving = Says({"unclear": "infra"}, folders=("f2",))
    only_metrics = Says(folders=("f1",))
    router = Router(Policy(), spaces=Spaces(s1=(batch, serving, only_metrics)))
    workloads = {
        folder: router.policy_of(Task.parse({**TASK.raw, "folder": {"id": folder}})).policy.unclear
        for folder in ("f1", "f2", "f3")
    }
    assert workloads == {"f1": "data", "f2": "infra", "f3": "infra"}


def test_a_change_of_what_the_template_says_holds_at_once() -> None:
    """The bot need not be started again."""
    spaces = Spaces()
    router = Router(Policy(), spaces=spaces)
    assert router.policy_of(TASK).source == ""
    for unclear in ("data", "infra"):
        spaces["s1"] = (Says({"unclear": unclear}),)
        assert router.policy_of(TASK).policy.unclear == unclear
