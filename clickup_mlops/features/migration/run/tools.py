"""What every step of a run works with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clickup_mlops.features.migration.columns._model import Lookup
from clickup_mlops.features.migration.journal import Journal, read_written
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.places import Place, Places
from clickup_mlops.features.migration.records import Update
from clickup_mlops.features.migration.run.model import Comment, Convert, Lossy, NotReady
from clickup_mlops.features.migration.source import Source
from clickup_mlops.features.migration.staging import Staged
from clickup_mlops.features.migration.steps import AddComment

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp


@dataclass(frozen=True, slots=True)
class Tools:
    """`clickup` with the bulk priority class; `convert` and `comment` make steps of records.

    `sleep` takes seconds; `now_ms` is ClickUp's clock.
    """

    clickup: "ClickUp"
    team_id: str
    mapping: Mapping
    source: Source
    staged: Staged
    journal: Journal
    places: Places
    lookup: Lookup
    convert: Convert
    comment: Comment
    now_ms: Callable[[], int]
    sleep: Callable[[float], None]

    def commented(self, update: Update) -> tuple[AddComment, Sequence[Lossy]]:
        """The comment that an update becomes. Raises as `Convert` does."""
        assets = (self.staged.asset(update.item_id, asset_id) for asset_id in update.assets)
        names = {asset.id: asset.name for asset in assets if asset is not None}
        return self.comment(update, self.mapping, self.lookup, names)

    def task(self, item_id: str) -> str:
        """The id of an item's task. Raises NotReady."""
        task_id = self.journal.task(item_id)
        if task_id is None:
            raise NotReady("the item's task")
        return task_id

    def place_of(self, item_id: str) -> Place:
        """The List that an item's task was created in. Raises NotReady."""
        step = self.journal.get(f"task:{item_id}")
        list_id = str(read_written(step).get("list") or "") if step and step.target else ""
        if not list_id:
            raise NotReady("the item's task")
        return self.places.by_list(list_id)
