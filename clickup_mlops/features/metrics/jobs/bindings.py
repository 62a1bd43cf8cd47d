"""The bindings that hold: those of the settings, then those of templates in their Spaces."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clickup_mlops.features.metrics.bindings import Binding, configured, folded
from clickup_mlops.features.metrics.settings import MetricsSettings, kinds
from clickup_mlops.features.metrics.source import SourceTable
from clickup_mlops.features.metrics.sources import prometheus
from clickup_mlops.spelling import format_count, suggest_word
from clickup_mlops.store.tables.space_policies import MetricBinding


@dataclass(frozen=True, slots=True)
class Bound:
    """Bindings, the sources with the queries that templates add, and what cannot be bound."""

    bindings: tuple[Binding, ...]
    sources: Mapping[str, SourceTable]
    problems: tuple[str, ...] = ()


def bound(settings: MetricsSettings, templates: Iterable[MetricBinding]) -> Bound:
    """A template names a source or a kind of source; with one of that kind, that is it.

    For Prometheus a template gives a query, which becomes the measure.
    """
    sources = dict(settings.sources)
    bindings = configured(settings.bindings)
    problems = [wrong for one in bindings if (wrong := _wrong(one, sources))]
    missing: Counter[tuple[str, str]] = Counter()
    queries: dict[str, dict[str, str]] = defaultdict(dict)
    for given in templates:
        named = _source(given.source, sources)
        if named is None:
            missing[given.template, given.source] += 1
            continue
        queries[named][given.query] = given.query
        bindings.append(_binding(given, named))
    for name, more in queries.items():
        sources[name] = _asking(sources[name], more)
    problems += [_missing(*one, fields) for one, fields in missing.items()]
    return Bound(tuple(bindings), sources, tuple(problems))


def _binding(given: MetricBinding, source: str) -> Binding:
    return Binding(
        given.field,
        source,
        given.query,
        match=given.match,
        lists=folded(given.lists),
        folders=frozenset(given.folders),
        of=given.of,
        space_id=given.space_id,
        template=given.template,
    )


def _wrong(one: Binding, sources: Mapping[str, SourceTable]) -> str:
    """What a binding of the settings names that does not exist."""
    if (table := sources.get(one.source)) is None:
        meant = suggest_word(one.source, sources)
        return f"{one.field}: there is no source {one.source!r}{meant}"
    names = [measure.name for measure in kinds()[table.kind].measures]
    if not names or one.measure in names:
        return ""
    meant = suggest_word(one.measure, names)
    return f"{one.field}: {table.kind} has no measure {one.measure!r}{meant}"


def _source(wanted: str, sources: Mapping[str, SourceTable]) -> str | None:
    if wanted in sources:
        return wanted
    of_kind: Sequence[str] = [name for name, table in sources.items() if table.kind == wanted]
    return of_kind[0] if len(of_kind) == 1 else None


def _missing(template: str, source: str, fields: int) -> str:
    return (
        f"template {template} reads {format_count(fields, 'field')} from source {source!r}: add "
        f"[metrics.sources.{source}]"
    )


def _asking(table: SourceTable, queries: Mapping[str, str]) -> SourceTable:
    if not isinstance(table, prometheus.Settings):
        return table
    return table.model_copy(update={"queries": {**table.queries, **queries}})
