"""The bindings that hold: those of the settings, then those of templates in their Spaces."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clickup_mlops.features.metrics.bindings import Binding, configured, folded
from clickup_mlops.features.metrics.settings import MetricsSettings, kinds
from clickup_mlops.features.metrics.source import SourceTable
from clickup_mlops.features.metrics.sources import prometheus
from clickup_mlops.features.metrics.sources.prometheus import NamedQuery
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

    For Prometheus a template gives a query, and what it measures.
    """
    sources = dict(settings.sources)
    bindings = configured(settings.bindings)
    problems = [problem for bound in bindings if (problem := _wrong(bound, sources))]
    missing: Counter[tuple[str, str]] = Counter()
    queries: dict[str, list[NamedQuery]] = defaultdict(list)
    for binding in templates:
        named = _source(binding.source, sources)
        if named is None:
            missing[binding.template, binding.source] += 1
            continue
        is_asked = isinstance(sources[named], prometheus.Settings)
        bindings.append(_binding(binding, named, is_asked=is_asked))
        if is_asked:
            queries[named].append((bindings[-1].measure, binding.query))
    for name, more in queries.items():
        table = sources[name]
        if isinstance(table, prometheus.Settings):
            sources[name] = prometheus.with_templates(table, more)
    problems += [_missing(*named, fields) for named, fields in missing.items()]
    return Bound(tuple(bindings), sources, tuple(problems))


def _binding(binding: MetricBinding, source: str, *, is_asked: bool) -> Binding:
    return Binding(
        binding.field,
        source,
        (is_asked and binding.measure) or binding.query,
        where=binding.where,
        match=binding.match,
        lists=folded(binding.lists),
        folders=frozenset(binding.folders),
        of=binding.of,
        space_id=binding.space_id,
        template=binding.template,
        query=binding.query if is_asked else "",
    )


def _wrong(binding: Binding, sources: Mapping[str, SourceTable]) -> str:
    """What a binding of the settings names that does not exist."""
    if (table := sources.get(binding.source)) is None:
        suggestion = suggest_word(binding.source, sources)
        return f"{binding.field}: there is no source {binding.source!r}{suggestion}"
    names = [measure.name for measure in kinds()[table.kind].measures]
    if not names or binding.measure in names:
        return ""
    suggestion = suggest_word(binding.measure, names)
    return f"{binding.field}: {table.kind} has no measure {binding.measure!r}{suggestion}"


def _source(name_or_kind: str, sources: Mapping[str, SourceTable]) -> str | None:
    if name_or_kind in sources:
        return name_or_kind
    of_kind: Sequence[str] = [name for name, table in sources.items() if table.kind == name_or_kind]
    return of_kind[0] if len(of_kind) == 1 else None


def _missing(template: str, source: str, fields: int) -> str:
    return (
        f"template {template} reads {format_count(fields, 'field')} from source {source!r}: add "
        f"[metrics.sources.{source}]"
    )
