"""Views at every level, and the tasks they show."""

from collections.abc import Callable

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.arguments import number
from clickup_mlops.sandbox.clickup.edge import actor, answer, body, services, world
from clickup_mlops.sandbox.clickup.state import views
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import Folder, Space, TaskList, Team
from clickup_mlops.sandbox.clickup.state.tasks.search import PAGE
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.views import view

ROUTES = Blueprint("views", __name__)

_FINDERS: dict[str, Callable[[World, str], Team | Space | Folder | TaskList]] = {
    "team": places.team,
    "space": places.space,
    "folder": places.folder,
    "list": places.task_list,
}


def _parent(level: str, place_id: str) -> Team | Space | Folder | TaskList:
    return _FINDERS[level](world(), place_id)


def _listed(level: str, place_id: str) -> Response:
    found = views.of(world(), _parent(level, place_id))
    return answer({"views": [view(one) for one in found]})


def _created(level: str, place_id: str) -> Response:
    made = views.create(world(), actor(), _parent(level, place_id), body())
    return answer({"view": view(made)})


@ROUTES.get("/api/v2/team/<team_id>/view")
def of_team(team_id: str) -> Response:
    """The views of a Workspace ("everything")."""
    return _listed("team", team_id)


@ROUTES.post("/api/v2/team/<team_id>/view")
def in_team(team_id: str) -> Response:
    """A new view of everything."""
    return _created("team", team_id)


@ROUTES.get("/api/v2/space/<space_id>/view")
def of_space(space_id: str) -> Response:
    """The views of a Space."""
    return _listed("space", space_id)


@ROUTES.post("/api/v2/space/<space_id>/view")
def in_space(space_id: str) -> Response:
    """A new view of a Space."""
    return _created("space", space_id)


@ROUTES.get("/api/v2/folder/<folder_id>/view")
def of_folder(folder_id: str) -> Response:
    """The views of a Folder."""
    return _listed("folder", folder_id)


@ROUTES.post("/api/v2/folder/<folder_id>/view")
def in_folder(folder_id: str) -> Response:
    """A new view of a Folder."""
    return _created("folder", folder_id)


@ROUTES.get("/api/v2/list/<list_id>/view")
def of_list(list_id: str) -> Response:
    """The views of a List."""
    return _listed("list", list_id)


@ROUTES.post("/api/v2/list/<list_id>/view")
def in_list(list_id: str) -> Response:
    """A new view of a List."""
    return _created("list", list_id)


@ROUTES.get("/api/v2/view/<view_id>")
def get(view_id: str) -> Response:
    """One view."""
    return answer({"view": view(views.get(world(), view_id))})


@ROUTES.put("/api/v2/view/<view_id>")
def update(view_id: str) -> Response:
    """Replace a view's definition."""
    return answer({"view": view(views.update(world(), views.get(world(), view_id), body()))})


@ROUTES.delete("/api/v2/view/<view_id>")
def delete(view_id: str) -> Response:
    """Delete a view."""
    world().views.drop(views.get(world(), view_id).id)
    return answer({})


@ROUTES.get("/api/v2/view/<view_id>/task")
def tasks(view_id: str) -> Response:
    """A page of the tasks that a view shows."""
    found = views.get(world(), view_id)
    listed = services().search.all(found.team_id, views.query(found))
    kept = [task for task in listed if views.keeps(found, task)]
    start = number("page", 0) * PAGE
    return answer(services().bytes.page(kept[start : start + PAGE], start + PAGE >= len(kept)))
