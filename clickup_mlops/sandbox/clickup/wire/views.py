"""Views on the wire."""

from clickup_mlops.sandbox.clickup.state.model import JsonTable, View

_DEFAULTS: JsonTable = {
    "grouping": {"field": "none", "dir": 1, "collapsed": [], "ignore": False},
    "divide": {"field": None, "dir": None, "collapsed": []},
    "sorting": {"fields": []},
    "filters": {"op": "AND", "fields": [], "search": "", "show_closed": False},
    "columns": {"fields": []},
    "team_sidebar": {"assignees": [], "assigned_comments": False, "unassigned_tasks": False},
    "settings": {"show_task_locations": False, "show_subtasks": 3},
}


def format_view(view: View) -> JsonTable:
    """A view with its whole definition."""
    return {
        "id": view.id,
        **_DEFAULTS,
        **view.body,
        "parent": {"id": view.parent_id, "type": view.parent_type},
        "date_created": str(view.date_created),
        "creator": view.creator_id,
        "visibility": "public",
        "protected": False,
    }
