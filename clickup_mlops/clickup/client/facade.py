"""`ClickUp`: the whole API behind one object."""

from collections.abc import Callable
from typing import Self

from clickup_mlops.clickup.client.base import Api
from clickup_mlops.clickup.client.resources.attachments import Attachments
from clickup_mlops.clickup.client.resources.authorization import Authorization
from clickup_mlops.clickup.client.resources.chat import Chat
from clickup_mlops.clickup.client.resources.checklists import Checklists
from clickup_mlops.clickup.client.resources.comments import Comments
from clickup_mlops.clickup.client.resources.docs import Docs
from clickup_mlops.clickup.client.resources.fields import Fields
from clickup_mlops.clickup.client.resources.folders import Folders
from clickup_mlops.clickup.client.resources.goals import Goals
from clickup_mlops.clickup.client.resources.groups import Groups
from clickup_mlops.clickup.client.resources.lists import Lists
from clickup_mlops.clickup.client.resources.members import Members
from clickup_mlops.clickup.client.resources.relations import Relations
from clickup_mlops.clickup.client.resources.spaces import Spaces
from clickup_mlops.clickup.client.resources.tags import Tags
from clickup_mlops.clickup.client.resources.tasks import Tasks
from clickup_mlops.clickup.client.resources.templates import Templates
from clickup_mlops.clickup.client.resources.time_entries import TimeEntries
from clickup_mlops.clickup.client.resources.views import Views
from clickup_mlops.clickup.client.resources.webhooks import Webhooks
from clickup_mlops.clickup.clock import ServerClock
from clickup_mlops.clickup.governor import Governor, MemoryLedger, PriorityClass, read_clock_ms
from clickup_mlops.clickup.repetition import Waiting
from clickup_mlops.clickup.terminal import choose_waiting
from clickup_mlops.clickup.transport import ATTEMPTS, SLEEP, Transport
from clickup_mlops.clickup.wire.clients import DEFAULT, Client

BASE_URL = "https://api.clickup.com"


class ClickUp:
    """ClickUp's API for one token. Thread-safe.

    `governor` shares the token's rate budget with other processes; without one, only the threads
    of this process share it. `clock` learns ClickUp's time from the answers. `oauth` says that the
    token came from an OAuth app. A call is tried `attempts` times while ClickUp says not now, with
    a `sleep` (seconds) in between. `waiting` hears of waits; None: who sits at the terminal does.
    `client`: what sends the calls.

    Every method raises errors of `clickup_mlops.errors` only:
        InputError: a value that cannot be right; nothing was sent.
        NotFound, Forbidden, Unauthorized, PlanLimit, ApiError: ClickUp refused.
        RetryableApiError: ClickUp could not be reached, or kept saying not now.
        StoreUnavailable: the store of the shared rate budget is down; nothing was sent.
        UncertainWrite: something may have been created; look before creating it again.
    """

    def __init__(
        self,
        token: str,
        *,
        base_url: str = BASE_URL,
        governor: Governor | None = None,
        clock: ServerClock | None = None,
        priority_class: PriorityClass = PriorityClass.INTERACTIVE,
        oauth: bool = False,
        timeout_s: float = 30.0,
        threads: int = 32,
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], None] = SLEEP,
        waiting: Waiting | None = None,
        client: Client = DEFAULT,
    ) -> None:
        clock = clock or ServerClock(read_clock_ms)
        transport = Transport(
            token,
            base_url=base_url,
            governor=governor or Governor(MemoryLedger(), token, clock_ms=clock),
            clock=clock,
            oauth=oauth,
            timeout_s=timeout_s,
            threads=threads,
            attempts=attempts,
            sleep=sleep,
            waiting=waiting or choose_waiting(),
            client=client,
        )
        self._own_governor = None if governor else transport.governor
        self._bind(transport, priority_class)

    def _bind(self, transport: Transport, priority_class: PriorityClass) -> None:
        self.transport, self.priority_class = transport, priority_class
        self.api = api = Api(transport, priority_class)
        self.authorization = Authorization(api)
        self.spaces = Spaces(api)
        self.folders = Folders(api)
        self.lists = Lists(api)
        self.tasks = Tasks(api)
        self.fields = Fields(api)
        self.tags = Tags(api)
        self.comments = Comments(api)
        self.attachments = Attachments(api)
        self.members = Members(api)
        self.groups = Groups(api)
        self.views = Views(api)
        self.templates = Templates(api)
        self.webhooks = Webhooks(api)
        self.relations = Relations(api)
        self.checklists = Checklists(api)
        self.docs = Docs(api)
        self.chat = Chat(api)
        self.goals = Goals(api)
        self.time_entries = TimeEntries(api)

    def with_priority_class(self, priority_class: PriorityClass) -> Self:
        """The same client (connections, budget, counts) whose calls have another priority
        class.
        """
        # Not __init__: the connections and counts are shared, not made anew.
        client = object.__new__(type(self))
        client._own_governor = self._own_governor
        client._bind(self.transport, priority_class)
        return client

    @property
    def governor(self) -> Governor:
        """What paces the calls."""
        return self.transport.governor

    @property
    def clock(self) -> ServerClock:
        """Gives now by ClickUp's clock."""
        return self.transport.clock

    @property
    def calls(self) -> int:
        """Requests sent so far, repetitions included."""
        return self.transport.calls

    @property
    def calls_by(self) -> dict[str, int]:
        """Requests sent so far by method and route, such as `GET /api/v2/task/{task_id}`."""
        return dict(self.transport.calls_by)

    def close(self) -> None:
        """Close the connections. Without a governor from outside, calls that wait end, too."""
        # A governor from outside is shared; its owner closes it.
        if self._own_governor is not None:
            self._own_governor.close()
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
