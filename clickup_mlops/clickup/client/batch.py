"""Many calls at once: some threads, one rate budget, an outcome for each, and progress."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeVar

from clickup_mlops.clickup.terminal import Progress, show_progress
from clickup_mlops.errors import ClickUpMlopsError, Unauthorized

T = TypeVar("T")

THREADS: Final = 8


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """What came of each call, in the order of the arguments: a value, or why there is none."""

    outcomes: tuple[T | ClickUpMlopsError, ...]

    @property
    def values(self) -> tuple[T, ...]:
        """Those of the calls that succeeded."""
        return tuple(each for each in self.outcomes if not isinstance(each, ClickUpMlopsError))

    @property
    def failures(self) -> dict[int, ClickUpMlopsError]:
        """By position: the calls that failed. Of an `UncertainWrite` look before you repeat it."""
        outcomes = enumerate(self.outcomes)
        return {n: each for n, each in outcomes if isinstance(each, ClickUpMlopsError)}

    def check(self) -> tuple[T, ...]:
        """The values, if all succeeded. Raises the first failure."""
        for problem in self.failures.values():
            raise problem
        return self.values


def run_batch(
    calls: Sequence[Callable[[], T]], *, progress: Progress | None = None, threads: int = THREADS
) -> Batch[T]:
    """Make all calls; those that fail stop no other, but after `Unauthorized` no more are sent.

    `progress` hears how many are done; None: a line at the terminal, if there is one.
    """
    refused: list[Unauthorized] = []
    report, outcomes = progress or show_progress, {}
    with ThreadPoolExecutor(threads, "clickup-batch") as pool:
        futures = {pool.submit(partial(_attempt, call, refused)): n for n, call in enumerate(calls)}
        try:
            for done, future in enumerate(as_completed(futures), 1):
                outcomes[futures[future]] = future.result()
                report(done, len(calls))
        finally:
            pool.shutdown(cancel_futures=True)  # after Ctrl-C no more are sent
    return Batch(tuple(outcomes[n] for n in range(len(calls))))


def _attempt(call: Callable[[], T], refused: list[Unauthorized]) -> T | ClickUpMlopsError:
    if refused:
        return refused[0]
    try:
        return call()
    except ClickUpMlopsError as problem:
        if isinstance(problem, Unauthorized):
            refused.append(problem)
        return problem
