"""SQLite is for one process: a second one says so when it starts."""

from contextlib import ExitStack
from pathlib import Path

from clickup_mlops.sandbox import Sandbox
from tests.empty import store_at
from tests.flows.conftest import until
from tests.flows.own_services import served

SHARED = "serves from the same SQLite file"


def test_a_second_process_on_one_file_names_the_first(
    clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """And what to use instead. One that was killed is no other process."""
    url = store_at(tmp_path / "bot.db")
    with ExitStack() as running:
        first = running.enter_context(served(clickup_sandbox, tmp_path, url))
        until(first.ready, 60)
        second = running.enter_context(served(clickup_sandbox, tmp_path, url, public=first.port))
        until(second.ready, 60)

        assert f"process {first.process.pid} on " in second.output and SHARED in second.output
        assert "PostgreSQL" in second.output
        assert SHARED not in first.output
        for bot in (first, second):
            bot.process.kill()
            bot.process.wait()
        third = running.enter_context(served(clickup_sandbox, tmp_path, url))
        until(third.ready, 60)
        assert SHARED not in third.output
