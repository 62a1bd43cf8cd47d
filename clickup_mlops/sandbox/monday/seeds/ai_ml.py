"""An AI/ML account."""

from clickup_mlops.sandbox.monday.control import Control
from clickup_mlops.sandbox.monday.state.structure import labels


def plant(control: Control) -> None:
    """Fill the account."""
    control.add_user("Ada Admin", "ada@inference-lab.example", kind="admin")
    control.add_user("Bea Batch", "bea@inference-lab.example", time_zone="Europe/Berlin")
    control.add_workspace("Main workspace", main=True)
    board = control.add_board("LLM serving", empty=True, groups=("Now", "Next"))
    settings = labels("Working on it", "Done", "Stuck")
    control.add_column(board, "Status", "status", column_id="status", settings=settings)
    control.add_item(board, "Quantise the reranker", {"status": "Stuck"})
