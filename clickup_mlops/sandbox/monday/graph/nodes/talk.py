"""Updates, replies, files and docs."""

import html
import re
from typing import TYPE_CHECKING, ClassVar

from clickup_mlops.sandbox.monday.graph.context import Context, Info
from clickup_mlops.sandbox.monday.graph.nodes.paging import take_page
from clickup_mlops.sandbox.monday.state import links, times
from clickup_mlops.sandbox.monday.state.model import Asset, Block, Doc, Update

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.graph.nodes.items import ItemNode
    from clickup_mlops.sandbox.monday.graph.nodes.people import UserNode
    from clickup_mlops.sandbox.monday.graph.nodes.places import WorkspaceNode


class UpdateNode:
    """The types Update and Reply of the schema."""

    kind: ClassVar[str] = "reply"

    def __init__(self, context: Context, record: Update) -> None:
        self.context, self.record = context, record
        self.id, self.body, self.creator_id = str(record.id), record.body, str(record.creator_id)
        self.item_id = None if record.item_id is None else str(record.item_id)
        self.original_creation_date = record.original_creation

    @property
    def text_body(self) -> str:
        """The text without its HTML."""
        return html.unescape(re.sub(r"<[^>]+>", "", self.body)).strip()

    @property
    def created_at(self) -> str:
        """When it was written."""
        return times.format_iso(self.record.created_ms)

    @property
    def updated_at(self) -> str:
        """When it or a reply was last written."""
        updates = self.context.world.updates
        times_ms = [updates[reply_id].edited_ms for reply_id in self.record.reply_ids or ()]
        return times.format_iso(max([self.record.edited_ms, *times_ms]))

    @property
    def edited_at(self) -> str:
        """When its text was last written."""
        return times.format_iso(self.record.edited_ms)

    @property
    def creator(self) -> "UserNode | None":
        """Null for automations, templates and unknown people."""
        return self.context.nodes.user(self.record.creator_id)

    @property
    def item(self) -> "ItemNode | None":
        """The item; null on an update of a board."""
        item = self.context.world.items.get(self.record.item_id or 0)
        return None if item is None else self.context.nodes.item(item)

    @property
    def likes(self) -> list[dict[str, object]]:
        """The reactions, one for each user who likes it."""
        return [
            {
                "id": f"{self.record.id}{user_id % 1000}",
                "creator_id": str(user_id),
                "creator": self.context.nodes.user(user_id),
                "reaction_type": "like",
                "created_at": self.created_at,
            }
            for user_id in self.record.liker_ids or ()
        ]

    @property
    def pinned_to_top(self) -> list[dict[str, str]]:
        """The item on which it is pinned."""
        return [{"item_id": str(self.record.item_id)}] if self.record.pinned else []

    @property
    def replies(self) -> list["UpdateNode"]:
        """The replies, oldest first."""
        updates = self.context.world.updates
        return [
            UpdateNode(self.context, updates[reply_id]) for reply_id in self.record.reply_ids or ()
        ]

    @property
    def assets(self) -> list["AssetNode"]:
        """The files of the update that still exist."""
        return self.context.nodes.assets(self.record.asset_ids or ())


class AssetNode:
    """The type Asset of the schema."""

    def __init__(self, context: Context, record: Asset) -> None:
        self.context, self.record = context, record
        self.id, self.name, self.file_size = str(record.id), record.name, record.size
        self.original_geometry = self.url_thumbnail = None

    @property
    def created_at(self) -> str:
        """When it was uploaded."""
        return times.format_iso(self.record.created_ms)

    @property
    def file_extension(self) -> str:
        """The ending of the name with its dot; empty if there is none."""
        _, dot, ending = self.name.rpartition(".")
        return dot + ending if dot else ""

    @property
    def uploaded_by(self) -> "UserNode":
        """The user who uploaded the file."""
        return self.context.nodes.known_user(self.record.uploader_id)

    @property
    def public_url(self) -> str:
        """A link that lives for one hour."""
        return links.build_presigned_url(
            self.context.base_url, self.record, self.context.world.now_ms()
        )

    @property
    def url(self) -> str:
        """A link that needs a login."""
        return links.build_protected_url(
            self.context.base_url, self.context.world.account_id, self.record
        )


class DocNode:
    """The type Document of the schema."""

    def __init__(self, context: Context, record: Doc) -> None:
        self.context, self.record = context, record
        self.id, self.object_id, self.name = str(record.id), str(record.object_id), record.name
        self.doc_kind, self.doc_folder_id, self.settings = "public", None, None
        self.workspace_id = None if record.workspace_id is None else str(record.workspace_id)

    @property
    def created_at(self) -> str:
        """When it was created."""
        return times.format_iso(self.record.created_ms)

    @property
    def updated_at(self) -> str:
        """When it was changed."""
        return times.format_iso(self.record.updated_ms)

    @property
    def created_by(self) -> "UserNode | None":
        """The user who created the doc."""
        return self.context.nodes.user(self.record.creator_id)

    @property
    def relative_url(self) -> str:
        """The path of the doc's page."""
        return f"/docs/{self.record.object_id}"

    @property
    def url(self) -> str:
        """The address of the doc's page."""
        return f"https://{self.context.world.slug}.monday.com{self.relative_url}"

    @property
    def workspace(self) -> "WorkspaceNode | None":
        """The workspace; null in the main one."""
        return self.context.nodes.workspace(self.record.workspace_id)

    def blocks(self, _info: Info, limit: int = 25, page: int = 1) -> list[dict[str, object]]:
        """A page of the blocks, in the order of the doc."""
        return _build_blocks(self, self.record.blocks, limit, page)


def _build_blocks(
    node: DocNode, blocks: list[Block], limit: int, number: int
) -> list[dict[str, object]]:
    nodes: list[dict[str, object]] = [
        {
            "id": block.id,
            "type": block.type,
            "content": block.content,
            "parent_block_id": block.parent_id,
            "position": float(place * 65_536),
            "doc_id": node.id,
            "created_at": node.created_at,
            "updated_at": node.updated_at,
            "created_by": node.created_by,
        }
        for place, block in enumerate(blocks, start=1)
    ]
    return take_page(nodes, limit, number)
