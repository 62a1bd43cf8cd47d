"""What features add to the words of automations: variables, events, targets, and what comments and
messages are about. A feature's `conditions/<name>.py` defines `VOCABULARY`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from clickup_mlops import registry
from clickup_mlops.automations.conditions.lookups import Lookups
from clickup_mlops.automations.model import Situation
from clickup_mlops.config import Table


@dataclass(frozen=True, slots=True)
class Variable:
    """One name that a condition may use."""

    name: str
    type: str
    meaning: str
    read: Callable[[Situation], Any]


class ExampleView(Table):
    """What an example says about its task: the table `around.<name>`."""

    def view(self, task_id: str, now_ms: int) -> object:
        """The value that `Lookups.view` gives in this example; `task_id`: the example's task."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one feature; its name is that of the module, such as `incident`."""

    variables: tuple[Variable, ...] = ()
    markdown: frozenset[str] = frozenset()
    """Names of variables that are Markdown already, in which what people wrote is escaped."""
    events: frozenset[str] = frozenset()
    """Kinds of events that the feature puts into the inbox."""
    target: Callable[[Lookups], str] | None = None
    """Id of the task on which an action with `target = "<name>"` is done; empty: there is none."""
    topic: Callable[[Lookups], str] | None = None
    """Whose a comment or message with `about = "<name>"` is. Raises Unanswered: nobody's."""
    example: type[ExampleView] | None = None


@cache
def find_vocabularies() -> Mapping[str, Vocabulary]:
    """Those of the features, by name."""
    return registry.find_all("conditions", "VOCABULARY")


def own_events() -> frozenset[str]:
    """Kinds of events that features put into the inbox."""
    return frozenset(kind for words in find_vocabularies().values() for kind in words.events)


def find_topics() -> Mapping[str, Callable[[Lookups], str]]:
    """What comments and messages can be about besides their automation, by name."""
    vocabularies = find_vocabularies().items()
    return {name: words.topic for name, words in vocabularies if words.topic is not None}


def find_targets() -> Mapping[str, Callable[[Lookups], str]]:
    """The tasks of features on which actions can be done, by name."""
    vocabularies = find_vocabularies().items()
    return {name: words.target for name, words in vocabularies if words.target is not None}
