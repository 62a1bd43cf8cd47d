"""Templates of the workspace. They can be used, not made, through the API."""

from collections.abc import Iterator

from clickup_mlops.clickup.client.base import Raw, Resource, check_name
from clickup_mlops.clickup.client.paging import Page, iterate_pages
from clickup_mlops.clickup.hierarchy import Template
from clickup_mlops.clickup.response import ResponseBody
from clickup_mlops.json_types import Json


class Templates(Resource):
    """Find templates and create from them.

    Creating answers at once with the new object's id; its content may follow later. `options` are
    ClickUp's own (`return_immediately`, `custom_fields`, `old_statuses`, `include_views` ...).
    """

    def tasks(self, team_id: str) -> Iterator[Template]:
        """The workspace's task templates.

        https://developer.clickup.com/reference/gettasktemplates
        """
        return iterate_pages(lambda number: self._page(team_id, number))

    def lists(self, team_id: str) -> tuple[Template, ...]:
        """The workspace's list templates.

        https://developer.clickup.com/reference/getlisttemplates
        """
        return self._api.get("/api/v2/team/{team_id}/list_template", team_id=team_id).parse_many(
            Template.parse, "templates"
        )

    def folders(self, team_id: str) -> tuple[Template, ...]:
        """The workspace's folder templates.

        https://developer.clickup.com/reference/getfoldertemplates
        """
        return self._api.get("/api/v2/team/{team_id}/folder_template", team_id=team_id).parse_many(
            Template.parse, "templates"
        )

    def create_task(self, list_id: str, template_id: str, name: str) -> str:
        """A task from a template; its id.

        https://developer.clickup.com/reference/createtaskfromtemplate
        """
        route = "/api/v2/list/{list_id}/taskTemplate/{template_id}"
        body = {"name": check_name(name)}
        return _read_new_id(self._api.post(route, body, list_id=list_id, template_id=template_id))

    def create_list(
        self,
        template_id: str,
        name: str,
        *,
        space_id: str | None = None,
        folder_id: str | None = None,
        **options: Json,
    ) -> str:
        """A list from a template, in a folder, else directly in a space; its id.

        https://developer.clickup.com/reference/createfolderlistfromtemplate
        https://developer.clickup.com/reference/createspacelistfromtemplate
        """
        body = _build_body(name, options)
        if folder_id is not None:
            route = "/api/v2/folder/{folder_id}/list_template/{template_id}"
            answer = self._api.post(route, body, folder_id=folder_id, template_id=template_id)
        else:
            route = "/api/v2/space/{space_id}/list_template/{template_id}"
            answer = self._api.post(route, body, space_id=space_id or "", template_id=template_id)
        return _read_new_id(answer)

    def create_folder(self, space_id: str, template_id: str, name: str, **options: Json) -> str:
        """A folder from a template; its id.

        https://developer.clickup.com/reference/createfolderfromtemplate
        """
        route = "/api/v2/space/{space_id}/folder_template/{template_id}"
        body = _build_body(name, options)
        return _read_new_id(self._api.post(route, body, space_id=space_id, template_id=template_id))

    def _page(self, team_id: str, number: int) -> Page[Template]:
        route = "/api/v2/team/{team_id}/taskTemplate"
        answer = self._api.get(route, {"page": number}, team_id=team_id)
        # The end shows only as an empty page.
        return answer.parse_many(Template.parse, "templates"), False


def _build_body(name: str, options: Raw) -> Raw:
    return {"name": check_name(name), **({"options": options} if options else {})}


def _read_new_id(answer: ResponseBody) -> str:
    """The new object's id: directly, or inside `task`, `list` or `folder`."""
    # The endpoints disagree: some answer with the id, some with the whole object.
    inner = next((key for key in ("task", "list", "folder") if answer.get(key)), None)
    return answer.parse_one(Template.parse, inner).id
