"""Limits of `doctor`: what is fine, worth a note, or a problem."""

import pytest

from clickup_mlops.errors import ConfigError
from clickup_mlops.operations.doctor import checked_skew, checked_space
from clickup_mlops.operations.findings import Note


@pytest.mark.parametrize(
    ("ahead_ms", "kind"), [(-120_000, ConfigError), (7_000, Note), (-1_500, None), (0, None)]
)
def test_clocks_may_differ_a_little(ahead_ms: int, kind: type[Exception] | None) -> None:
    """Seconds do no harm; a minute would make the bot's own echoes look like people's changes."""
    if kind is None:
        assert checked_skew(ahead_ms).startswith("within")
        return
    with pytest.raises(kind, match="ahead of" if ahead_ms > 0 else "behind"):
        checked_skew(ahead_ms)


@pytest.mark.parametrize(("free_mib", "kind"), [(50, ConfigError), (500, Note), (5_000, None)])
def test_little_space_is_reported_in_time(free_mib: int, kind: type[Exception] | None) -> None:
    """While there is still enough to act."""
    if kind is None:
        assert "5,000 MiB free" in checked_space(free_mib * 2**20, 0, "/data")
        return
    with pytest.raises(kind):
        checked_space(free_mib * 2**20, 0, "/data")
