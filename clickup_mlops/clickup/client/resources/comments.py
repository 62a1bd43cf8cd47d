"""Comments on tasks, lists and chat views, with their replies."""

from collections.abc import Iterator, Sequence

from clickup_mlops.clickup.blocks import Block
from clickup_mlops.clickup.client.base import Id, Raw, Resource, drop_none
from clickup_mlops.clickup.content import Comment
from clickup_mlops.errors import InputError
from clickup_mlops.json_types import Json

PAGE_SIZE = 25
"""Comments on a page; ClickUp fixes it."""

Content = str | Sequence[Block]
"""Plain text, or blocks (see `clickup.blocks`)."""


class Comments(Resource):
    """Read and write comments. Newest first, 25 a page."""

    def of_task(self, task_id: str) -> Iterator[Comment]:
        """The task's comments, newest first.

        https://developer.clickup.com/reference/gettaskcomments
        """
        return self._iterate_pages("/api/v2/task/{task_id}/comment", task_id=task_id)

    def of_list(self, list_id: str) -> Iterator[Comment]:
        """The list's comments, newest first.

        https://developer.clickup.com/reference/getlistcomments
        """
        return self._iterate_pages("/api/v2/list/{list_id}/comment", list_id=list_id)

    def of_view(self, view_id: str) -> Iterator[Comment]:
        """A chat view's comments, newest first.

        https://developer.clickup.com/reference/getchatviewcomments
        """
        return self._iterate_pages("/api/v2/view/{view_id}/comment", view_id=view_id)

    def replies(self, comment_id: str) -> tuple[Comment, ...]:
        """The replies to a comment.

        https://developer.clickup.com/reference/getthreadedcomments
        """
        answer = self._api.get("/api/v2/comment/{comment_id}/reply", comment_id=comment_id)
        return answer.parse_many(Comment.parse, "comments")

    def add(
        self,
        task_id: str,
        content: Content,
        *,
        assignee: int | None = None,
        group: str | None = None,
        notify_all: bool = False,
    ) -> Comment:
        """A new comment, assigned to a person or a user group; the answer knows only id and date.

        Raises:
            UncertainWrite: no answer came: read the comments before writing again.

        https://developer.clickup.com/reference/createtaskcomment
        """
        body = _build_body(content, assignee=assignee, group_assignee=group, notify_all=notify_all)
        return self._api.post("/api/v2/task/{task_id}/comment", body, task_id=task_id).parse_one(
            Comment.parse
        )

    def add_to_list(self, list_id: str, content: Content, *, assignee: int) -> Comment:
        """A new comment on a list.

        https://developer.clickup.com/reference/createlistcomment
        """
        body = _build_body(content, assignee=assignee, notify_all=False)
        return self._api.post("/api/v2/list/{list_id}/comment", body, list_id=list_id).parse_one(
            Comment.parse
        )

    def add_to_view(self, view_id: str, content: Content, *, notify_all: bool = False) -> Comment:
        """A new comment in a chat view.

        https://developer.clickup.com/reference/createchatviewcomment
        """
        body = _build_body(content, notify_all=notify_all)
        return self._api.post("/api/v2/view/{view_id}/comment", body, view_id=view_id).parse_one(
            Comment.parse
        )

    def reply(self, comment_id: str, content: Content, *, notify_all: bool = False) -> Comment:
        """A reply in the comment's thread.

        https://developer.clickup.com/reference/createthreadedcomment
        """
        body = _build_body(content, notify_all=notify_all)
        route = "/api/v2/comment/{comment_id}/reply"
        return self._api.post(route, body, comment_id=comment_id).parse_one(Comment.parse)

    def update(
        self,
        comment_id: str,
        content: Content | None = None,
        *,
        assignee: int | None = None,
        group: str | None = None,
        resolved: bool | None = None,
    ) -> None:
        """Change what is given.

        https://developer.clickup.com/reference/updatecomment
        """
        body = drop_none(assignee=assignee, group_assignee=group, resolved=resolved)
        if content is not None:
            body |= _build_body(content)
        self._api.put("/api/v2/comment/{comment_id}", body, comment_id=comment_id)

    def delete(self, comment_id: str) -> None:
        """Remove the comment.

        https://developer.clickup.com/reference/deletecomment
        """
        self._api.delete("/api/v2/comment/{comment_id}", comment_id=comment_id)

    def _iterate_pages(self, route: str, **path: Id) -> Iterator[Comment]:
        after: dict[str, Json] = {}
        while True:
            comments = self._api.get(route, after, **path).parse_many(Comment.parse, "comments")
            following = _next_page_parameters(comments)
            if after and following == after:
                return  # the same page again: it would go on for ever
            yield from comments
            if not following:
                return
            after = following


def _next_page_parameters(comments: Sequence[Comment]) -> Raw:
    """What asks for the page after this one; nothing if it is the last."""
    if len(comments) < PAGE_SIZE:
        return {}
    return {"start": comments[-1].date_ms, "start_id": comments[-1].id}


def _build_body(content: Content, **extra: Json) -> Raw:
    if not content:
        raise InputError("the comment is empty")
    key = "comment_text" if isinstance(content, str) else "comment"
    return {key: content if isinstance(content, str) else list(content)} | drop_none(**extra)
