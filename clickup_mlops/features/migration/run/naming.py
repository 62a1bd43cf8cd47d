"""What a step is about, for people: the names of its item and its file."""

from clickup_mlops.features.migration.staging import Staged


def name_of(staged: Staged, key: str) -> str:
    """`"ITEM"`, or `"FILE" of "ITEM"`, of a step's key; empty: nothing is known of its item."""
    kind, first, *more_ids = key.split(":")
    if kind == "comment":
        update = staged.update(first)
        return _item(staged, update.item_id) if update else ""
    item = _item(staged, first)
    if kind != "file" or not item:
        return item
    asset = staged.asset(first, more_ids[0])
    return f'"{asset.name}" of {item}' if asset and asset.name else f"{more_ids[0]} of {item}"


def _item(staged: Staged, item_id: str) -> str:
    item = staged.item(item_id)
    return f'"{item.name}"' if item and item.name.strip() else ""
