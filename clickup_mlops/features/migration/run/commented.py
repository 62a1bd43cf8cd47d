"""An update as a comment, or as a reply in the thread of another one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clickup_mlops.clickup import blocks
from clickup_mlops.features.migration.journal import text_hash
from clickup_mlops.features.migration.run.model import Made, NotReady
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.steps import AddComment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clickup_mlops.clickup.content import Comment


class Commenting:
    """Adds a comment. A reply to an update that is gone from the source stands on its own."""

    def __init__(self, tools: Tools, step: AddComment) -> None:
        self._tools, self._step = tools, step
        self._task = tools.task(step.item_id)
        self._thread = self._parent(step.reply_to) if step.reply_to else None
        self._blocks = blocks.from_markdown(step.markdown)

    def _parent(self, update_id: str) -> str | None:
        comment_id = self._tools.journal.target(f"comment:{update_id}")
        if comment_id is None and self._tools.staged.update(update_id) is not None:
            raise NotReady("the comment that it replies to")
        return comment_id

    def about(self) -> Mapping[str, Any]:
        """Item and a hash of the text."""
        return {"item": self._step.item_id, "hash": text_hash(self._step.markdown)}

    def find(self, about: Mapping[str, Any], since_ms: int) -> Made | None:
        """By its text, among those that no other step has made."""
        for comment in self._existing_comments():
            is_equal = blocks.is_shown(self._blocks, comment.text)
            if is_equal and not self._tools.journal.has_created(comment.id):
                return Made(comment.id, self.about())
        return None

    def _existing_comments(self) -> "Iterable[Comment]":
        comments = self._tools.clickup.comments
        return comments.replies(self._thread) if self._thread else comments.of_task(self._task)

    def do(self) -> Made:
        """Write it."""
        comments = self._tools.clickup.comments
        if self._thread:
            comment = comments.reply(self._thread, self._blocks)
        else:
            comment = comments.add(self._task, self._blocks)
        return Made(comment.id, self.about(), self._notes())

    def _notes(self) -> tuple[str, ...]:
        if len(self._step.markdown) <= blocks.LONGEST:
            return ()
        return (f"update {self._step.update_id}: cut after {blocks.LONGEST:,} characters",)

    def close(self) -> None:
        """Nothing is open."""
