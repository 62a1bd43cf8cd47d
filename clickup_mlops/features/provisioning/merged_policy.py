"""What the templates of a Space say about its tasks, taken together. Pure.

As `routing.layers` lays them over each other: a later one wins, key by key.
"""

from collections.abc import Iterable

from clickup_mlops.features.provisioning.tree import Attributes, Json
from clickup_mlops.routing.layers import over


def together(bodies: Iterable[Attributes]) -> Json:
    """Their strategy, tables and enabled automations as those of one template, the oldest first."""
    whole: Json = {}
    for body in bodies:
        if body.get("strategy"):
            whole["strategy"] = body["strategy"]
        whole["routing"] = over(body.get("routing") or {}, whole.get("routing", {}))
        for table in ("slo", "metrics"):
            whole[table] = {**whole.get(table, {}), **(body.get(table) or {})}
        enabled = dict.fromkeys([*whole.get("enable", ()), *(body.get("enable") or ())])
        whole["enable"] = list(enabled)
    return whole


def adds_nothing(body: Attributes, others: Iterable[Attributes]) -> bool:
    """Whether the others already say all of it."""
    before = list(others)
    return bool(before) and together([*before, body]) == together(before)
