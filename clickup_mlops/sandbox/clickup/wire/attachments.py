"""Attachments on the wire."""

from clickup_mlops.sandbox.clickup.state.model import Json


def uploaded(made: Json) -> Json:
    """The answer to a v2 upload: `date` is a number, `version` a string."""
    keys = ["title", "extension", "thumbnail_small", "thumbnail_large", "url"]
    return {
        "id": made["id"],
        "version": str(made["version"]),
        "date": int(made["date"]),
        **{key: made[key] for key in keys},
    }


def listed(made: Json, kind: str) -> Json:
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
        "date_created": int(made["date"]),
        "date_updated": int(made["date"]),
        **{key: made[key] for key in keys},
        "mime_type": made["mimetype"],
        "parent_entity_type": kind,
        "parent_id": made["parent_id"],
        "signed": False,
        "user_id": made["user"]["id"],
    }
