"""Drift that is left alone: what the template ignores, and what a person accepted. Pure."""

from typing import Final

from clickup_mlops.features.provisioning.plan import compare
from clickup_mlops.features.provisioning.tree import Attributes, Changes, JsonTable

IGNORED: Final = "ignore_changes"
"""Attribute of a wanted object: what may differ once it exists; `all` for everything."""
ACCEPTED: Final = "accepted"
"""Attribute of a remembered object: values that a person accepted, by attribute."""


def without(changes: Changes, want: Attributes, accepted: Attributes) -> Changes:
    """The changes that remain."""
    ignored = want.get(IGNORED, ())
    if "all" in ignored:
        return {}
    return {
        name: pair
        for name, pair in changes.items()
        if name not in ignored
        and not (name in accepted and compare.is_equal(name, accepted[name], pair[0]))
    }


def accepting(desired: Attributes, changes: Changes) -> JsonTable:
    """What is remembered of an object whose present values are accepted."""
    current = {name: current for name, (current, _) in changes.items()}
    return {**desired, ACCEPTED: {**desired.get(ACCEPTED, {}), **current}}


def carried(want: Attributes, accepted: Attributes) -> JsonTable:
    """What is wanted, together with what stays accepted."""
    return {**want, ACCEPTED: dict(accepted)} if accepted else dict(want)
