"""Views: saved ways to look at tasks."""

from collections.abc import Iterator
from typing import Literal

from clickup_mlops.clickup.client.base import Raw, Resource, check_name
from clickup_mlops.clickup.client.paging import Page, iterate_pages
from clickup_mlops.clickup.hierarchy import View
from clickup_mlops.clickup.model import Task
from clickup_mlops.json_types import Json

Place = Literal["team", "space", "folder", "list"]

_DEFAULTS: Raw = {
    "grouping": {"field": "none", "dir": 1, "collapsed": [], "ignore": False},
    # `collapsed` must be a list: `false` is refused with a 400 that names no field.
    "divide": {"field": None, "dir": None, "collapsed": []},
    "sorting": {"fields": []},
    "filters": {"op": "AND", "fields": [], "search": "", "show_closed": False},
    "columns": {"fields": []},
    "team_sidebar": {"assignees": [], "assigned_comments": False, "unassigned_tasks": False},
    "settings": {
        "show_task_locations": False,
        "show_subtasks": 3,
        "show_subtask_parent_names": False,
        "show_closed_subtasks": False,
        "show_assignees": True,
        "show_images": True,
        "collapse_empty_columns": None,
        "me_comments": True,
        "me_subtasks": True,
        "me_checklists": True,
    },
}


class Views(Resource):
    """Views of a workspace (`team`), space, folder or list."""

    def of(self, place: Place, place_id: str) -> tuple[View, ...]:
        """The views of a place.

        https://developer.clickup.com/reference/getteamviews
        https://developer.clickup.com/reference/getspaceviews
        https://developer.clickup.com/reference/getfolderviews
        https://developer.clickup.com/reference/getlistviews
        """
        answer = self._api.get(_build_route(place), place_id=place_id)
        return answer.parse_many(View.parse, "views")

    def get(self, view_id: str) -> View:
        """One view.

        https://developer.clickup.com/reference/getview
        """
        return self._api.get("/api/v2/view/{view_id}", view_id=view_id).parse_one(
            View.parse, "view"
        )

    def create(
        self, place: Place, place_id: str, name: str, kind: str = "list", **settings: Json
    ) -> View:
        """A new view: `list`, `board`, `calendar`, `table`, `timeline`, `workload`, `gantt` ...

        `settings` are ClickUp's own keys (`filters`, `grouping`, `columns` ...); what is left out
        gets ClickUp's default.

        https://developer.clickup.com/reference/createteamview
        https://developer.clickup.com/reference/createspaceview
        https://developer.clickup.com/reference/createfolderview
        https://developer.clickup.com/reference/createlistview
        """
        body = {**_DEFAULTS, "name": check_name(name), "type": kind, **settings}
        return self._api.post(_build_route(place), body, place_id=place_id).parse_one(
            View.parse, "view"
        )

    def update(self, view: View, **settings: Json) -> View:
        """Change keys of a view. ClickUp replaces the whole definition, so the rest is sent too.

        https://developer.clickup.com/reference/updateview
        """
        # A key that is left out would go back to ClickUp's default.
        definition = {key: view.raw.get(key, default) for key, default in _DEFAULTS.items()}
        body = {
            "name": view.name,
            "type": view.type,
            "parent": view.raw.get("parent"),
            **definition,
            **settings,
        }
        answer = self._api.put("/api/v2/view/{view_id}", body, view_id=view.id)
        return answer.parse_one(View.parse, "view")

    def delete(self, view_id: str) -> None:
        """Remove the view; tasks stay.

        https://developer.clickup.com/reference/deleteview
        """
        self._api.delete("/api/v2/view/{view_id}", view_id=view_id)

    def tasks(self, view_id: str) -> Iterator[Task]:
        """The tasks that the view shows.

        https://developer.clickup.com/reference/getviewtasks
        """
        return iterate_pages(lambda number: self._page(view_id, number))

    def _page(self, view_id: str, number: int) -> Page[Task]:
        answer = self._api.get("/api/v2/view/{view_id}/task", {"page": number}, view_id=view_id)
        return answer.parse_many(Task.parse, "tasks"), bool(answer.get("last_page"))


def _build_route(place: Place) -> str:
    return f"/api/v2/{place}/{{place_id}}/view"
