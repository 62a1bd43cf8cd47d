"""Updates, replies, files and docs."""

import html
import re
from typing import Any, ClassVar

from clickup_mlops.sandbox.monday.graph.context import Context
from clickup_mlops.sandbox.monday.graph.nodes.paging import page
from clickup_mlops.sandbox.monday.state import links, times
from clickup_mlops.sandbox.monday.state.model import Asset, Block, Doc, Update


class UpdateNode:
    """Update and Reply."""

    kind: ClassVar[str] = "reply"

    def __init__(self, context: Context, of: Update) -> None:
        self.context, self.of = context, of
        self.id, self.body, self.creator_id = str(of.id), of.body, str(of.creator_id)
        self.item_id = None if of.item_id is None else str(of.item_id)
        self.original_creation_date = of.original_creation

    @property
    def text_body(self) -> str:
        """Without tags."""
        return html.unescape(re.sub(r"<[^>]+>", "", self.body)).strip()

    @property
    def created_at(self) -> str:
        """When it was written."""
        return times.iso(self.of.created_ms)

    @property
    def updated_at(self) -> str:
        """When it or a reply was last written."""
        known = self.context.world.updates
        times_ms = [known[one].edited_ms for one in self.of.reply_ids or ()]
        return times.iso(max([self.of.edited_ms, *times_ms]))

    @property
    def edited_at(self) -> str:
        """When its text was last written."""
        return times.iso(self.of.edited_ms)

    @property
    def creator(self) -> Any:
        """Null for automations, templates and unknown people."""
        return self.context.nodes.user(self.of.creator_id)

    @property
    def item(self) -> Any:
        """The item; null on an update of a board."""
        found = self.context.world.items.get(self.of.item_id or 0)
        return None if found is None else self.context.nodes.item(found)

    @property
    def likes(self) -> list[dict[str, Any]]:
        """Who likes it."""
        return [
            {
                "id": f"{self.of.id}{user_id % 1000}",
                "creator_id": str(user_id),
                "creator": self.context.nodes.user(user_id),
                "reaction_type": "like",
                "created_at": self.created_at,
            }
            for user_id in self.of.liker_ids or ()
        ]

    @property
    def pinned_to_top(self) -> list[dict[str, str]]:
        """The item on which it is pinned."""
        return [{"item_id": str(self.of.item_id)}] if self.of.pinned else []

    @property
    def replies(self) -> list["UpdateNode"]:
        """Oldest first."""
        known = self.context.world.updates
        return [UpdateNode(self.context, known[one]) for one in self.of.reply_ids or ()]

    @property
    def assets(self) -> list["AssetNode"]:
        """Its files."""
        return self.context.nodes.assets(self.of.asset_ids or ())


class AssetNode:
    """Asset."""

    def __init__(self, context: Context, of: Asset) -> None:
        self.context, self.of = context, of
        self.id, self.name, self.file_size = str(of.id), of.name, of.size
        self.original_geometry = self.url_thumbnail = None

    @property
    def created_at(self) -> str:
        """When it was uploaded."""
        return times.iso(self.of.created_ms)

    @property
    def file_extension(self) -> str:
        """With its dot."""
        _, dot, ending = self.name.rpartition(".")
        return dot + ending if dot else ""

    @property
    def uploaded_by(self) -> Any:
        """Who uploaded it."""
        return self.context.nodes.known_user(self.of.uploader_id)

    @property
    def public_url(self) -> str:
        """A link that lives for one hour."""
        return links.presigned(self.context.base_url, self.of, self.context.world.now_ms())

    @property
    def url(self) -> str:
        """A link that needs a login."""
        return links.protected(self.context.base_url, self.context.world.account_id, self.of)


class DocNode:
    """Document."""

    def __init__(self, context: Context, of: Doc) -> None:
        self.context, self.of = context, of
        self.id, self.object_id, self.name = str(of.id), str(of.object_id), of.name
        self.doc_kind, self.doc_folder_id, self.settings = "public", None, None
        self.workspace_id = None if of.workspace_id is None else str(of.workspace_id)

    @property
    def created_at(self) -> str:
        """When it was created."""
        return times.iso(self.of.created_ms)

    @property
    def updated_at(self) -> str:
        """When it was changed."""
        return times.iso(self.of.updated_ms)

    @property
    def created_by(self) -> Any:
        """Who created it."""
        return self.context.nodes.user(self.of.creator_id)

    @property
    def relative_url(self) -> str:
        """The page's path."""
        return f"/docs/{self.of.object_id}"

    @property
    def url(self) -> str:
        """The page."""
        return f"https://{self.context.world.slug}.monday.com{self.relative_url}"

    @property
    def workspace(self) -> Any:
        """The workspace; null in the main one."""
        return self.context.nodes.workspace(self.of.workspace_id)

    def blocks(self, _info: Any, limit: int = 25, page: int = 1) -> list[dict[str, Any]]:
        """Its content, in order."""
        return _blocks(self, self.of.blocks, limit, page)


def _blocks(node: DocNode, blocks: list[Block], limit: int, number: int) -> list[dict[str, Any]]:
    found = [
        {
            "id": one.id,
            "type": one.type,
            "content": one.content,
            "parent_block_id": one.parent_id,
            "position": float(place * 65_536),
            "doc_id": node.id,
            "created_at": node.created_at,
            "updated_at": node.updated_at,
            "created_by": node.created_by,
        }
        for place, one in enumerate(blocks, start=1)
    ]
    return page(found, limit, number)
