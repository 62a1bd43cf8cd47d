"""What the templates of a Space say about its tasks, taken together. Pure.

As `routing.layers` lays them over each other: a later one wins, key by key.
"""

from collections.abc import Iterable

from clickup_mlops.features.provisioning.tree import Attributes, JsonTable
from clickup_mlops.routing.layers import merge_tables


def together(bodies: Iterable[Attributes]) -> JsonTable:
    """Their strategy, tables and enabled automations as those of one template, the oldest first."""
    merged: JsonTable = {}
    for body in bodies:
        if body.get("strategy"):
            merged["strategy"] = body["strategy"]
        merged["routing"] = merge_tables(body.get("routing") or {}, merged.get("routing", {}))
        for table in ("slo", "metrics"):
            merged[table] = {**merged.get(table, {}), **(body.get(table) or {})}
        enabled = dict.fromkeys([*merged.get("enable", ()), *(body.get("enable") or ())])
        merged["enable"] = list(enabled)
    return merged


def adds_nothing(body: Attributes, policies: Iterable[Attributes]) -> bool:
    """Whether the others already say all of it."""
    before = list(policies)
    return bool(before) and together([*before, body]) == together(before)
