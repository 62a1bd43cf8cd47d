"""Workers that die at chosen calls, one after the other, over one store."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from clickup_mlops.bot.app import Bot, build
from clickup_mlops.bot.packages import NORMAL, Builds
from clickup_mlops.ports.cli import options
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import until
from tests.flows.crash_bots import Nursery
from tests.flows.crash_proxy import Aim, Proxy

KINDS = {
    "new doc": ("POST", "/api/v3/", "/docs"),
    "new page": ("POST", "/api/v3/", "/pages"),
    "new message": ("POST", "/api/v3/", "/messages"),
    "new comment": ("POST", "/api/v2/task/", "/comment"),
    "page": ("PUT", "/api/v3/", ""),
    "message": ("PATCH", "/api/v3/", ""),
    "comment": ("PUT", "/api/v2/comment/", ""),
    "messages": ("GET", "/api/v3/", "/messages"),
    "read": ("GET", "/api/v3/", ""),
}
POINTS = ("before", "between", "after")
TIMEOUT_S = 2.0


class Workers:
    """Bots that handle what is in the store, and get no events. `close` it.

    `bot` never starts: through it a test looks into the store, and puts rows into the inbox.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        folder: Path,
        store_url: str,
        *,
        script: str = "crash_nursery.py",
        builds: Builds = NORMAL,
        more: str = "",
        kinds: Mapping[str, tuple[str, str, str]] = KINDS,
    ) -> None:
        self.sandbox = sandbox
        self.member = sandbox.control.as_user(sandbox.control.members[1].id)
        self.proxy = Proxy(sandbox.url, self.strike, kinds)
        clickup: dict[str, Any] = {"token": sandbox.token, "base_url": self.proxy.url}
        self.nursery = Nursery(
            folder,
            script=script,
            clickup=clickup | {"timeout": TIMEOUT_S, "workspace_id": sandbox.team_id},
            store={"url": store_url},
        )
        self._plain = self.nursery.config.read_text("utf-8")
        self.configure(more)
        self.bot: Bot = build(options.settings(self.nursery.config), builds=builds)
        self._pid: int | None = None

    def configure(self, more: str) -> None:
        """Those that start from now on have these tables (TOML) besides."""
        self.nursery.config.write_text(self._plain + more, encoding="utf-8")

    def close(self) -> None:
        """End everything that was started."""
        self.nursery.close()
        self.proxy.close()
        with self.bot:
            pass

    def strike(self) -> None:
        """Kill the one that lives."""
        if self._pid is not None:
            self.nursery.kill(self._pid)

    def live(self, *aims: Aim, after: Callable[[], object] = lambda: None) -> None:
        """One is killed at each of these calls, and `after` done each time; the last one ends what
        there is to do.
        """
        for aim in aims:
            self.proxy.aim(aim)
            self._pid = self.nursery.start(receives=False)
            assert self.proxy.struck.wait(20), f"no call to strike: {aim}"
            after()
        self.proxy.aim()
        self._pid = self.nursery.start(receives=False)
        until(self._is_done, 40)
        self.strike()

    def _is_done(self) -> bool:
        depth = self.bot.inbox.depth(self.bot.now_ms())
        assert depth.parked == 0, self.bot.inbox.list("parked", 5)
        return depth.ready == 0 and not self.bot.store.journal.unfinished()
