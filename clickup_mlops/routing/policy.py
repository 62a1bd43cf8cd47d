"""The policy: settings that say which priority each kind of work gets at each urgency."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from clickup_mlops.config import Table
from clickup_mlops.routing.classifier.incident import POSSIBLE, THRESHOLD
from clickup_mlops.routing.decision import NUMBER, TIERS, WORKLOADS, Level, Tier, Workload


class Row(Table):
    """The priority of one kind of work at each urgency tier."""

    incident: Level
    """A live incident."""
    breach: Level
    """A metric on the task is beyond its SLO."""
    due: Level
    """Overdue, due today, or others' inference work waits for it."""
    soon: Level
    """Due soon, or other work waits for it."""
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
    def _complete(cls, given: Any, handler: ModelWrapValidatorHandler["Priorities"]) -> Any:
        if not isinstance(given, Mapping):
            return handler(given)
        rows = {
            name: row
            for name, row in given.items()
            if name in _DEFAULT and isinstance(row, Mapping)
        }
        filled = {name: {**_DEFAULT[name].model_dump(), **row} for name, row in rows.items()}
        whole = handler({**given, **filled})
        for name, row in rows.items():  # what was given is laid over a template, defaults are not
            getattr(whole, name).model_fields_set.intersection_update(row)
        return whole

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
    """A metric that is read from the task's custom fields, and what it is held against."""

    metric: str
    """Custom field with the measured value."""
    objective: str
    """Custom field with the objective, in the same unit."""
    worse: Literal["above", "below"] = "above"
    """On which side of the objective the trouble is."""


class Urgency(Table):
    """When a task counts as urgent."""

    today: timedelta = Field(timedelta(days=1), ge=timedelta(0))
    """Due within this time, or overdue: tier `due`."""
    soon: timedelta = Field(timedelta(days=3), ge=timedelta(0))
    """Due within this time: tier `soon`."""
    inference_weight: int = Field(3, ge=1)
    """How much one waiting inference task weighs; any other waiting task weighs 1."""
    blocks_due: int = Field(3, ge=1)
    """Waiting tasks of this weight together: tier `due`. Less, but some: tier `soon`."""


class Ageing(Table):
    """How waiting raises a priority, so that nothing starves."""

    step: timedelta = Field(timedelta(days=14), gt=timedelta(0))
    """After each such time of waiting a task rises by one level: inference up to High, other
    work up to where a new inference task of the same tier stands."""


class UrgentCap(Table):
    """How many tasks of a list may be Urgent, so that Urgent keeps meaning something."""

    share: float = Field(0.2, ge=0, le=1)
    """Share of the list's open tasks."""
    minimum: int = Field(3, ge=0)
    """So many are always allowed, however short the list is."""
    incidents_exempt: bool = True
    """A live incident is Urgent even when the list has its share already."""

    def allowed(self, open_in_list: int) -> int:
        """How many tasks may be Urgent in a list with so many open ones."""
        return max(self.minimum, int(self.share * open_in_list))


class Incident(Table):
    """What is taken for a live incident. `routing evaluate FILE` prints precision and recall at
    each threshold: take a low one where a missed incident costs more than a false alarm.
    """

    tags: tuple[str, ...] = ("incident",)
    """A task with one of these tags is a live incident."""
    threshold: float = Field(THRESHOLD, ge=0, le=1)
    """So probable must it be, by its text, that an inference task is a live incident."""
    possible: float = Field(POSSIBLE, ge=0, le=1)
    """From this probability on it is a possible incident: as urgent as a task that is due, so that
    somebody looks. A tag of `tags` confirms it. At `threshold` or above: none is."""


Keep = Literal["always", "higher", "never"]
"""When a priority wins that a task has as the bot first sees it."""


class TaskPolicy(Table):
    """How tasks are told apart and ranked, as far as it may differ from Space to Space."""

    lists: dict[str, Workload] = Field(default_factory=dict)
    """Lists that hold one kind of work: name pattern (`*` and `?`) or List id; the first wins."""
    min_confidence: float = Field(0.0, ge=0, le=1)
    """Below this the text does not decide, even where the classifier would."""
    unclear: Workload = "other"
    """Treated as this kind of work when nothing tells."""
    incident: Incident = Incident()
    """What is taken for a live incident."""
    urgency: Urgency = Urgency()
    """When due dates and waiting tasks make a task urgent."""
    ageing: Ageing = Ageing()
    """How waiting raises a priority."""
    urgent_cap: UrgentCap = UrgentCap()
    """How many tasks of a List may be Urgent."""
    priorities: Priorities = Priorities()
    """The priority by kind of work and urgency: `urgent`, `high`, `normal` or `low`."""


class Policy(TaskPolicy):
    """`[routing]`: how tasks are told apart and ranked. In a provisioned Space its template's
    `[routing]` and `[slo]` hold too; what is set here wins over them, key by key.
    """

    workload_field: str = "Workload"
    """Custom field that says what kind of work a task is; wins over everything else."""
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
    person_keeps: timedelta = Field(timedelta(days=7), ge=timedelta(0))
    """How long a priority set by a person wins. Clearing the priority releases the task earlier."""
    keep_created: Keep = "always"
    """Whether a priority that a task was created with wins like one that a person sets later:
    `always`; `higher`: only while it is higher than the policy's, so that the bot may raise the
    task but not lower it; or `never`. It wins for `person_keeps`, counted from when the bot first
    sees the task."""
    keep_existing: Keep = "always"
    """The same for tasks that were there before the bot: who gave them their priority, and when, is
    not known. After a time in shadow mode it is counted anew from the first start with
    `automations.mode = "on"`."""
    importers: tuple[str, ...] = ("clickbot@clickup.com",)
    """Users whose tasks come with a priority that nobody chose, such as integrations and scripts:
    name, e-mail address or user id. The bot decides about their tasks at once. The one that is
    listed by default is ClickUp's own, which acts for ClickUp's automations."""
    import_size: int = Field(20, ge=0)
    """So many tasks that one user created with the same priority within a minute count as an
    import, or as made from a List template, whose priority nobody chose: the bot decides. 0: never.
    The first tasks of an import are decided again with the next round of
    `jobs.reevaluate_every`."""

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
