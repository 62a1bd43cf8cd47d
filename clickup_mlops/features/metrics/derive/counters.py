"""How much counters grew within a window, with resets and wraps told apart."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.metrics.scrape import Labels, Window

WORD: Final = 2.0**32
"""mlx5 Q-counters are read as 32-bit values, whatever their file's width (kernel, `counters.c`)."""
_SUFFIXES: Final = ("_total", "_bucket", "_count", "_sum")


def increase(before: float, now: float, *, wraps_at: float = 0) -> float:
    """What was counted between two values of one counter.

    A value that fell means that the counter began again at 0, or, with `wraps_at`, that it wrapped
    there: it wrapped if that makes less than half its range, as a counter that is near its end and
    restarts is rarer than one that goes on.
    """
    if now >= before:
        return now - before
    wrapped = now - before + wraps_at
    return wrapped if 0 <= wrapped < wraps_at / 2 else now


def increases(
    window: Window, *names: str, wraps_at: float = 0, lazy: bool = False
) -> Iterator[tuple[Labels, float]]:
    """The increase of each series of the first name that is there, by labels.

    `lazy`: as of `Window.pairs`. A series that says its own times is taken as growing evenly, and
    its increase is that of the window's length; it is left out while it says the same time. A
    negative value says that there is none.
    """
    pairs = [pair for pair in window.pairs(*names, lazy=lazy) if min(pair[1:]) >= 0]
    # A counter that began anew may have grown past its old value since: so may single buckets.
    restarted = {
        key
        for name in names
        for key, before, now in window.pairs(f"{_base(name)}_created")
        if before != now
    }
    if not wraps_at:
        restarted |= {_histogram_labels(key) for key, before, now in pairs if now < before}
    name = next((name for name in names if name in window.now.by_name), "")
    for key, before, now in pairs:
        again = restarted and _histogram_labels(key) in restarted
        grown = now if again else increase(before, now, wraps_at=wraps_at)
        if (seconds := window.seconds_of(name, key)) > 0:
            yield key, grown if seconds == window.seconds else grown * window.seconds / seconds


def is_another(window: Window) -> bool:
    """Whether another process answered than before: its counters are not younger than that scrape.

    After a restart they are. Counters of two processes say nothing of what happened in between.
    """
    return any(
        now < before or (before < now and now * 1000 < window.before.at_ms)
        for name in window.now.by_name
        if window.before and name.endswith("_created")
        for _key, before, now in window.pairs(name)
    )


def _histogram_labels(key: Labels) -> Labels:
    """Of the histogram that a bucket belongs to; of any other counter its own."""
    return frozenset(pair for pair in key if pair[0] != "le")


def _base(name: str) -> str:
    return next((name.removesuffix(end) for end in _SUFFIXES if name.endswith(end)), name)
