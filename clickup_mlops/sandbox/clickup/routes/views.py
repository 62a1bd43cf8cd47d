"""Views at every level, and the tasks they show."""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.arguments import read_number
from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_services, get_world, read_body
from clickup_mlops.sandbox.clickup.state import access, views
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import Folder, Space, TaskList, Team
from clickup_mlops.sandbox.clickup.state.tasks.search import PAGE
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.views import format_view

ROUTES = Blueprint("views", __name__)

_FINDERS: dict[str, Callable[[World, str], Team | Space | Folder | TaskList]] = {
    "team": places.get_team,
    "space": places.get_space,
    "folder": places.get_folder,
    "list": places.get_list,
}


def _find_parent(level: str, place_id: str) -> Team | Space | Folder | TaskList:
    return _FINDERS[level](get_world(), place_id)


def _answer_views(level: str, place_id: str) -> Response:
    place_views = views.list_views(get_world(), _find_parent(level, place_id))
    return answer({"views": [format_view(view) for view in place_views]})


def _create_view(level: str, place_id: str) -> Response:
    view = views.create(get_world(), get_actor(), _find_parent(level, place_id), read_body())
    return answer({"view": format_view(view)})


@ROUTES.get("/api/v2/team/<team_id>/view")
def list_of_team(team_id: str) -> Response:
    """The views of a Workspace ("everything")."""
    return _answer_views("team", team_id)


@ROUTES.post("/api/v2/team/<team_id>/view")
def create_in_team(team_id: str) -> Response:
    """A new view of everything."""
    return _create_view("team", team_id)


@ROUTES.get("/api/v2/space/<space_id>/view")
def list_of_space(space_id: str) -> Response:
    """The views of a Space."""
    return _answer_views("space", space_id)


@ROUTES.post("/api/v2/space/<space_id>/view")
def create_in_space(space_id: str) -> Response:
    """A new view of a Space."""
    return _create_view("space", space_id)


@ROUTES.get("/api/v2/folder/<folder_id>/view")
def list_of_folder(folder_id: str) -> Response:
    """The views of a Folder."""
    return _answer_views("folder", folder_id)


@ROUTES.post("/api/v2/folder/<folder_id>/view")
def create_in_folder(folder_id: str) -> Response:
    """A new view of a Folder."""
    return _create_view("folder", folder_id)


@ROUTES.get("/api/v2/list/<list_id>/view")
def list_of_list(list_id: str) -> Response:
    """The views of a List."""
    return _answer_views("list", list_id)


@ROUTES.post("/api/v2/list/<list_id>/view")
def create_in_list(list_id: str) -> Response:
    """A new view of a List."""
    return _create_view("list", list_id)


@ROUTES.get("/api/v2/view/<view_id>")
def get(view_id: str) -> Response:
    """One view with its whole definition."""
    return answer({"view": format_view(views.get(get_world(), view_id))})


@ROUTES.put("/api/v2/view/<view_id>")
def update(view_id: str) -> Response:
    """Replace a view's definition."""
    return answer(
        {
            "view": format_view(
                views.update(get_world(), views.get(get_world(), view_id), read_body())
            )
        }
    )


@ROUTES.delete("/api/v2/view/<view_id>")
def delete(view_id: str) -> Response:
    """Delete a view; its counted uses do not come back."""
    get_world().views.drop(views.get(get_world(), view_id).id)
    return answer({})


@ROUTES.get("/api/v2/view/<view_id>/task")
def list_tasks(view_id: str) -> Response:
    """A page of the tasks that a view shows."""
    view = views.get(get_world(), view_id)
    hidden = access.list_hidden(get_world(), get_actor())
    query = replace(views.build_query(view), hidden_list_ids=hidden)
    listed = get_services().search.all(view.team_id, query)
    matches = [task for task in listed if views.is_in_view(view, task)]
    start = read_number("page", 0) * PAGE
    return answer(
        get_services().bytes.page(matches[start : start + PAGE], start + PAGE >= len(matches))
    )
