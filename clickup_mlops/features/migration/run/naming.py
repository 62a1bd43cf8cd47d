"""What a step is about, for people: the names of its item and its file."""

from clickup_mlops.features.migration.staging import Staged


def name_of(staged: Staged, key: str) -> str:
    """`"ITEM"`, or `"FILE" of "ITEM"`, of a step's key; empty: nothing is known of its item."""
    kind, first, *rest = key.split(":")
    if kind == "comment":
        update = staged.update(first)
        return _item(staged, update.item_id) if update else ""
    item = _item(staged, first)
    if kind != "file" or not item:
        return item
    asset = staged.asset(first, rest[0])
    return f'"{asset.name}" of {item}' if asset and asset.name else f"{rest[0]} of {item}"


def _item(staged: Staged, item_id: str) -> str:
    found = staged.item(item_id)
    return f'"{found.name}"' if found and found.name.strip() else ""
