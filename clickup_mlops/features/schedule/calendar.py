"""The rules of a plan from the settings: pools, quotas, and peak hours."""

from clickup_mlops.bot.clock import to_ms
from clickup_mlops.features.schedule.plan.model import DAY_MS, Pool, Rules, Window
from clickup_mlops.features.schedule.plan.peaks import join, windows
from clickup_mlops.features.schedule.settings import ScheduleSettings


def rules(
    settings: ScheduleSettings,
    now_ms: int,
    measured: tuple[Window, ...] = (),
    moves: int | None = None,
) -> Rules:
    """What holds from now on. `measured`: peak hours that metrics show. `moves`: instead of the
    setting.
    """
    horizon_ms = to_ms(settings.horizon)
    named = windows(settings.peaks, now_ms - DAY_MS, now_ms + horizon_ms)
    return Rules(
        pools={
            name: Pool(name, pool.gpus, min(pool.gpus, pool.peak_gpus))
            for name, pool in settings.pools.items()
        },
        quotas=settings.quotas,
        peaks=join((*named, *measured)),
        longest_wait_ms=to_ms(settings.longest_wait),
        worth_moving_ms=to_ms(settings.worth_moving),
        moves=settings.moves if moves is None else moves,
        horizon_ms=horizon_ms,
    )
