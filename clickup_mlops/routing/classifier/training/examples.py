"""The corpus: examples that people wrote, one a line, in tab-separated files.

    workload <TAB> flags <TAB> title <TAB> body

`flags` is `-` or a comma list of `incident` (inference in live trouble) and `hard` (the words
point elsewhere). The body may be empty. Lines that start with `#` and empty lines are skipped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from clickup_mlops.errors import ContentError
from clickup_mlops.routing.classifier.model import INCIDENT, WORKLOADS

FOLDER = Path(__file__).parent / "corpus"
_FLAGS = frozenset({INCIDENT, "hard"})


@dataclass(frozen=True, slots=True)
class Example:
    """One task text and what it is."""

    workload: str
    incident: bool
    title: str
    body: str
    hard: bool = False

    @property
    def outcome(self) -> str:
        """`incident`, or the workload."""
        return INCIDENT if self.incident else self.workload


def list_corpus_files(folder: Path = FOLDER) -> list[Path]:
    """The files of a corpus, in name order."""
    return sorted(folder.glob("*.tsv"))


def read_examples(paths: Iterable[Path]) -> list[Example]:
    """Every example, without repetitions.

    Raises:
        ContentError: a file cannot be read or a line is wrong; names file, line and column.
    """
    examples: dict[Example, None] = {}
    for path in paths:
        for number, line in enumerate(_read_lines(path), start=1):
            if line.strip() and not line.startswith("#"):
                examples[_parse_example(path, number, line)] = None
    return list(examples)


def _read_lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except OSError as problem:
        raise ContentError.unreadable(path, problem) from problem
    except UnicodeDecodeError as problem:
        raise ContentError(path, "", "not UTF-8", hint="Save it as UTF-8.") from problem


def _parse_example(path: Path, number: int, line: str) -> Example:
    columns = [column.strip() for column in line.rstrip("\r").split("\t")]
    where = f"line {number}"
    if len(columns) not in (3, 4):
        raise ContentError(
            path, where, f"{len(columns)} columns", hint="workload, flags, title, body"
        )
    workload, flags, title = columns[:3]
    if workload not in WORKLOADS:
        raise ContentError(
            path, where, f"workload {workload!r}", hint=f"One of {', '.join(WORKLOADS)}"
        )
    marks = set(flags.split(",")) if flags != "-" else set()
    if marks - _FLAGS:
        raise ContentError(path, where, f"flags {flags!r}", hint="`-`, `incident`, `hard`, or both")
    if INCIDENT in marks and workload != "inference":
        raise ContentError(path, where, "only inference can be an incident")
    if not title:
        raise ContentError(path, where, "the title is empty")
    body = columns[3] if len(columns) == 4 else ""
    return Example(workload, INCIDENT in marks, title, body, "hard" in marks)
