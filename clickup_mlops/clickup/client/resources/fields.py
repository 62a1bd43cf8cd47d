"""Custom fields: definitions of a place, values of a task."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from clickup_mlops.clickup import fields as codecs
from clickup_mlops.clickup.client.base import Resource, check_name
from clickup_mlops.clickup.model import FieldDefinition, Task
from clickup_mlops.clickup.request import Request
from clickup_mlops.errors import InputError
from clickup_mlops.json_types import Json
from clickup_mlops.spelling import suggest_word


class Fields(Resource):
    """Read definitions; set and clear values. No documented call creates or deletes one."""

    def of_list(self, list_id: str) -> tuple[FieldDefinition, ...]:
        """Every field that tasks of the list can have, inherited ones included.

        https://developer.clickup.com/reference/getaccessiblecustomfields
        """
        return self._api.get("/api/v2/list/{list_id}/field", list_id=list_id).parse_many(
            FieldDefinition.parse, "fields"
        )

    def of_folder(self, folder_id: str) -> tuple[FieldDefinition, ...]:
        """Fields that were made on the folder itself.

        https://developer.clickup.com/reference/getfolderavailablefields
        """
        return self._api.get("/api/v2/folder/{folder_id}/field", folder_id=folder_id).parse_many(
            FieldDefinition.parse, "fields"
        )

    def of_space(self, space_id: str) -> tuple[FieldDefinition, ...]:
        """Fields that were made on the space itself.

        https://developer.clickup.com/reference/getspaceavailablefields
        """
        return self._api.get("/api/v2/space/{space_id}/field", space_id=space_id).parse_many(
            FieldDefinition.parse, "fields"
        )

    def of_workspace(self, team_id: str) -> tuple[FieldDefinition, ...]:
        """Fields that were made on the workspace itself.

        https://developer.clickup.com/reference/getteamavailablefields
        """
        return self._api.get("/api/v2/team/{team_id}/field", team_id=team_id).parse_many(
            FieldDefinition.parse, "fields"
        )

    def create_undocumented(
        self,
        level: Literal["team", "space", "folder", "list"],
        place_id: str,
        name: str,
        kind: str,
        type_config: Mapping[str, Any],
    ) -> FieldDefinition:
        """A new field, by a call that ClickUp does not document and may refuse or drop any day.

        Reported by users in 2026 for lists, spaces and workspaces. What it makes cannot be deleted
        through the API. Ask a person before using it.

        Raises:
            NotFound (code APP_001), Forbidden, PlanLimit, ApiError (FIELD_...): it is refused here.
        """
        body: dict[str, Json] = {
            "name": check_name(name),
            "type": kind,
            "type_config": dict(type_config),
        }
        answer = self._api.post(f"/api/v2/{level}/{{place_id}}/field", body, place_id=place_id)
        return answer.parse_one(FieldDefinition.parse, "field" if "field" in answer else None)

    def set(self, task_id: str, field: FieldDefinition, value: object) -> None:
        """Set one field. Options by label; see `clickup.fields` for each type's values.

        Every call counts against the Free plan's 60 uses, even with an unchanged value.

        Raises:
            InputError: the value does not fit the type; an unknown option names the nearest.
            PlanLimit: the plan's field uses are spent.

        https://developer.clickup.com/reference/setcustomfieldvalue
        """
        self.set_raw(task_id, field, field.encode(value))

    def set_named(self, task: Task, name: str, value: object) -> None:
        """Set a field by its name, as the task itself defines it. Raises as `set` does.

        https://developer.clickup.com/reference/setcustomfieldvalue
        """
        field = find_field([value.definition for value in task.fields], name)
        self.set(task.id, field, value)

    def set_raw(self, task_id: str, field: FieldDefinition, wire: Any) -> None:
        """Set a wire value as it is, for example one that was read before.

        https://developer.clickup.com/reference/setcustomfieldvalue
        """
        path = {"task_id": task_id, "field_id": field.id}
        body = codecs.build_body(field.type, wire)
        # Pressing a button twice runs its automation twice.
        may_repeat = field.type != "button"
        route = "/api/v2/task/{task_id}/field/{field_id}"
        request = Request("POST", route, path, body=body, idempotent=may_repeat)
        self._api.transport.send(request, self._api.priority_class)

    def clear(self, task_id: str, field: FieldDefinition) -> None:
        """Remove the value.

        https://developer.clickup.com/reference/removecustomfieldvalue
        """
        route = "/api/v2/task/{task_id}/field/{field_id}"
        self._api.delete(route, task_id=task_id, field_id=field.id)


def find_field(fields: Sequence[FieldDefinition], name: str) -> FieldDefinition:
    """The field with this name or id; an exact name first, then any case.

    Raises:
        InputError: there is none; names the nearest.
    """
    for field in fields:
        if name in (field.name, field.id):
            return field
    for field in fields:
        if field.name.casefold() == name.strip().casefold():
            return field
    names = [field.name for field in fields]
    guess = suggest_word(name, names)
    listed = ", ".join(f'"{candidate}"' for candidate in names) or "(none)"
    raise InputError(f'no custom field "{name:.60}"{guess}', hint=f"Fields here: {listed}.")
