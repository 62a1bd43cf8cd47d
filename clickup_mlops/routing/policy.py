"""The policy: settings that map workload and urgency to a priority."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from clickup_mlops.config import Table
from clickup_mlops.routing.classifier.incident import COST_OF_MISS, POSSIBLE
from clickup_mlops.routing.decision import NUMBER, TIERS, WORKLOADS, Level, Tier, Workload


class Row(Table):
    """The priority of one workload at each urgency tier."""

    incident: Level
    """A live incident."""
    breach: Level
    """A metric on the task breaches its SLO."""
    due: Level
    """Overdue, due today, or inference tasks wait for it."""
    soon: Level
    """Due soon, or other tasks wait for it."""
    normal: Level
    """None of these."""


def _row(*levels: Level) -> Row:
    return Row(**dict(zip(TIERS, levels, strict=True)))


_DEFAULT: Mapping[Workload, Row] = {
    "inference": _row("urgent", "urgent", "high", "high", "normal"),
    "training": _row("high", "high", "normal", "normal", "low"),
    "data": _row("high", "high", "normal", "normal", "low"),
    "infra": _row("urgent", "high", "high", "normal", "normal"),
    "other": _row("high", "normal", "normal", "low", "low"),
}


class Priorities(Table):
    """Workload x tier. A key that is not given keeps its default."""

    inference: Row = _DEFAULT["inference"]
    training: Row = _DEFAULT["training"]
    data: Row = _DEFAULT["data"]
    infra: Row = _DEFAULT["infra"]
    other: Row = _DEFAULT["other"]

    @model_validator(mode="wrap")
    @classmethod
    def _complete(cls, value: Any, handler: ModelWrapValidatorHandler["Priorities"]) -> Any:
        if not isinstance(value, Mapping):
            return handler(value)
        rows = {
            name: row
            for name, row in value.items()
            if name in _DEFAULT and isinstance(row, Mapping)
        }
        filled = {name: {**_DEFAULT[name].model_dump(), **row} for name, row in rows.items()}
        priorities = handler({**value, **filled})
        for name, row in rows.items():  # what was given is laid over a template, defaults are not
            getattr(priorities, name).model_fields_set.intersection_update(row)
        return priorities

    @model_validator(mode="after")
    def _keeps_class_order(self) -> "Priorities":
        for tier in TIERS:
            first = self.number("inference", tier)
            for workload in WORKLOADS:
                if self.number(workload, tier) < first:
                    raise ValueError(
                        f"{workload}.{tier} is above inference.{tier}: inference goes first"
                    )
            # The cap on Urgent may turn inference into High: training must not stay above it.
            if getattr(self.training, tier) == "urgent":
                raise ValueError(
                    f"training.{tier} is urgent: at most high, so that inference leads"
                )
        return self

    def number(self, workload: Workload, tier: Tier) -> int:
        """The priority in that cell, 1 (Urgent) to 4 (Low)."""
        return NUMBER[getattr(getattr(self, workload), tier)]


class Slo(Table):
    """A metric in a custom field of the task, and the field with its objective."""

    metric: str
    """Custom field with the measured value."""
    objective: str
    """Custom field with the objective, in the same unit."""
    worse: Literal["above", "below"] = "above"
    """On which side of the objective the metric is a breach."""


class Urgency(Table):
    """When a task counts as urgent."""

    today: timedelta = Field(timedelta(days=1), ge=timedelta(0))
    """Due within this time, or overdue: tier `due`."""
    soon: timedelta = Field(timedelta(days=3), ge=timedelta(0))
    """Due within this time: tier `soon`."""
    inference_weight: int = Field(3, ge=1)
    """Weight of a waiting inference task; any other waiting task has weight 1."""
    recovery_margin: float = Field(0.1, ge=0, lt=1)
    """A breach counts at once, but is over only when the metric is better than its objective by
    this share of it (for a percentage with a lower limit: of the range up to 100%). A value that
    oscillates around its objective then changes the priority once. 0: as soon as it is met."""
    blocks_due: int = Field(3, ge=1)
    """Total weight of waiting tasks for tier `due`. Any smaller weight: tier `soon`."""


class Ageing(Table):
    """How waiting raises a priority, so that nothing starves."""

    step: timedelta = Field(timedelta(days=14), gt=timedelta(0))
    """After each step of waiting the priority rises by one level: inference up to High, other
    work up to where a new inference task of the same tier stands."""


class UrgentCap(Table):
    """How many tasks of a List may be Urgent, so that Urgent stays meaningful."""

    share: float = Field(0.2, ge=0, le=1)
    """Share of the list's open tasks."""
    minimum: int = Field(3, ge=0)
    """Always allowed, however short the List is."""
    incidents_exempt: bool = True
    """Live incidents are Urgent even if the List is at its cap."""

    def count_allowed(self, open_in_list: int) -> int:
        """How many tasks may be Urgent in a list with so many open ones."""
        return max(self.minimum, int(self.share * open_in_list))


class Incident(Table):
    """What counts as a live incident. A false alarm wakes people, a missed one costs users:
    `cost_of_miss` weighs them. `routing evaluate FILE` prints precision and recall at each
    threshold.
    """

    tags: tuple[str, ...] = ("incident",)
    """A task with one of these tags is a live incident. `/incident yes` adds the first one."""
    refused: tuple[str, ...] = Field(("not-incident",), min_length=1)
    """A task with one of these tags is no incident, whatever its text says. `/incident no` adds the
    first one. A tag of `tags` wins."""
    cost_of_miss: float = Field(COST_OF_MISS, gt=0)
    """How many false alarms a missed incident costs as much as. An inference task is a live
    incident from a probability of 1 / (1 + this) on: 0.5 with 1, 0.2 with 4. Begin with 1; raise
    it where nobody else would notice an outage."""
    threshold: float | None = Field(None, ge=0, le=1)
    """That probability itself, instead of `cost_of_miss`. No text has more than 0.98: above it,
    only tags and what supports a report make an incident."""
    possible: float = Field(POSSIBLE, ge=0, le=1)
    """Minimum probability of a possible incident, which is as urgent as a task that is due.
    `/incident yes` or `no` settles it. At the threshold or above: there are none."""

    @property
    def live_from(self) -> float:
        """The probability from which on a report is a live incident."""
        return 1 / (1 + self.cost_of_miss) if self.threshold is None else self.threshold

    def read_tags(self, tags: Iterable[str]) -> tuple[bool, str] | None:
        """Whether people said that it is an incident, and by which of the task's tags."""
        by_name = {tag.casefold(): tag for tag in tags}
        if not by_name:
            return None
        for live, names in ((True, self.tags), (False, self.refused)):
            for name in names:
                if name.casefold() in by_name:
                    return live, by_name[name.casefold()]
        return None


class Service(Table):
    """Which finished tasks stand for a service that runs, such as a release in the status `live`.
    Such a task stays open for the bot: a breach of its objectives makes it urgent, and the tag of
    an incident makes it a live incident. It does not age, and its due date and text do not count.
    """

    statuses: tuple[str, ...] = (
        "live",
        "online",
        "serving",
        "healthy",
        "published",
        "in production",
        "production",
        "deployed",
        "released",
        "in service",
    )
    """Statuses of type *done*, in any case, in which a task with an objective (`routing.slos`)
    serves. A status of type *closed* never counts."""
    field: str = "Serving"
    """Custom field of type checkbox. If it is ticked, the task serves in any status of type *done*,
    with or without an objective. Empty: none."""

    def names(self, status: str) -> bool:
        """Whether this status is one of them."""
        return status.casefold() in {name.casefold() for name in self.statuses}


Keep = Literal["always", "higher", "never"]
"""When a priority wins that a task already has when the bot first sees it."""


class TaskPolicy(Table):
    """How tasks are classified and prioritised: the part that may differ between Spaces."""

    lists: dict[str, Workload] = Field(default_factory=dict)
    """Lists with a single workload: name pattern (`*` and `?`) or List id; the first match wins."""
    min_confidence: float = Field(0.0, ge=0, le=1)
    """Minimum confidence for the text to decide, in addition to the classifier's own. No text has
    more than 0.984."""
    unclear: Workload = "other"
    """Default workload, if no source decides."""
    incident: Incident = Incident()
    """What counts as a live incident."""
    service: Service = Service()
    """Which finished tasks are services that run."""
    urgency: Urgency = Urgency()
    """When due dates and waiting tasks make a task urgent."""
    ageing: Ageing = Ageing()
    """How waiting raises a priority."""
    urgent_cap: UrgentCap = UrgentCap()
    """How many tasks of a List may be Urgent."""
    priorities: Priorities = Priorities()
    """The priority by workload and urgency: `urgent`, `high`, `normal` or `low`."""


class Policy(TaskPolicy):
    """`[routing]`: how tasks are classified and prioritised. In a provisioned Space `[routing]` and
    `[slo]` of its template apply too; a key that is set here takes precedence over them.
    """

    workload_field: str = "Workload"
    """Custom field with the workload of a task; wins over every other source."""
    labels: dict[str, Workload] = Field(default_factory=dict)
    """More names for a workload, in that field and in tags, for example `serving = "inference"`."""
    slos: tuple[Slo, ...] = (
        Slo(metric="P99 latency ms", objective="SLO latency ms"),
        Slo(metric="Error rate %", objective="SLO error rate %"),
        Slo(metric="Availability %", objective="SLO availability %", worse="below"),
        Slo(metric="P99 time per token ms", objective="SLO time per token ms"),
        Slo(metric="Freshness min", objective="SLO freshness min"),
    )
    """Metrics whose breach makes a task urgent, and is in `task.breaches` of automations."""
    override_duration: timedelta = Field(timedelta(days=7), ge=timedelta(0))
    """How long a priority set by a person wins. Clearing the priority releases the task earlier."""
    keep_created: Keep = "always"
    """Whether a priority that a task was created with wins like one that a person sets later:
    `always`; `higher`: only while it is higher than the policy's, so that the bot may raise the
    task but not lower it; or `never`. It wins for `override_duration`, counted from when the bot
    first sees the task."""
    keep_existing: Keep = "always"
    """The same for tasks that existed before the bot was installed. After shadow mode the time is
    counted from the first start with `automations.mode = "on"`."""
    importers: tuple[str, ...] = ("clickbot@clickup.com",)
    """Users such as integrations and scripts, whose priorities are not a person's choice: name,
    e-mail address or user id. The bot decides about their tasks immediately. The default entry is
    the user of ClickUp's own automations."""
    import_size: int = Field(20, ge=0)
    """Number of tasks, created by one user with the same priority within a minute, that counts as
    an import or a List template: their priorities are not a person's choice. 0: never. The first
    tasks of an import are evaluated again by the next run of `jobs.reevaluate_every`."""

    @cached_property
    def field_names(self) -> frozenset[str]:
        """Case-folded names of every custom field that routing reads."""
        slos = {name for slo in self.slos for name in (slo.metric, slo.objective)}
        return frozenset(name.casefold() for name in slos | {self.workload_field})

    @cached_property
    def workload_names(self) -> Mapping[str, Workload]:
        """Case-folded label or tag -> workload: the five names themselves and `labels`."""
        extra = {label.casefold(): workload for label, workload in self.labels.items()}
        return {name: name for name in WORKLOADS} | extra
