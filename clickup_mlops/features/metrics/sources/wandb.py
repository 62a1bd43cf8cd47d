"""Weights & Biases: summaries of runs, from `wandb-summary.json` files or an exported table."""

from collections.abc import Iterator
from pathlib import PurePath

from pydantic import Field

from clickup_mlops.features.metrics.read.plain import from_csv, from_json
from clickup_mlops.features.metrics.scrape import Sample, Scrape, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, SourceTable


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "wandb"`."""

    files: tuple[str, ...] = Field(min_length=1)
    """`wandb/run-<id>/files/wandb-summary.json`, one by one, or
    `.csv` exports of a table of runs."""


def parse(path: str, text: str) -> Iterator[Sample]:
    """Samples of one file; of a summary with the label `run`. Keys of W&B's own are left out."""
    if path.casefold().endswith(".csv"):
        yield from from_csv(text)
        return
    run = labels_of(path)
    for sample in from_json(text):
        if not sample.name.startswith("_"):
            yield Sample(sample.name, sample.labels | run, sample.value)


def labels_of(path: str) -> frozenset[tuple[str, str]]:
    """The run's id, from a folder such as `run-20261127_120000-3x9k2a1b`."""
    runs = (part for part in PurePath(path).parts if part.startswith("run-"))
    return frozenset(("run", part.rpartition("-")[2]) for part in runs)


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """All files. One that cannot be read loses no other."""
    samples, problems = list[Sample](), list[str]()
    for path in settings.files:
        try:
            samples += parse(path, reader.file(path))
        except SourceError as problem:
            problems.append(f"{path}: {problem}")
    return scrape(now_ms, samples, problems)


SOURCE = Source(Settings, collect)
