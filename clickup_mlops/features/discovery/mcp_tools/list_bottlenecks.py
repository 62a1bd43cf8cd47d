"""List bottlenecks of the team: where work waits, who waits for whom, and what answers it.

Found in the bot's timeline, each with its size and interval of 95%; lengths of time are in ms.
`unknown` are questions that the data cannot answer. Names nobody. Makes no API calls.
"""

from typing import Annotated

from pydantic import Field

from clickup_mlops.features.discovery.conclude import Conclusions
from clickup_mlops.features.discovery.model import Finding
from clickup_mlops.features.discovery.section import DAYS, conclude_of_store
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, Quoted, Tool, quoted

Days = Annotated[int, Field(ge=7, le=730, description="Tasks created in so many days.")]


class Bottleneck(Answer):
    """A bottleneck, its size, and what answers it."""

    kind: str
    title: str
    place: Quoted
    stage: Quoted
    value: float
    low: float
    high: float
    unit: str
    tasks: int
    says: Quoted
    advice: str
    automations: list[str]


class Bottlenecks(Answer):
    """All of them; `tasks` and `places` were looked at."""

    tasks: int
    places: int
    bottlenecks: list[Bottleneck]
    unknown: list[str]


def call(access: Access, *, days: Days = DAYS) -> Bottlenecks:
    """Largest Lists first."""
    with access.bot() as bot:
        conclusions = conclude_of_store(bot.store, bot.workspace_id, access.now_ms(), days)
    return Bottlenecks(
        tasks=conclusions.tasks,
        places=conclusions.places,
        bottlenecks=[_bottleneck(finding, conclusions) for finding in conclusions.findings],
        unknown=[unknown.title for unknown in conclusions.unknown],
    )


def _bottleneck(finding: Finding, conclusions: Conclusions) -> Bottleneck:
    type_, size = conclusions.titles[finding.kind], finding.estimate
    return Bottleneck(
        kind=finding.kind,
        title=type_.title,
        place=quoted(finding.place),
        stage=quoted(finding.stage),
        value=size.value,
        low=size.low,
        high=size.high,
        unit=finding.unit,
        tasks=finding.tasks,
        says=quoted(finding.says),
        advice=type_.advice,
        automations=[*type_.automations],
    )


TOOL = Tool(call)
