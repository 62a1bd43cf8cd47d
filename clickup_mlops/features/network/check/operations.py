"""Files of many machines -> rows. One that cannot be read is named, and the others go on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.network.check import host, switch
from clickup_mlops.features.network.check.archive import ArchiveError, read_archive
from clickup_mlops.features.network.check.model import Machine, Row
from clickup_mlops.features.network.check.profile import Profile
from clickup_mlops.features.network.check.rules import check

SCRIPT: Final = Path(__file__).with_name("collect.sh")
_LARGEST_JSON: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows of all machines that could be read, and a sentence for each file that could not."""

    machines: tuple[Machine, ...]
    rows: tuple[Row, ...]
    problems: tuple[str, ...]


def check_files(paths: Iterable[Path], profiles: Mapping[str, Profile]) -> Checked:
    """Of archives (`*.tar.gz`) and of SONiC's `*.json`; a folder stands for those in it."""
    machines, rows, problems = list[Machine](), list[Row](), list[str]()
    files = {path: [*_list_files([path])] for path in paths}
    problems += [f"{path}: no *.tar.gz and no *.json in it" for path in files if not files[path]]
    for path in chain.from_iterable(files.values()):
        try:
            machine = _read_machine(path)
            machines.append(machine)
            profile = next((p for p in profiles.values() if p.is_about(machine.name)), None)
            if profile is None:
                problems.append(f"{path}: {machine.name} belongs to no table [network.fabrics]")
            elif not machine.roce_ports:
                problems.append(f"{path}: {machine.name} has no RoCE port, nor is it a switch")
            else:
                rows += check(machine, profile)
        except ClickUpMlopsError as problem:
            problems.append(f"{problem}. {problem.hint}".strip())
    return Checked(tuple(machines), tuple(rows), tuple(problems))


def _read_machine(path: Path) -> Machine:
    """Raises ArchiveError, which names the file."""
    if path.suffix != ".json":
        return _read_archived(path)
    try:
        if path.stat().st_size > _LARGEST_JSON:
            raise ArchiveError(f"{path}: larger than {_LARGEST_JSON // 2**20} MiB")
        return switch.of_config(path.stem, path.read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError, TypeError, AttributeError) as problem:
        raise ArchiveError(
            f"{path}: {problem}", hint="Wanted: SONiC's config_db.json."
        ) from problem


def _read_archived(path: Path) -> Machine:
    texts = read_archive(path)
    try:
        return switch.parse(texts) or host.parse(texts)
    except (ValueError, TypeError, AttributeError) as problem:
        raise ArchiveError(f"{path}: its settings make no sense: {problem}") from problem


def _list_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files; of a folder the archives and JSON files in it, by name."""
    for path in paths:
        if path.is_dir():
            yield from sorted([*path.glob("*.tar.gz"), *path.glob("*.json")])
        else:
            yield path
