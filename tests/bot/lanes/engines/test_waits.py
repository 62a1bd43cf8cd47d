"""A worker that ends is followed by another one: soon, unless it ends again and again."""

from clickup_mlops.bot.lanes.engines._waits import FIRST_S, LONGEST_S, STEADY_S, Waits


def test_the_waits_grow_until_a_worker_lasts() -> None:
    """Twice as long each time, up to a limit; after one that lasted it begins anew."""
    waits = Waits()

    assert [waits.after(0) for _ in range(6)] == [FIRST_S, 1.0, 2.0, 4.0, LONGEST_S, LONGEST_S]
    assert [waits.after(ran_s) for ran_s in (STEADY_S + 1, 0)] == [FIRST_S, 1.0]
