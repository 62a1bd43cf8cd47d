"""The policy of a Space: the configuration, then its templates, then the defaults.

Pure. Tables are merged by key, `lists` by pattern (those of the upper layer are matched first), and
`slos` by metric. A template that was applied later takes precedence over an earlier one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import ValidationError

from clickup_mlops.routing.policy import Policy

Plain = Mapping[str, Any]


class Layer(Protocol):
    """The policy of one template for the tasks of a Space; stored in `store.space_policies`."""

    @property
    def template(self) -> str:
        """The template's name."""

    @property
    def space(self) -> str:
        """The Space's name when the template was applied."""

    @property
    def folders(self) -> Sequence[str]:
        """Ids of the template's own Folders."""

    @property
    def strategy(self) -> str:
        """The optimisation strategy of the template."""

    @property
    def routing(self) -> Plain:
        """Keys of `TaskPolicy`, only those that the template sets."""

    @property
    def slo(self) -> Mapping[str, Plain]:
        """Objectives (`objective`, `worse`) by the custom field that is measured."""

    @property
    def metrics(self) -> Mapping[str, Plain]:
        """Sources of values (`source`), by custom field."""


@dataclass(frozen=True, slots=True)
class Effective:
    """The policy that applies to a task. `source` names the templates that define part of it and
    their Space, empty: none; `templates` are the names of all. `metrics` are the metric sources of
    measured fields, by case-folded name. `fits` is False if the templates contradict the
    configuration, which then applies alone.
    """

    policy: Policy
    source: str = ""
    metrics: Mapping[str, str] = field(default_factory=dict)
    fits: bool = True
    templates: tuple[str, ...] = ()


def select_layers(layers: Sequence[Layer], folder_id: str | None) -> tuple[Layer, ...]:
    """The layers of a Folder: those of the templates that created it, else all of the Space."""
    defining = tuple(layer for layer in layers if layer.routing or layer.slo)
    return tuple(layer for layer in defining if folder_id in layer.folders) or defining


def compute_effective(configured: Policy, layers: Sequence[Layer]) -> Effective:
    """The policy of a Space. If a template contradicts the configuration, which may have changed
    since it was applied, the configuration applies alone.
    """
    if not layers:
        return Effective(configured)
    named = ", ".join(f"{layer.template} ({layer.strategy})" for layer in layers)
    names = tuple(layer.template for layer in layers)
    origin = f'template {named} of the Space "{layers[-1].space}"'
    try:
        merged = merge_layers(configured, layers)
        return Effective(merged, origin, _collect_sources(layers), templates=names)
    except ValidationError as problem:
        why = problem.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        source = f"configuration alone: {origin} does not fit it: {why}"
        return Effective(configured, source, _collect_sources(layers), fits=False, templates=names)


def _collect_sources(layers: Sequence[Layer]) -> dict[str, str]:
    return {
        name.casefold(): binding["source"]
        for layer in layers
        for name, binding in layer.metrics.items()
    }


def merge_layers(configured: Policy, layers: Sequence[Layer]) -> Policy:
    """The configuration merged over the layers, of which the last is the uppermost.

    Raises:
        pydantic.ValidationError: together they are invalid, such as training above inference.
    """
    explicit = configured.model_dump(exclude_unset=True)
    slos = {slo["metric"].casefold(): slo for slo in explicit.pop("slos", ())}
    for layer in reversed(layers):
        explicit = merge_tables(explicit, layer.routing)
        slos = {**{slo["metric"].casefold(): slo for slo in _iterate_slos(layer)}, **slos}
    if slos or "slos" in configured.model_fields_set:
        explicit["slos"] = tuple(slos.values())
    return Policy.model_validate(explicit)


def _iterate_slos(layer: Layer) -> Iterator[dict[str, Any]]:
    for metric, objective in layer.slo.items():
        yield {"metric": metric, **objective}


def merge_tables(upper: Plain, lower: Plain) -> dict[str, Any]:
    """The upper table plus keys that only the lower one has; keys of the upper one come first."""
    both = dict(upper)
    for key, value in lower.items():
        mine = both.get(key)
        if isinstance(mine, Mapping) and isinstance(value, Mapping):
            both[key] = merge_tables(mine, value)
        else:
            both.setdefault(key, value)
    return both
