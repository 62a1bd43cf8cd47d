"""Everything the account holds, and the lock around it."""

import threading
from itertools import count

from clickup_mlops.sandbox.core.clock import Clock
from clickup_mlops.sandbox.monday.state.model import (
    Activity,
    Asset,
    Automation,
    Board,
    Doc,
    Folder,
    Item,
    Tag,
    Team,
    Update,
    User,
    Webhook,
    Workspace,
)
from clickup_mlops.sandbox.monday.state.refusal import Refusal

ACTIVITIES_KEPT = 10_000


class World:
    """The records by id. Hold `lock` while you read or change them."""

    def __init__(self, clock: Clock, *, tier: str = "pro", name: str = "") -> None:
        self.clock, self.tier, self.name = clock, tier, name
        self.lock = threading.RLock()
        self.account_id = 21_000_001
        self.account_name, self.slug = "Inference Lab", "inference-lab"
        self.users: dict[int, User] = {}
        self.teams: dict[int, Team] = {}
        self.workspaces: dict[int, Workspace] = {}
        self.notifications: list[tuple[int, str]] = []
        """User and text."""
        self.folders: dict[int, Folder] = {}
        self.boards: dict[int, Board] = {}
        self.items: dict[int, Item] = {}
        self.updates: dict[int, Update] = {}
        self.board_updates: dict[int, list[int]] = {}
        self.assets: dict[int, Asset] = {}
        self.tags: dict[int, Tag] = {}
        self.docs: dict[int, Doc] = {}
        self.activities: dict[int, list[Activity]] = {}
        self.webhooks: dict[int, Webhook] = {}
        self.automations: dict[int, Automation] = {}
        self.tokens: dict[str, int] = {}
        self._ids = count(1_000_000_001)

    def now_ms(self) -> int:
        """The time by the sandbox's clock."""
        return self.clock.now_ms()

    def new_id(self) -> int:
        """An id that nothing has yet."""
        return next(self._ids)

    def board(self, board_id: int | str) -> Board:
        """The board. Raises Refusal: InvalidBoardIdException."""
        board = self.boards.get(_to_number(board_id))
        if board is None or board.state == "deleted":
            raise Refusal("InvalidBoardIdException", f"Board ID {board_id} is invalid")
        return board

    def item(self, item_id: int | str | None) -> Item:
        """The item. Raises Refusal: InvalidItemIdException."""
        item = self.items.get(_to_number(item_id))
        if item is None or item.state == "deleted":
            raise Refusal("InvalidItemIdException", f"Item ID {item_id} is invalid")
        return item

    def update(self, update_id: int | str | None) -> Update:
        """The update or reply. Raises Refusal: ResourceNotFoundException."""
        update = self.updates.get(_to_number(update_id))
        if update is None:
            raise Refusal("ResourceNotFoundException", f"Update {update_id} was not found")
        return update

    def user_of(self, token: str) -> User | None:
        """The user whose token it is; None for an unknown token."""
        return self.users.get(self.tokens.get(token, 0))

    def log_activity(
        self, board_id: int, event: str, user_id: int, entity: str, **data: object
    ) -> None:
        """Add to the board's activity log; the oldest entries go when it is full."""
        entries = self.activities.setdefault(board_id, [])
        key = f"{self.new_id():032x}"
        now = self.now_ms()
        entries.append(Activity(key, board_id, event, entity, user_id, now, dict(data)))
        if len(entries) > ACTIVITIES_KEPT:
            del entries[: ACTIVITIES_KEPT // 10]


def _to_number(value: int | str | None) -> int:
    try:
        return int(value or 0)
    except ValueError:
        return 0
