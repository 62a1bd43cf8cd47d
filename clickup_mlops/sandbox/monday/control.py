"""Control of the sandbox, for tests and people: what users do in Monday.com's own pages.

Nothing here is part of the API. Boards, items and users are named by record, id or (first) name.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from clickup_mlops.errors import InputError
from clickup_mlops.sandbox.core.faults import Fault, Faults
from clickup_mlops.sandbox.core.stats import Stats
from clickup_mlops.sandbox.monday import bulk
from clickup_mlops.sandbox.monday.edge.limits import Limits
from clickup_mlops.sandbox.monday.edge.shapes import SHAPES
from clickup_mlops.sandbox.monday.state import items, structure, talk
from clickup_mlops.sandbox.monday.state.model import (
    Asset,
    Automation,
    Block,
    Board,
    Column,
    Doc,
    Folder,
    Group,
    Item,
    Tag,
    Team,
    Update,
    User,
    Webhook,
    Workspace,
)
from clickup_mlops.sandbox.monday.state.world import World

UserRef = User | int | str
BoardRef = Board | int | str
ItemRef = Item | int | str


class Control:
    """`clock`, `faults`, `stats` and `limits` are the live parts; the rest are methods."""

    def __init__(self, world: World, faults: Faults, stats: Stats, limits: Limits) -> None:
        self.world, self.clock = world, world.clock
        self.faults, self.stats, self.limits = faults, stats, limits

    # People and tokens

    def add_user(
        self, name: str, email: str, *, kind: str = "member", time_zone: str = "UTC"
    ) -> User:
        """A user with a token; `kind` admin, member, guest, viewer or agent."""
        with self.world.lock:
            user = User(self.world.new_id(), name, email, kind=kind, time_zone=time_zone)
            user.created_ms = self.world.now_ms()
            self.world.users[user.id] = user
            self.world.tokens[self.token_of(user)] = user.id
            return user

    def user(self, ref: UserRef | None = None) -> User:
        """A user by id, name, first name or e-mail; None: the first. Raises InputError."""
        users = list(self.world.users.values())
        if ref is None:
            return users[0]
        if isinstance(ref, User):
            return ref
        for user in users:
            if ref in (user.id, str(user.id), user.name, user.email, user.name.split()[0]):
                return user
        raise InputError(f"no user {ref!r}", hint=", ".join(user.name for user in users))

    def delete_user(self, ref: UserRef) -> User:
        """The user is gone; what refers to them stays."""
        with self.world.lock:
            user = self.user(ref)
            user.status = "INACTIVE"
            self.world.tokens.pop(self.token_of(user), None)
            return user

    def token_of(self, user: UserRef) -> str:
        """The personal token of a user."""
        return f"monday_{self.world.name or 'sandbox'}_{self.user(user).id}"

    def revoke(self, token: str) -> None:
        """The token does not work any more."""
        self.world.tokens.pop(token, None)

    def restore_token(self, token: str, user: UserRef | None = None) -> None:
        """Make a token work, such as one that was revoked."""
        self.world.tokens[token] = self.user(user).id

    def add_team(self, name: str, users: Sequence[UserRef]) -> Team:
        """A team; the first is its owner."""
        ids = [self.user(ref).id for ref in users]
        team = Team(self.world.new_id(), name, ids, ids[:1])
        self.world.teams[team.id] = team
        return team

    # Places

    def add_workspace(self, name: str, *, main: bool = False) -> Workspace:
        """A workspace; boards of the `main` one have none."""
        workspace = Workspace(self.world.new_id(), name, main, created_ms=self.world.now_ms())
        self.world.workspaces[workspace.id] = workspace
        return workspace

    def add_folder(self, name: str, workspace: Workspace, parent: Folder | None = None) -> Folder:
        """A folder in a workspace; `parent` is the folder around it."""
        parent_id = parent.id if parent else None
        folder = Folder(
            self.world.new_id(), name, workspace.id, parent_id, created_ms=self.world.now_ms()
        )
        self.world.folders[folder.id] = folder
        return folder

    def add_board(
        self,
        name: str,
        *,
        by: UserRef | None = None,
        empty: bool = False,
        groups: Sequence[str] = (),
        workspace: Workspace | None = None,
        folder: Folder | None = None,
        **details: Any,
    ) -> Board:
        """A board with the usual columns; `groups` are titles instead of the usual ones.

        `details`: `description`, `kind` (public, private, share), `hierarchy` (classic,
        multi_level), `owner_ids`, `views`, `item_noun`.
        """
        with self.world.lock:
            details["workspace_id"] = None if not workspace or workspace.main else workspace.id
            details["folder_id"] = folder.id if folder else None
            creator_id = self.user(by).id
            board = structure.add_board(self.world, name, creator_id, empty=empty, **details)
            if groups:
                board.groups.clear()
                for title in groups:
                    structure.add_group(self.world, board, title)
            return board

    def board(self, ref: BoardRef) -> Board:
        """A board by id or name. Raises InputError."""
        if isinstance(ref, Board):
            return ref
        for board in self.world.boards.values():
            if ref in (board.id, str(board.id), board.name):
                return board
        raise InputError(f"no board {ref!r}", hint="")

    def set_board(self, board: BoardRef, **changes: Any) -> Board:
        """Change what `Board` holds, such as `name`, `state` (archived, deleted), `kind`.

        The hidden board of its subitems has the same state.
        """
        with self.world.lock:
            record = self.board(board)
            for key, value in changes.items():
                setattr(record, key, value)
            if record.subitem_board_id is not None:
                self.world.boards[record.subitem_board_id].state = record.state
            record.updated_ms = self.world.now_ms()
            return record

    def add_group(self, board: BoardRef, title: str, *, group_id: str = "") -> Group:
        """A group at the end."""
        with self.world.lock:
            return structure.add_group(self.world, self.board(board), title, group_id=group_id)

    def add_column(
        self,
        board: BoardRef,
        title: str,
        kind: str,
        *,
        column_id: str = "",
        settings: dict[str, Any] | None = None,
        calculated: str = "",
        description: str | None = None,
    ) -> Column:
        """A column at the end. Settings of labels: see `labels` and `choices` of `structure`."""
        with self.world.lock:
            return structure.add_column(
                self.world,
                self.board(board),
                title,
                kind,
                column_id=column_id,
                settings=settings,
                calculated=calculated,
                description=description,
            )

    def delete_column(self, board: BoardRef, column_id: str) -> None:
        """Remove a column; its values go with it."""
        with self.world.lock:
            self.board(board).columns.pop(column_id)

    # Items

    def add_item(
        self,
        board: BoardRef,
        name: str,
        values: Mapping[str, Any] | None = None,
        *,
        group: str | None = None,
        by: UserRef | None = None,
    ) -> Item:
        """An item at the end of a group (id or title). `values` as the API takes them."""
        with self.world.lock:
            target = self.board(board)
            return items.create(
                self.world,
                target,
                name,
                self.user(by).id,
                group_id=_resolve_group_id(target, group),
                values=values,
            )

    def add_subitem(
        self,
        parent: ItemRef,
        name: str,
        values: Mapping[str, Any] | None = None,
        *,
        by: UserRef | None = None,
    ) -> Item:
        """A subitem of `parent`, at the end. `values` as the API takes them."""
        with self.world.lock:
            creator_id = self.user(by).id
            return items.create_sub(self.world, self.item(parent), name, creator_id, values=values)

    def item(self, ref: ItemRef) -> Item:
        """An item by id or name, archived and deleted ones too. Raises InputError."""
        if isinstance(ref, Item):
            return ref
        by_id = self.world.items.get(int(ref)) if str(ref).isdigit() else None
        if by_id is not None:
            return by_id
        for item in self.world.items.values():
            if item.name == ref:
                return item
        raise InputError(f"no item {ref!r}", hint="")

    def change(
        self, item: ItemRef, values: Mapping[str, Any], *, by: UserRef | None = None
    ) -> Item:
        """Set columns (None clears one), `name` too, as a user does."""
        with self.world.lock:
            record = self.item(item)
            board = self.world.boards[record.board_id]
            items.change(self.world, board, record, values, self.user(by).id)
            return record

    def move(self, item: ItemRef, group: str) -> None:
        """Move the item to the end of another group (id or title)."""
        with self.world.lock:
            record = self.item(item)
            group_id = _resolve_group_id(self.world.boards[record.board_id], group) or group
            items.move(self.world, record, group_id)

    def archive(self, item: ItemRef) -> None:
        """Archive an item with its subitems."""
        self._set_state(item, "archived")

    def delete(self, item: ItemRef) -> None:
        """Delete an item with its subitems."""
        self._set_state(item, "deleted")

    def restore(self, item: ItemRef) -> None:
        """Bring an archived or deleted item back."""
        self._set_state(item, "active")

    def _set_state(self, item: ItemRef, state: str) -> None:
        with self.world.lock:
            items.set_state(self.world, self.item(item), state, self.user().id)

    def describe(self, item: ItemRef, *paragraphs: str, by: UserRef | None = None) -> Doc:
        """Write the item's description."""
        with self.world.lock:
            record = self.item(item)
            doc = self.add_doc(f"Description of {record.name}", paragraphs, board=False, by=by)
            record.description_doc = doc.id
            items.touch(self.world, record)
            return doc

    # Talk, files and docs

    def add_update(
        self,
        target: Item | Board | int,
        body: str,
        *,
        by: UserRef | int | None = None,
        at_ms: int | None = None,
        reply_to: Update | None = None,
    ) -> Update:
        """An update in HTML on an item or board, or a reply. `by` may be a negative number."""
        with self.world.lock:
            record = self.item(target) if isinstance(target, int) else target
            creator_id = by if isinstance(by, int) and by < 0 else self.user(by).id
            return talk.add_update(
                self.world, record, body, creator_id, at_ms=at_ms, parent=reply_to
            )

    def edit_update(self, update: Update, body: str) -> None:
        """Replace the HTML of the update."""
        with self.world.lock:
            talk.edit_update(self.world, update, body)

    def delete_update(self, update: Update) -> None:
        """Delete the update with its replies."""
        with self.world.lock:
            talk.delete_update(self.world, update)

    def add_file(
        self,
        target: Item | Update,
        name: str,
        content: bytes | None = None,
        *,
        size: int = 0,
        column: str = "",
        by: UserRef | None = None,
    ) -> Asset:
        """A file in a column of an item, in its gallery (no `column`), or on an update."""
        with self.world.lock:
            uploader_id = self.user(by).id
            asset = talk.add_asset(self.world, name, uploader_id, content, size)
            if isinstance(target, Update):
                target.asset_ids = [*(target.asset_ids or []), asset.id]
            elif column:
                talk.attach_to_column(self.world, target, column, asset, uploader_id)
            else:
                target.gallery_ids = [*(target.gallery_ids or []), asset.id]
            return asset

    def delete_file(self, asset: Asset) -> None:
        """The file is gone; what refers to it stays."""
        self.world.assets.pop(asset.id, None)

    def add_tag(self, name: str, *, color: str = "#00c875") -> Tag:
        """A tag of the account."""
        tag = Tag(self.world.new_id(), name, color)
        self.world.tags[tag.id] = tag
        return tag

    def add_doc(
        self,
        name: str,
        paragraphs: Sequence[str] = (),
        *,
        board: bool = True,
        by: UserRef | None = None,
    ) -> Doc:
        """A doc with paragraphs, and the board of type document that stands for it."""
        with self.world.lock:
            creator_id, now = self.user(by).id, self.world.now_ms()
            object_id = self.world.new_id()
            if board:
                object_id = structure.add_board(
                    self.world, name, creator_id, empty=True, type="document"
                ).id
            doc = Doc(
                self.world.new_id(), object_id, name, creator_id, created_ms=now, updated_ms=now
            )
            doc.blocks = [
                _build_paragraph(f"{doc.id}-{n}", paragraph)
                for n, paragraph in enumerate(paragraphs)
            ]
            self.world.docs[doc.id] = doc
            return doc

    # What must be rebuilt by hand

    def add_automation(self, board: BoardRef, title: str, description: str = "") -> Automation:
        """An automation of a board."""
        record = self.board(board)
        automation = Automation(
            self.world.new_id(), record.id, title, description, record.creator_id
        )
        automation.created_ms = self.world.now_ms()
        self.world.automations[automation.id] = automation
        return automation

    def add_webhook(self, board: BoardRef, event: str) -> Webhook:
        """A webhook of a board; nothing is delivered."""
        webhook = Webhook(self.world.new_id(), self.board(board).id, event)
        self.world.webhooks[webhook.id] = webhook
        return webhook

    # Faults and volume

    def fail(self, shape: str, **details: Any) -> Fault:
        """Let the next call fail with one of Monday.com's error answers, named by `shape`.

        `details` are those of a fault: `times`, `skip`, `wait_s`, and `path`, which is `/v2/` and
        the names of the fields at the top of the query, joined by `+`. Raises InputError.
        """
        if shape not in SHAPES and shape != "partial":
            raise InputError(f"no error answer {shape!r}", hint=", ".join(SHAPES) + ", partial")
        return self.faults.add("status", shape=shape, **details)

    def fill(self, board: BoardRef, count: int, **details: Any) -> bulk.FillCounts:
        """Many items at once, with subitems, updates, files and dependencies: see `bulk.fill`."""
        with self.world.lock:
            return bulk.fill(self.world, self.board(board), count, **details)


def _resolve_group_id(board: Board, group: str | None) -> str | None:
    titles = {candidate.title: candidate.id for candidate in board.groups.values()}
    return None if group is None else titles.get(group, group)


def _build_paragraph(key: str, text: str) -> Block:
    return Block(key, "normal text", {"alignment": "left", "deltaFormat": [{"insert": text}]})
