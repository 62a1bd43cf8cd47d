"""How a kind of step is done: what will be written, how to find it again, and the call."""

from typing import Any, Protocol

from clickup_mlops.features.migration.run import (
    attached,
    commented,
    created,
    related,
    small,
    tracked,
)
from clickup_mlops.features.migration.run.model import Made
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.steps import (
    AddComment,
    AddDependency,
    AddFile,
    AddLink,
    AddTime,
    AddWatchers,
    ArchiveTask,
    CreateTask,
    SetRelation,
    Step,
)
from clickup_mlops.json_types import JsonObject


class Call(Protocol):
    """A step that can be done now. Creating one raises NotReady if it cannot.

    All methods raise errors of the client, and InputError for values that cannot be right.
    """

    def about(self) -> JsonObject:
        """What is about to be written: enough to find it again. Called before `do`."""

    def find(self, about: JsonObject, since_ms: int) -> Made | None:
        """The effect, if it is there: begun after `since_ms` (Unix ms; 0: at any time).

        None also where doing it twice is the same as doing it once.
        """

    def do(self) -> Made:
        """Have the effect."""

    def close(self) -> None:
        """Release what `about` has opened."""


_CALLS: dict[type[Any], Any] = {
    CreateTask: created.Creation,
    AddDependency: related.Dependency,
    AddLink: related.Link,
    SetRelation: related.Relation,
    AddComment: commented.Commenting,
    AddFile: attached.Attaching,
    AddTime: tracked.Tracking,
    AddWatchers: small.Watching,
    ArchiveTask: small.Archiving,
}


def call(tools: Tools, step: Step) -> Call:
    """The call of a step. Raises NotReady."""
    built: Call = _CALLS[type(step)](tools, step)
    return built
