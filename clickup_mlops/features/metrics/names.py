"""The name of the job that writes numbers, and of its lane."""

from typing import Final

from clickup_mlops.bot.receive import jobs

JOB: Final = "metrics"
LANE: Final = f"{jobs.LANE}{JOB}"
