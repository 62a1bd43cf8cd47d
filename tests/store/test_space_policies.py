"""What templates say about the tasks of their Spaces is kept by Space and template."""

from dataclasses import replace

from clickup_mlops.store import Store
from clickup_mlops.store.tables.space_policies import MetricBinding, SpacePolicy

QUERY = {"source": "prometheus", "query": "up"}
SERVING = SpacePolicy(
    "w1",
    "s1",
    "Ranker",
    "serving",
    ("f1",),
    {"strategy": "latency first", "routing": {"unclear": "data"}, "metrics": {"P99": QUERY}},
)


def test_the_templates_of_a_space_come_in_the_order_of_their_first_apply(store: Store) -> None:
    """A template that is applied anew stays where it was, with what it says now."""
    store.space_policies.put(SERVING, 1_000)
    store.space_policies.put(replace(SERVING, name="rollout", folders=(), body={}), 2_000)
    store.space_policies.put(replace(SERVING, space_id="s2"), 2_000)
    store.space_policies.put(replace(SERVING, body={"slo": {"P99": {"objective": "SLO"}}}), 3_000)

    first, second = store.space_policies.of("s1")
    assert (first.name, second.name) == ("serving", "rollout")
    assert (first.routing, first.slo) == ({}, {"P99": {"objective": "SLO"}})
    assert (first.folders, second.folders) == (("f1",), ())
    assert store.space_policies.get(second.id) == second


def test_what_is_removed_is_gone(store: Store) -> None:
    """And only that."""
    store.space_policies.put(SERVING, 1_000)
    store.space_policies.put(replace(SERVING, space_id="s2"), 1_000)
    store.space_policies.remove(SERVING.id)

    assert store.space_policies.of("s1") == ()
    assert store.space_policies.get(SERVING.id) is None
    assert len(store.space_policies.of("s2")) == 1


def test_bindings_of_a_workspace_are_those_of_its_newest_templates(store: Store) -> None:
    """One for each field of a Space, or of the same Folders; two services share a Space."""
    newer = replace(SERVING, name="rollout", body={"metrics": {"p99": {**QUERY, "query": "x"}}})
    store.space_policies.put(SERVING, 1_000)
    store.space_policies.put(newer, 2_000)
    store.space_policies.put(replace(SERVING, workspace="w2", space_id="s9"), 1_000)
    second = {**QUERY, "match": {"model_name": "Model"}, "lists": ["Models"], "of": "max"}
    beside = replace(SERVING, name="search", folders=("f2",), body={"metrics": {"P99": second}})
    store.space_policies.put(beside, 3_000)

    assert store.space_policies.bindings("w1") == (
        MetricBinding("s1", "rollout", "p99", "prometheus", "x", ("f1",)),
        MetricBinding(
            "s1",
            "search",
            "P99",
            "prometheus",
            "up",
            ("f2",),
            {"model_name": "Model"},
            ("Models",),
            "max",
        ),
    )
