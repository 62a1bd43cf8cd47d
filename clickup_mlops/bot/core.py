"""What every package of the bot needs: settings, clock, store, client, rate budget, identity."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from tempfile import TemporaryDirectory
from typing import ClassVar

from clickup_mlops import logs
from clickup_mlops.bot import services
from clickup_mlops.bot.clock import Clock, now_ms
from clickup_mlops.bot.extensions import Extensions
from clickup_mlops.bot.identity import Identity
from clickup_mlops.bot.inbox_writer import Dispatch, InboxWriter
from clickup_mlops.bot.members import Members, member
from clickup_mlops.bot.settings import Settings
from clickup_mlops.bot.startup import Readiness
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.clock import ServerClock
from clickup_mlops.clickup.governor import Governor, PriorityClass
from clickup_mlops.clickup.repetition import SILENT, Waiting
from clickup_mlops.errors import ConfigError
from clickup_mlops.store import Inbox, Store
from clickup_mlops.store.database.missing_database import Absent, NoStore


class Core(Members):
    """The only thing that is handed to every package.

    Store and client are made when they are first asked for: a command that only looks at the store
    needs no token and makes no call. `absent`: what to do if there is no database yet. `migrates`:
    whether tables of an older version are brought up to date; else they are refused. `waiting`
    hears what calls wait for. `close` when done.
    """

    is_simulated: ClassVar[bool] = False
    """Whether there is no ClickUp behind it."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock = now_ms,
        sleep: Callable[[float], None] | None = None,
        absent: Absent = "create",
        *,
        migrates: bool = False,
        waiting: Waiting = SILENT,
    ) -> None:
        super().__init__(threading.RLock())
        self._absent, self._migrates, self.waiting = absent, migrates, waiting
        # Now by ClickUp's clock, once an answer shows that ours is off: times on the wire are its.
        self.settings, self.now_ms = settings, ServerClock(clock)
        self.dispatch, self.readiness = Dispatch(), Readiness()
        self.extensions = Extensions(self.building)
        self.stopping = threading.Event()
        self.sleep, self._closing = sleep or self._wait, ExitStack()

    def close(self) -> None:
        """Close what was opened."""
        self._closing.close()

    @member
    def store(self) -> Store:
        """Opened, its tables up to date.

        Raises:
            NoStore: there is none yet, and it must not be created.
            ConfigError: its tables are older and must not be migrated, or it cannot be used.
        """
        self.readiness.check_store()
        store = self._closing.enter_context(self._opened())
        store.audit.must_be_signable()
        return services.follow(store, self.settings.routing)

    def _opened(self) -> Store:
        url, keys = self.settings.store.url.get_secret_value(), self.settings.audit.keyring
        if self._migrates:
            return Store.open(url, keys=keys)
        try:
            return Store.existing(url, keys=keys)
        except NoStore:
            if self._absent == "refuse":
                raise
        if self._absent == "temporary":
            url = f"sqlite:///{self._closing.enter_context(TemporaryDirectory())}/empty.db"
        return Store.open(url, keys=keys)

    @property
    def inbox(self) -> Inbox:
        """Where events are stored."""
        return self.store.inbox

    @member
    def inbox_writer(self) -> InboxWriter:
        """How events get into the inbox."""
        return InboxWriter(self.inbox, lambda: self.workspace_id, self.now_ms, self.dispatch)

    @member
    def governor(self) -> Governor:
        """One rate budget with every process that uses this token and this store."""
        governor = Governor(self.store.budget, self.token, clock_ms=self.now_ms)
        self._closing.callback(governor.close)
        return governor

    @member
    def client(self) -> ClickUp:
        """ClickUp, in the priority class of routing."""
        settings = self.settings.clickup
        return ClickUp(
            self.token,
            base_url=settings.base_url,
            governor=self.governor,
            clock=self.now_ms,
            priority_class=PriorityClass.ROUTING,
            oauth=settings.oauth,
            timeout_s=settings.timeout.total_seconds(),
            sleep=self.sleep,
            waiting=self.waiting,
            client=settings.http_client,
        )

    @member
    def identity(self) -> Identity:
        """Who the bot is in ClickUp."""
        return Identity(
            lambda: self.client.authorization,
            lambda: self.store.cursors,
            token=self.token,
            workspace_id=self.settings.clickup.workspace_id,
        )

    @property
    def workspace_id(self) -> str:
        """The configured Workspace, or the only one that the token sees."""
        return self.identity.workspace_id

    @property
    def user_id(self) -> int:
        """The user that the token belongs to."""
        return self.identity.user_id

    @property
    def token(self) -> str:
        """ClickUp's token, which no log line shows.

        Raises:
            ConfigError: it is not set.
        """
        token = self.settings.clickup.token.get_secret_value()
        if not token:
            raise ConfigError(
                "clickup.token is not set",
                hint="`clickup-mlops login`, or put it into the environment as "
                "CLICKUP_MLOPS_CLICKUP__TOKEN.",
            )
        logs.redactor.hide([token])
        return token

    def _wait(self, seconds: float) -> None:
        self.stopping.wait(seconds)
