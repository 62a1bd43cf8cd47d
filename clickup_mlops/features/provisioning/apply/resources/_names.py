"""Names that are taken: two objects that people swapped are renamed in turn."""

from collections.abc import Callable
from typing import Final

from clickup_mlops.errors import ApiError
from clickup_mlops.features.provisioning.apply.session import Session

TAKEN: Final = frozenset({"CAT_014", "SUBCAT_016", "INPUT_002"})
"""ClickUp's codes: the name of a Folder, List or Space is taken."""


def change(
    session: Session,
    object_id: str,
    send: Callable[[], object],
    holder: Callable[[], str | None],
    rename: Callable[[str, str], object],
) -> None:
    """Send a change that may rename. If an object of the template has the name at present, it gets
    a name of its own first; the step that names it is in the same plan.

    Raises:
        ApiError: ClickUp refused, or somebody else's object has the name.
    """
    try:
        send()
    except ApiError as problem:
        other_id = holder() if problem.code in TAKEN else None
        if other_id is None or other_id == object_id or other_id not in session.ids.values():
            raise
        rename(other_id, f"renaming {other_id}")
        send()
