"""What a measure is about, by its name: whether it is kept over time without a task, and on which
page it is shown. Features name their measures in a module `topics`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from clickup_mlops import registry


@dataclass(frozen=True, slots=True)
class Topics:
    """The `TOPICS` of a feature: how the measures of a topic begin, and further ones by name."""

    prefixes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)


@cache
def topic(measure: str) -> str:
    """Such as `gpu`; empty: it is kept only as the value of a task's field.

    A prefix of any feature counts before a name.
    """
    features = registry.find_modules("topics", "TOPICS").values()
    by_prefix = (
        topic
        for topics in features
        for topic, prefixes in topics.prefixes.items()
        if measure.startswith(prefixes)
    )
    by_name = (
        topic for topics in features for topic, names in topics.names.items() if measure in names
    )
    return next(by_prefix, None) or next(by_name, "")
