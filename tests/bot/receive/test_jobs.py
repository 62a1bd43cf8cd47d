"""A scheduled job that fails."""

from collections.abc import Callable

import pytest

from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.bot.receive.jobs import RETRY_MS, JobRunner
from clickup_mlops.clickup.governor import Stopping
from clickup_mlops.errors import RetryableApiError, StoreBusy, Unauthorized
from tests.bot.conftest import HandClock


def failing(problem: Exception) -> Callable[[], object]:
    def job() -> None:
        raise problem

    return job


@pytest.mark.parametrize("problem", [RetryableApiError("503", status=503), StoreBusy("full")])
def test_a_job_that_must_wait_comes_again_soon(clock: HandClock, problem: Exception) -> None:
    """Early enough for a webhook to be repaired within a minute: an outage adds no back-off."""
    with pytest.raises(Postponed) as wish:
        JobRunner({"heal": failing(problem)}, clock).run("heal")

    assert wish.value.until_ms == clock() + RETRY_MS


def test_a_job_that_postpones_itself_comes_again_then(clock: HandClock) -> None:
    """A write that was cut off may be on its way: the round waits for it, and is not given up."""
    with pytest.raises(Postponed) as wish:
        JobRunner({"wiki": failing(Postponed(clock() + 7))}, clock).run("wiki")

    assert wish.value.until_ms == clock() + 7


@pytest.mark.parametrize("job", ["heal", "a job of another version"])
def test_a_job_that_fails_is_given_up(clock: HandClock, job: str) -> None:
    """It is no poison event: the next one comes by the clock."""
    JobRunner({"heal": failing(ValueError("a bug"))}, clock).run(job)


@pytest.mark.parametrize(
    "problem", [Unauthorized("revoked", status=401), Stopping("the program is stopping")]
)
def test_what_concerns_all_lanes_is_told_to_them(clock: HandClock, problem: Exception) -> None:
    """A refused token pauses everything; a bot that stops gives the round back."""
    with pytest.raises(type(problem)):
        JobRunner({"heal": failing(problem)}, clock).run("heal")
