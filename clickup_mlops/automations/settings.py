"""Settings of the automations as a whole, and a team's choices about single ones."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from clickup_mlops import content
from clickup_mlops.automations.choices import AutomationChoice
from clickup_mlops.automations.schedule import QuietTable
from clickup_mlops.config import Table


class AutomationsSettings(Table):
    """The automations in `automations/`, and your own."""

    folder: Path | None = None
    """The folder to read them from. Unset: the folder that came with the installation."""
    own_folders: tuple[Path, ...] = ()
    """Folders with automations of your own, for example `["our-automations"]`, used besides those
    of `folder`. One of the same name takes the place of that in an earlier folder."""
    record: bool = True
    """Record events and the tasks that were read, for `automations simulate` and `what-if`: about
    1 KB an event, for as long as `retention.recordings` says."""
    mode: Literal["on", "shadow"] = "shadow"
    """`shadow`: decide, record and explain, but write nothing to ClickUp, except in Lists that
    `live` let the bot write in. `on`: write. Going live is a decision: take it when you agree with
    what the bot would do."""
    quiet: QuietTable = QuietTable()
    """Hours in which automations with `quiet = true` wait; they act when the hours end."""
    by_name: dict[str, AutomationChoice] = Field({})
    """Choices about single automations, by name, without editing their files:
    `[automations.by_name.live_incident]` with any of `mode`, `cap`, `canary`, `quiet` and
    `settings`, a table of the automation's own. Each automation's page lists them."""
    hops: int = Field(default=4, ge=1)
    """So many automations may act because of each other's writes; the next one is stopped and says
    why. Keeps automations that undo each other from going on for ever."""

    @property
    def folders(self) -> tuple[Path, ...]:
        """All folders in use, those of your own last.

        Raises:
            ConfigError: one of them does not exist.
        """
        return tuple(
            content.find_folder("automations", folder, key=f"automations.{key}")
            for key, folders in (("folder", [self.folder]), ("own_folders", self.own_folders))
            for folder in folders
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all automations, in order; reads no file. Raises as `folders`."""
        return tuple(file.stem for file in content.list_toml_files(*self.folders))
