"""The pages of one source: one address, or the targets of a fleet with their labels."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import orjson

from clickup_mlops.features.metrics.read.relabel import relabel
from clickup_mlops.features.metrics.read.settings import PageTable
from clickup_mlops.features.metrics.scrape import NONE, Labels
from clickup_mlops.features.metrics.source import Reader, SourceError

_PARAM: Final = "__param_"
"""How labels begin that are parameters of the address."""
_FILE_SD: Final = '[{"targets": ["gpu-01:9400"], "labels": {"rack": "r1"}}]'


@dataclass(frozen=True, slots=True)
class Target:
    """An address of a page, and the labels that all of its series get."""

    url: str
    labels: Labels = NONE


def targets(table: PageTable, reader: Reader) -> tuple[Target, ...]:
    """Of a fleet each target once, with `host` unless a rule says otherwise.

    Raises:
        SourceError: a file or a name cannot be read, or there are none.
    """
    if table.url is not None:
        return (Target(str(table.url), frozenset(table.labels.items())),)
    fleet = dict.fromkeys(_fleet(table, reader))
    if not fleet:
        raise SourceError("no targets", hint="Look at target_files, target_names and relabel.")
    return tuple(fleet)


def _fleet(table: PageTable, reader: Reader) -> Iterator[Target]:
    for address, labels in _addresses(table, reader):
        described = {
            "__address__": address,
            "__scheme__": table.scheme,
            "__metrics_path__": table.path,
            table.PLACE: _host(address),
            **table.labels,
            **labels,
        }
        relabelled = relabel(described, table.relabel)
        if relabelled is not None:
            yield _target(relabelled)


def _target(labels: Mapping[str, str]) -> Target:
    address, scheme = labels.get("__address__", ""), labels.get("__scheme__", "http")
    url = f"{scheme}://{address}{labels.get('__metrics_path__', '/metrics')}"
    parameters = {
        name.removeprefix(_PARAM): labels[name] for name in labels if name.startswith(_PARAM)
    }
    if parameters:
        url = f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}"
    public = ((name, value) for name, value in labels.items() if not name.startswith("__"))
    return Target(url, frozenset(public))


def _addresses(table: PageTable, reader: Reader) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield from ((address, {}) for address in table.targets)
    for pattern in table.target_files:
        paths = reader.paths(pattern)
        if not paths:
            raise SourceError(f"{pattern}: no such file")
        for path in paths:
            yield from file_sd(path, reader.file(path))
    for name in table.target_names:
        host, _, port = name.rpartition(":")
        yield from ((f"{address}:{port}", {}) for address in reader.addresses(host))


def file_sd(path: str, text: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Addresses and labels of a file of targets, as Prometheus reads with `file_sd_configs`.

    Raises:
        SourceError: it is no list of groups of targets.
    """
    for number, group in enumerate(_groups(path, text), 1):
        match group:
            case {"targets": [*addresses]}:
                labels = group.get("labels") or {}
                plain = {str(name): str(value) for name, value in labels.items()}
                yield from ((str(address), plain) for address in addresses)
            case _:
                raise SourceError(f"{path}: group {number} has no targets", hint=_FILE_SD)


def _groups(path: str, text: str) -> Iterable[Any]:
    groups = _parse(path, text)
    if not isinstance(groups, list):
        raise SourceError(f"{path}: no list of groups of targets", hint=_FILE_SD)
    return groups


def _parse(path: str, text: str) -> Any:
    try:
        if not path.endswith((".yml", ".yaml")):
            return orjson.loads(text)
    except ValueError as problem:
        raise SourceError(f"{path}: not JSON: {problem}") from problem
    try:
        import yaml  # only those who have such files need the library
    except ImportError:
        hint = "Install clickup-mlops[yaml], or write the file as JSON."
        raise SourceError(f"{path}: YAML cannot be read", hint=hint) from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as problem:
        raise SourceError(f"{path}: not YAML: {problem}") from problem


def _host(address: str) -> str:
    """Without the TCP port."""
    try:
        return urlsplit(f"//{address}").hostname or address
    except ValueError:  # reading it says what is wrong
        return address
