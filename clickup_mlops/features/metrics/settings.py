"""`[metrics]`: where the bot reads numbers from."""

from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import Field, PlainValidator

from clickup_mlops import registry
from clickup_mlops.config import FileSettings, Table, parse_table_of_kind
from clickup_mlops.features.metrics.bindings import BindingTable
from clickup_mlops.features.metrics.source import Source, SourceTable

NAME: Final = r"^[a-z0-9_-]+$"
Fact = Literal[
    "adaptive_routing",
    "congestion_control_off",
    "shared_prefixes",
    "prefill_decode_split",
]


def kinds() -> dict[str, Source[Any]]:
    """Each kind of source by its name, which is that of its module."""
    # Only bots that read metrics need the modules.
    from clickup_mlops.features.metrics import sources

    return registry.find_all("metric_sources", "SOURCE", sources)


def _source(value: Any) -> SourceTable:
    models: dict[str, type[SourceTable]] = {
        name: source.settings for name, source in kinds().items()
    }
    return parse_table_of_kind(value, models, "source")


class MetricsSettings(Table):
    """Numbers of servers, GPUs and networks."""

    sources: dict[
        Annotated[str, Field(pattern=NAME)], Annotated[SourceTable, PlainValidator(_source)]
    ] = Field({})
    """Where numbers come from: `[metrics.sources.llm]` and so on, each with its `kind`. Kinds and
    their keys: `clickup-mlops help sources`."""
    bindings: tuple[BindingTable, ...] = ()
    """Which number goes into which custom field of which tasks: `[[metrics.bindings]]`. Templates
    bring their own for their Spaces."""
    sink: Literal["auto", "fields", "comment"] = "auto"
    """Where values go: `fields`; or one `comment` on each task, kept up to date. `auto`: fields,
    until the Free plan has no uses of custom fields left."""
    name_sources: bool = False
    """Whether a comment on each task says where its numbers come from: source, measure or query,
    series and window. It is one comment, changed when that changes. `/why` says so in any case."""
    push_every: timedelta = Field(timedelta(minutes=1), ge=timedelta(seconds=15))
    """How often values are written. A field gets at most one value in this time, but for those that
    cross an objective or are cleared, which wait for nothing."""
    writes_per_hour: int = Field(600, ge=1)
    """At most so many values are written in an hour. A fifth is left to first values and crossed
    objectives; clearing fields has a cap of its own, ten times as high."""
    reread_tasks: timedelta = timedelta(minutes=10)
    """How often it is looked which tasks there are; a call for each hundred of them. Changes that
    events report are known at once."""
    override_duration: timedelta = timedelta(days=1)
    """A field that a person has changed is left to them for so long, or until they clear it."""
    history_series: int = Field(5_000, ge=0)
    """At most so many series are kept over time, for charts and reports: the values of fields
    first, then what sources say of networks, load balancing and GPUs. How long: `[retention]`. 0:
    none."""
    advise: bool = True
    """Whether advice is written on the tasks that numbers concern: one comment each."""
    advice_over_after: timedelta = timedelta(minutes=5)
    """A symptom is over once it has not been observed for so long: one that comes and goes changes
    no comment."""
    facts: tuple[Fact, ...] = ()
    """What numbers cannot say, for advice: `adaptive_routing` (it is on),
    `congestion_control_off`, `shared_prefixes`, `prefill_decode_split`."""


class MetricsTables(FileSettings):
    """What metrics add to the configuration."""

    metrics: MetricsSettings = MetricsSettings()
    """Numbers of servers, GPUs and networks."""


SETTINGS: Final = MetricsTables
