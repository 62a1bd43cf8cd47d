"""Labels, tags, votes and marks."""

from typing import TYPE_CHECKING, Any

from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.state import labels
from clickup_mlops.sandbox.monday.state.model import Tag
from clickup_mlops.sandbox.monday.state.structure import COLORS

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.graph.nodes.people import UserNode


class Status(Cell):
    """status: text is null when empty."""

    GRAPHQL = "StatusValue"
    EMPTY_TEXT = None

    def format_text(self, raw: Any) -> str | None:
        """The name of the label; None if it was removed or is blank."""
        return self._label.get("label") or None

    @property
    def _label(self) -> dict[str, Any]:
        return (
            {}
            if self.raw is None
            else labels.find_label(self.definition, self.raw["index"], "index")
        )

    @property
    def index(self) -> int | None:
        """The index of the label, which is what the raw value holds."""
        return self.get_number("index")

    @property
    def label(self) -> str | None:
        """The name of the label, the same as `text`."""
        return self.text

    @property
    def is_done(self) -> bool | None:
        """Whether the label means done."""
        return self._label.get("is_done") if self._label else None

    @property
    def label_style(self) -> dict[str, str] | None:
        """Fill and border colour of the label."""
        if not self._label:
            return None
        color = self._label.get("hex", COLORS[0])
        return {"color": color, "border": color}

    @property
    def update_id(self) -> str | None:
        """The update that explains the status."""
        return self.get_text("post_id")


class Dropdown(Cell):
    """dropdown: text is null when empty."""

    GRAPHQL = "DropdownValue"
    EMPTY_TEXT = None

    def format_text(self, raw: Any) -> str:
        """The names of the labels, with commas."""
        return ", ".join(label["label"] for label in self.values)

    @property
    def values(self) -> list[dict[str, str]]:
        """Id and name of each label."""
        ids = self.get("ids") or []
        return [
            {
                "id": str(label_id),
                "label": labels.find_label(self.definition, label_id, "id").get("label", ""),
            }
            for label_id in ids
        ]


class Tags(Cell):
    """tags: the raw value holds ids of tags of the account."""

    GRAPHQL = "TagsValue"

    def format_text(self, raw: Any) -> str:
        """The names of the tags, with commas."""
        return ", ".join(tag.name for tag in self.tags)

    @property
    def tag_ids(self) -> list[int]:
        """The ids in the raw value, also those of deleted tags."""
        return self.get("tag_ids") or []

    @property
    def tags(self) -> list[Tag]:
        """The tags that still exist."""
        tags = self.context.world.tags
        return [tags[tag_id] for tag_id in self.tag_ids if tag_id in tags]


class Checkbox(Cell):
    """checkbox: the raw value has a boolean or the text "true"."""

    GRAPHQL = "CheckboxValue"

    def format_text(self, raw: Any) -> str:
        """`v` if it is ticked, else an empty text."""
        return "v" if self.checked else ""

    @property
    def checked(self) -> bool:
        """Whether it is ticked."""
        return self.get("checked") in (True, "true")


class Rating(Cell):
    """rating: a whole number up to the column's `limit`."""

    GRAPHQL = "RatingValue"

    def format_text(self, raw: Any) -> str:
        """The number as text."""
        return str(raw["rating"])

    @property
    def rating(self) -> int | None:
        """The number of stars."""
        return self.get_number("rating")


class Vote(Cell):
    """vote: an empty cell shows 0."""

    GRAPHQL = "VoteValue"
    EMPTY_TEXT = "0"

    def format_text(self, raw: Any) -> str:
        """The number of votes as text."""
        return str(self.vote_count)

    @property
    def voter_ids(self) -> list[int]:
        """The ids of the users who voted."""
        return self.get("voter_ids") or []

    @property
    def vote_count(self) -> int:
        """The number of votes."""
        return len(self.voter_ids)

    @property
    def voters(self) -> list["UserNode"]:
        """The users who voted and still exist."""
        return self.context.nodes.users(self.voter_ids)
