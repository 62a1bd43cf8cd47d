"""Policy and classifier behind one call."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing import service
from clickup_mlops.routing.corroboration import Witnesses
from clickup_mlops.routing.decide import decide
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.facts import Context, Facts
from clickup_mlops.routing.layers import Effective, Layer, compute_effective, select_layers
from clickup_mlops.routing.own_words import Authors, Classifier, classify_task
from clickup_mlops.routing.policy import Incident, Policy
from clickup_mlops.routing.surroundings import Surroundings

if TYPE_CHECKING:
    from clickup_mlops.routing.classifier.classify import Classification


class CachedClassifier:
    """A classifier that reads each of the last `size` texts once."""

    def __init__(self, classifier: Classifier, size: int = 20_000) -> None:
        self._cached = lru_cache(maxsize=size)(classifier.classify)

    def classify(self, title: str, body: str) -> "Classification":
        """As the classifier does."""
        return self._cached(title, body)


class Spaces(Protocol):
    """Access to the policies of provisioned Spaces."""

    def of(self, space_id: str) -> Sequence[Layer]:
        """The layers of a Space, the uppermost last; none if no template was applied to it."""


class Router:
    """Routes tasks by one policy, or by that of their Space. Threads may share it.

    Without `authors` every word of a task counts as a person's; `witnesses` are asked about a text
    that leaves open whether it reports an incident; `surroundings` move what a text says.
    """

    def __init__(
        self,
        policy: Policy,
        classifier: Classifier | None = None,
        spaces: Spaces | None = None,
        authors: Authors | None = None,
        *,
        witnesses: Sequence[Witnesses] = (),
        surroundings: Surroundings | None = None,
    ) -> None:
        self.policy = policy
        self.classifier = classifier
        self._spaces, self._authors, self._witnesses = spaces, authors, witnesses
        self._surroundings = surroundings
        self._effective: dict[tuple[str, str | None], tuple[Sequence[Layer], Effective]] = {}

    def route(
        self, task: Task, context: Context, now_ms: int, layers: Sequence[Layer] | None = None
    ) -> Decision:
        """The priority of this task now, and why. `layers`: those of its Space, if they were just
        read.
        """
        applied = self.policy_of(task, layers)
        serves = service.serves(task, applied.policy)
        facts, classification, foreign_source = (
            Facts.of(task, applied.policy.field_names, serves=serves),
            None,
            "",
        )
        if self.classifier is not None:
            bars = applied.policy.incident
            classification, foreign_source = classify_task(
                self.classifier, task, bars, self._authors
            )
            if self._surroundings is not None:
                weighed = self._surroundings.weigh(task, classification, applied.templates)
                classification, context = weighed.result, replace(context, signs=weighed.signs)
            context = self._hear(task, classification, bars, context, now_ms)
        context = replace(context, policy_source=applied.source, words_of=foreign_source)
        return decide(facts, classification, applied.policy, context, now_ms)

    def _hear(
        self, task: Task, read: "Classification", bars: Incident, context: Context, now_ms: int
    ) -> Context:
        if not bars.possible <= read.incident_confidence < bars.live_from:
            return context
        heard = (fact for witness in self._witnesses for fact in witness.of(task, now_ms))
        return replace(context, corroborations=(*context.corroborations, *heard))

    def serves(self, task: Task) -> bool:
        """Whether the task is finished and stands for a service that runs."""
        return service.serves(task, self.policy_of(task).policy)

    def is_open(self, task: Task) -> bool:
        """Whether the task needs attention: it is not finished, or it serves."""
        return task.is_open or self.serves(task)

    def policy_of(self, task: Task, layers: Sequence[Layer] | None = None) -> Effective:
        """The policy that applies to a task, by its Space. `layers`: as for `route`."""
        if self._spaces is None or not task.space_id:
            return Effective(self.policy)
        in_space = self._spaces.of(task.space_id) if layers is None else layers
        layers = select_layers(in_space, task.folder_id)
        place = task.space_id, task.folder_id
        cached = self._effective.get(place)
        if cached is None or cached[0] != layers:
            cached = layers, compute_effective(self.policy, layers)
            self._effective[place] = cached
        return cached[1]
