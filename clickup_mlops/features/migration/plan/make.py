"""Makes a plan of a survey and of what provisioning and the source say. Pure."""

from collections.abc import Iterable, Sequence

from clickup_mlops.features.migration import cost
from clickup_mlops.features.migration.cost import Cost
from clickup_mlops.features.migration.plan.model import Count, MigrationPlan, Prerequisite, Survey


def plan(
    survey: Survey,
    *,
    reads: int,
    reading: int,
    from_api: bool,
    prerequisites: Iterable[Prerequisite] = (),
    provisioning: int = 0,
    problems: Sequence[str] = (),
    read_ms: int = 0,
) -> MigrationPlan:
    """The plan.

    `reads`: calls to ClickUp that a run makes before its first task; `provisioning`: those that
    create places and fields. `reading`: calls to the source that one reading takes; `from_api`:
    whether it has limits at all. `read_ms`: when it was read (Unix ms).
    """
    remaining: dict[str, int] = {kind: count.open for kind, count in survey.counts.items()}
    writes = cost.writes(remaining) + provisioning
    links = cost.link_calls(survey.counts.get("file", Count()).open) if from_api else 0
    estimate = Cost(
        writes,
        reads,
        reading,
        links,
        cost.durations(writes + reads),
        cost.source_budgets(reading + links) if from_api else (),
    )
    return MigrationPlan(survey, estimate, tuple(prerequisites), tuple(problems), read_ms)
