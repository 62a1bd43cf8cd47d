"""Files, links to files, and docs."""

from typing import Any

from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.state import times

KINDS = {
    "GOOGLE_DRIVE": "google_drive",
    "DROPBOX": "dropbox",
    "BOX": "box",
    "ONEDRIVE": "onedrive",
    "LINK": "link",
}


class Files(Cell):
    """file: assets, links to files elsewhere, and docs."""

    GRAPHQL = "FileValue"

    def format_text(self, raw: Any) -> str:
        """Addresses of the files, with commas."""
        return ", ".join(self._address(entry) for entry in raw["files"])

    def _address(self, entry: dict[str, Any]) -> str:
        if "assetId" in entry and entry["assetId"] in self.context.world.assets:
            return self.context.nodes.asset(entry["assetId"]).url
        return str(entry.get("url") or entry.get("name") or "")

    @property
    def files(self) -> list[dict[str, Any]]:
        """Each file as an object of its own type: asset, link or doc."""
        return [self._file(number, entry) for number, entry in enumerate(self.get("files") or [])]

    def _file(self, number: int, entry: dict[str, Any]) -> dict[str, Any]:
        person = int(entry.get("createdBy") or 0)
        shared = {
            "created_at": times.format_iso(entry["createdAt"]),
            "creator_id": str(person),
            "creator": self.context.nodes.user(person),
            "name": entry.get("name", ""),
        }
        if "assetId" in entry:
            return shared | self._asset(entry)
        shared["file_id"] = f"{self.item.id}_{number}"
        if "objectId" in entry:
            return shared | _build_doc_fields(entry["objectId"], self)
        kind = KINDS.get(entry.get("fileType", ""), "link")
        return shared | {"__typename": "FileLinkValue", "kind": kind, "url": entry.get("url")}

    def _asset(self, entry: dict[str, Any]) -> dict[str, Any]:
        asset = self.context.world.assets.get(entry["assetId"])
        fields: dict[str, Any] = {"asset_id": str(entry["assetId"])}
        if asset is None:
            return fields | {"__typename": "FileAssetInvalidValue", "error": "Asset not found"}
        return fields | {
            "__typename": "FileAssetValue",
            "asset": self.context.nodes.asset(asset.id),
            "is_image": entry["isImage"] == "true",
        }


def _build_doc_fields(doc_id: int, cell: Cell) -> dict[str, Any]:
    node = cell.context.nodes.doc(doc_id)
    return {
        "__typename": "FileDocValue",
        "doc": node,
        "object_id": node.object_id,
        "url": node.url,
    }


class Doc(Files):
    """doc: holds one doc."""

    GRAPHQL = "DocValue"

    def _address(self, entry: dict[str, Any]) -> str:
        return self.context.nodes.doc(entry["objectId"]).url

    @property
    def file(self) -> dict[str, Any] | None:
        """The doc as an object of the schema, if there is one."""
        return next(iter(self.files), None)


class DirectDoc(Doc):
    """direct_doc: is the object of its doc itself."""

    GRAPHQL = "DirectDocValue"

    @property
    def file(self) -> "DirectDoc | None":  # type: ignore[override]
        """Itself, if there is a doc."""
        return self if self.raw is not None else None
