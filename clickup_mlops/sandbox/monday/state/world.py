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
        found = self.boards.get(_number(board_id))
        if found is None or found.state == "deleted":
            raise Refusal("InvalidBoardIdException", f"Board ID {board_id} is invalid")
        return found

    def item(self, item_id: int | str | None) -> Item:
        """The item. Raises Refusal: InvalidItemIdException."""
        found = self.items.get(_number(item_id))
        if found is None or found.state == "deleted":
            raise Refusal("InvalidItemIdException", f"Item ID {item_id} is invalid")
        return found

    def update(self, update_id: int | str | None) -> Update:
        """The update or reply. Raises Refusal: ResourceNotFoundException."""
        found = self.updates.get(_number(update_id))
        if found is None:
            raise Refusal("ResourceNotFoundException", f"Update {update_id} was not found")
        return found

    def user_of(self, token: str) -> User | None:
        """Whose token it is."""
        return self.users.get(self.tokens.get(token, 0))

    def log(self, board_id: int, event: str, user_id: int, entity: str, **data: object) -> None:
        """Add to the board's activity log; the oldest entries go when it is full."""
        entries = self.activities.setdefault(board_id, [])
        key = f"{self.new_id():032x}"
        now = self.now_ms()
        entries.append(Activity(key, board_id, event, entity, user_id, now, dict(data)))
        if len(entries) > ACTIVITIES_KEPT:
            del entries[: ACTIVITIES_KEPT // 10]


def _number(given: int | str | None) -> int:
    try:
        return int(given or 0)
    except ValueError:
        return 0
