"""Limits of `doctor`: what is fine, worth a note, or a problem."""

from contextlib import suppress
from threading import Event

import pytest

from clickup_mlops.errors import ConfigError
from clickup_mlops.operations.doctor import checked_skew, checked_space, fetched
from clickup_mlops.operations.findings import Note
from tests.http_server import Handler, serving


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


def test_an_address_that_drips_its_headers_does_not_hold_doctor_up() -> None:
    """Each byte comes in time, the whole answer never."""
    stop = Event()

    class Dripping(Handler):
        def get(self) -> None:
            with suppress(OSError):
                while not stop.wait(0.02):
                    self.wfile.write(b"H")

    with serving(Dripping) as server:
        with pytest.raises(ConfigError, match="does not answer"):
            fetched(f"http://127.0.0.1:{server.server_port}/")
        stop.set()


def test_an_address_where_nobody_listens_is_named() -> None:
    """With what was wrong."""
    with pytest.raises(ConfigError, match=r"127\.0\.0\.1:1/ does not answer \(ConnectionError\)"):
        fetched("http://127.0.0.1:1/")
