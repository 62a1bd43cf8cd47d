"""Attachments on the wire."""

from clickup_mlops.sandbox.clickup.state.model import JsonTable


def format_upload(attachment: JsonTable) -> JsonTable:
    """The answer to a v2 upload: `date` is a number, `version` a string."""
    keys = ["title", "extension", "thumbnail_small", "thumbnail_large", "url"]
    return {
        "id": attachment["id"],
        "version": str(attachment["version"]),
        "date": int(attachment["date"]),
        **{key: attachment[key] for key in keys},
    }


def format_attachment(attachment: JsonTable, kind: str) -> JsonTable:
    """An attachment of a task or of a field in v3."""
    keys = [
        "extension",
        "id",
        "size",
        "title",
        "url",
        "thumbnail_small",
        "thumbnail_medium",
        "thumbnail_large",
    ]
    return {
        "date_created": int(attachment["date"]),
        "date_updated": int(attachment["date"]),
        **{key: attachment[key] for key in keys},
        "mime_type": attachment["mimetype"],
        "parent_entity_type": kind,
        "parent_id": attachment["parent_id"],
        "signed": False,
        "user_id": attachment["user"]["id"],
    }
