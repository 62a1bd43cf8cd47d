"""What ClickUp documents and the sandbox does not have: each answers 501."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import not_modelled

ROUTES = Blueprint("unmodelled", __name__)

_PATHS = {
    "goals": """
        /api/v2/team/<team_id>/goal  /api/v2/goal/<goal_id>  /api/v2/goal/<goal_id>/key_result
        /api/v2/key_result/<key_result_id>""",
    "guests": """
        /api/v2/team/<team_id>/guest  /api/v2/team/<team_id>/guest/<guest_id>
        /api/v2/task/<task_id>/guest/<guest_id>  /api/v2/list/<list_id>/guest/<guest_id>
        /api/v2/folder/<folder_id>/guest/<guest_id>""",
    "inviting and editing users": """
        /api/v2/team/<team_id>/user  /api/v2/team/<team_id>/user/<user_id>
        /api/v2/team/<team_id>/shared""",
    "time tracking": """
        /api/v2/task/<task_id>/time  /api/v2/task/<task_id>/time/<interval_id>
        /api/v2/team/<team_id>/time_entries  /api/v2/team/<team_id>/time_entries/<timer_id>
        /api/v2/team/<team_id>/time_entries/<timer_id>/history
        /api/v2/team/<team_id>/time_entries/current  /api/v2/team/<team_id>/time_entries/tags
        /api/v2/team/<team_id>/time_entries/start  /api/v2/team/<team_id>/time_entries/stop
        /api/v3/workspaces/<workspace_id>/tasks/<task_id>/time_estimates_by_user""",
    "merging tasks": "/api/v2/task/<task_id>/merge",
    "access control": "/api/v3/workspaces/<workspace_id>/<object_type>/<object_id>/acls",
    "audit logs": "/api/v3/workspaces/<workspace_id>/auditlogs",
    "users tagged in chat": """
        /api/v3/workspaces/<workspace_id>/chat/messages/<message_id>/tagged_users""",
    "comment subtypes": """
        /api/v3/workspaces/<workspace_id>/comments/types/<comment_type>/subtypes""",
}


def _register(path: str, what: str) -> None:
    def refuse(**_given: str) -> Response:
        return not_modelled(what)

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    ROUTES.add_url_rule(path, f"{what} {path}".replace(".", ""), refuse, methods=methods)


for _what, _paths in _PATHS.items():
    for _path in _paths.split():
        _register(_path, _what)
