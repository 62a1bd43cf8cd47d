"""Back-fill: have tasks evaluated whose changes the bot did not receive."""

from dataclasses import dataclass

from clickup_mlops.bot.app import Bot


@dataclass(frozen=True, slots=True)
class Backfilled:
    """The tasks that are in the inbox now; of these `held` keep their priority for now."""

    tasks: tuple[str, ...]
    held: int


def backfill(bot: Bot, since_ms: int | None = None) -> Backfilled:
    """What changed since then (0: every task; None: since the last back-fill).

    Raises:
        ApiError: ClickUp cannot be read.
    """
    tasks = bot.sources.backfill.run(since_ms)
    return Backfilled(tuple(tasks), bot.handling.first_sight.count_kept(tasks))
