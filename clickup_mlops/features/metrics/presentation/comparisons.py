"""How tasks stand against their objectives now, by what was measured last."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from clickup_mlops.bot.clock import to_ms
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.placement.planning import STALE_AFTER
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.ports.sections.model import Data
from clickup_mlops.routing.objectives import Comparison, compare_values
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.store.tables.history import Series
from clickup_mlops.store.tables.space_policies import SpacePolicy


def is_stale(data: Data, series: Series, now_ms: int) -> bool:
    """Whether its newest reading is so old that the bot would clear the field."""
    settings = data.settings.table(MetricsSettings)
    table = settings.sources.get(series.source)
    every = table.every if table else settings.push_every
    return now_ms - series.last_ms >= STALE_AFTER * to_ms(every)


class TaskComparisons:
    """Of many tasks; what templates say about Spaces is read once."""

    def __init__(self, data: Data) -> None:
        policies = data.store.space_policies.all()
        self._router = Router(data.settings.routing, None, _Spaces(policies))
        self._data, self._now_ms = data, data.bot.now_ms

    def policy_of(self, task: Task) -> Policy:
        """The policy that applies to a task, by its Space."""
        return self._router.policy_of(task).policy

    def of(self, task: Task, series: Iterable[Series]) -> Mapping[str, Comparison]:
        """By field: its value beside the limit that the task has. The value is the newest reading,
        as everywhere on the dashboard; if its source is silent, what the field shows.
        """
        by_age = sorted(series, key=lambda line: line.last_ms)
        fresh = [line for line in by_age if not is_stale(self._data, line, self._now_ms)]
        last = {line.field.casefold(): line.last for line in fresh if line.last is not None}

        def value(name: str) -> object:
            return last[name.casefold()] if name.casefold() in last else task.field(name)

        compared = compare_values(self.policy_of(task).slos, value)
        return {comparison.slo.metric.casefold(): comparison for comparison in compared}


class _Spaces:
    def __init__(self, policies: Iterable[SpacePolicy]) -> None:
        self._by_space: dict[str, list[SpacePolicy]] = defaultdict(list)
        for policy in policies:
            self._by_space[policy.space_id].append(policy)

    def of(self, space_id: str) -> Sequence[SpacePolicy]:
        return tuple(self._by_space.get(space_id, ()))
