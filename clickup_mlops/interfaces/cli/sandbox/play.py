"""Have the team of a running sandbox work until today.

Start the sandbox with its clock in the past (`sandbox serve --days-ago 70`), and the bot beside it.
People create tasks in a List, take what stands first (priority, then age) and finish it; the clock
goes on from event to event. Play half of the weeks with the bot in shadow mode and the rest with it
switched on, and `impact` has something to compare.
"""

import random
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from clickup_mlops.errors import InputError
from clickup_mlops.ports.cli import clock
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_S: Final = 30
_QUIET_S: Final = 0.15
"""A bot that made no call for so long has done its work."""
_LONGEST_S: Final = 3.0
"""The team goes on though the bot does not come to rest."""


@click.command(help=__doc__)
@click.option("--url", default="http://127.0.0.1:8100", show_default=True, help="The sandbox.")
@click.option("--weeks", type=click.FloatRange(min=0.1), help="Default: until today.")
@click.option("--list", "list_name", default="Triage", show_default=True, help="Where they work.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another one, other weeks.")
def command(url: str, weeks: float | None, list_name: str, seed: int) -> int:
    from clickup_mlops.sandbox.clickup.weeks import WEEK_MS, Team

    board = HttpBoard(url.rstrip("/"), list_name)
    start_ms, today_ms = board.now_ms(), clock.now_ms()
    end_ms = today_ms if weeks is None else min(today_ms, start_ms + int(weeks * WEEK_MS))
    if end_ms - start_ms < WEEK_MS // 100:
        raise click.UsageError("The sandbox's clock is not in the past: start it with --days-ago.")
    with click.progressbar(length=end_ms - start_ms, label="Working") as bar:
        team = Team(board, board.people, random.Random(seed))
        team.progress = lambda at_ms: bar.update(at_ms - start_ms - bar.pos)
        played = team.work(start_ms, end_ms)
    board.run_clock()
    click.echo(
        f"{_day(start_ms)} to {_day(end_ms)}: {played.created} tasks created, "
        f"{played.begun} begun, {played.finished} finished."
    )
    return ExitCode.DONE


def _day(at_ms: int) -> str:
    """As `impact` takes it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()


class HttpBoard:
    """The board of a sandbox, by its control API. Its clock stands still while the team works."""

    def __init__(self, url: str, list_name: str) -> None:
        import requests

        self._url, self._list = url, list_name
        self._session = requests.Session()
        members = self._call("GET", "members")
        self.people = [member["username"] for member in members[1:]]
        self._token = members[1]["token"]
        self._list_id = self._call("GET", "places")["lists"][list_name]

    def now_ms(self) -> int:
        """The sandbox's time."""
        return int(self._call("GET", "clock")["now_ms"])

    def run_clock(self) -> None:
        """Let the clock run again."""
        self._call("POST", "clock", run=True)

    def wait_until(self, at_ms: int) -> None:
        """Freeze the clock at this time, once the bot has come to rest."""
        self._wait_for_bot()
        self._call("POST", "clock", freeze=at_ms)

    def create(self, person: str, name: str) -> str:
        """Add a task; its id."""
        return str(self._act(person, "create_task", list_name=self._list, name=name))

    def begin(self, person: str, task: str) -> None:
        """Set the status of work."""
        self._act(person, "set_status", task=task, status="in progress")

    def finish(self, person: str, task: str) -> None:
        """Set the last status."""
        self._act(person, "set_status", task=task, status="complete")

    def read_priorities(self) -> "Mapping[str, int | None]":
        """Of the open tasks, once the bot has come to rest."""
        self._wait_for_bot()
        answer = self._session.get(
            f"{self._url}/api/v2/list/{self._list_id}/task",
            params={"statuses[]": "to do"},
            headers={"Authorization": self._token},
            timeout=_TIMEOUT_S,
        )
        answer.raise_for_status()
        return {
            task["id"]: int(task["priority"]["id"]) if task["priority"] else None
            for task in answer.json()["tasks"]
        }

    def _wait_for_bot(self) -> None:
        """Until deliveries are out and calls have ceased."""
        self._call("POST", "deliveries/wait_idle", timeout_s=_LONGEST_S)
        deadline_s, calls = time.monotonic() + _LONGEST_S, -1
        while time.monotonic() < deadline_s:
            present = int(self._call("GET", "stats")["total"])
            if present == calls:
                return
            calls = present
            time.sleep(_QUIET_S)

    def _act(self, person: str, do: str, **arguments: object) -> object:
        return self._call("POST", "act", user=person, do=do, **arguments)["done"]

    def _call(self, method: str, path: str, **body: object) -> Any:
        """Raises InputError: no sandbox answers there, or it refuses."""
        url = f"{self._url}/_sandbox/{path}"
        try:
            answer = self._session.request(method, url, json=body or None, timeout=_TIMEOUT_S)
            result = answer.json()
        except (OSError, ValueError) as problem:
            hint = "`clickup-mlops sandbox serve --days-ago 70` starts one."
            raise InputError(f"no sandbox answers at {self._url}", hint=hint) from problem
        if not answer.ok:
            raise InputError(f"{url}: {result.get('error', answer.reason)}")
        return result
