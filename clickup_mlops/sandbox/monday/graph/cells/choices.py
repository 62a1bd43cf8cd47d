"""Labels, tags, votes and marks."""

from typing import TYPE_CHECKING

from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.state import labels
from clickup_mlops.sandbox.monday.state.model import Json, Tag
from clickup_mlops.sandbox.monday.state.structure import COLORS

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.graph.nodes.people import UserNode


class Status(Cell):
    """status: text is null when empty."""

    GRAPHQL = "StatusValue"
    EMPTY_TEXT = None

    def shown(self, raw: Json) -> str | None:
        """The label."""
        return self._label.get("label") or None

    @property
    def _label(self) -> dict[str, Json]:
        return {} if self.raw is None else labels.label(self.of, self.raw["index"], "index")

    @property
    def index(self) -> int | None:
        """Of the label."""
        found: int | None = self.get("index")
        return found

    @property
    def label(self) -> str | None:
        """The label."""
        return self.text

    @property
    def is_done(self) -> bool | None:
        """Whether the label means done."""
        return self._label.get("is_done") if self._label else None

    @property
    def label_style(self) -> dict[str, str] | None:
        """Colours."""
        if not self._label:
            return None
        color = self._label.get("hex", COLORS[0])
        return {"color": color, "border": color}

    @property
    def update_id(self) -> str | None:
        """The update that explains the status."""
        found: str | None = self.get("post_id")
        return found


class Dropdown(Cell):
    """dropdown: text is null when empty."""

    GRAPHQL = "DropdownValue"
    EMPTY_TEXT = None

    def shown(self, raw: Json) -> str:
        """The labels."""
        return ", ".join(one["label"] for one in self.values)

    @property
    def values(self) -> list[dict[str, str]]:
        """The labels."""
        ids = self.get("ids") or []
        return [
            {"id": str(one), "label": labels.label(self.of, one, "id").get("label", "")}
            for one in ids
        ]


class Tags(Cell):
    """tags."""

    GRAPHQL = "TagsValue"

    def shown(self, raw: Json) -> str:
        """The names."""
        return ", ".join(one.name for one in self.tags)

    @property
    def tag_ids(self) -> list[int]:
        """Ids."""
        return self.get("tag_ids") or []

    @property
    def tags(self) -> list[Tag]:
        """The tags that still exist."""
        known = self.context.world.tags
        return [known[one] for one in self.tag_ids if one in known]


class Checkbox(Cell):
    """checkbox."""

    GRAPHQL = "CheckboxValue"

    def shown(self, raw: Json) -> str:
        """A tick."""
        return "v" if self.checked else ""

    @property
    def checked(self) -> bool:
        """Whether it is ticked."""
        return self.get("checked") in (True, "true")


class Rating(Cell):
    """rating."""

    GRAPHQL = "RatingValue"

    def shown(self, raw: Json) -> str:
        """The number."""
        return str(raw["rating"])

    @property
    def rating(self) -> int | None:
        """How many."""
        found: int | None = self.get("rating")
        return found


class Vote(Cell):
    """vote: an empty cell shows 0."""

    GRAPHQL = "VoteValue"
    EMPTY_TEXT = "0"

    def shown(self, raw: Json) -> str:
        """How many."""
        return str(self.vote_count)

    @property
    def voter_ids(self) -> list[int]:
        """Who voted."""
        return self.get("voter_ids") or []

    @property
    def vote_count(self) -> int:
        """How many."""
        return len(self.voter_ids)

    @property
    def voters(self) -> list["UserNode"]:
        """Who voted."""
        return self.context.nodes.users(self.voter_ids)
