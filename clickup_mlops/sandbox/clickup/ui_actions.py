"""What a person does in ClickUp's own pages and no documented call can do.

`sandbox.control.ui_actions` has these; over HTTP they are `POST /_sandbox/by_hand/<method>`.
Places are named by id or by name.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from clickup_mlops.errors import InputError
from clickup_mlops.sandbox.clickup import importer
from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.fields.field_creation import SWITCH
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import (
    Field,
    Folder,
    JsonTable,
    Page,
    Space,
    TaskList,
    Template,
    User,
)
from clickup_mlops.sandbox.clickup.state.people import members
from clickup_mlops.sandbox.clickup.state.tasks import tasks
from clickup_mlops.sandbox.clickup.state.templates import descriptions
from clickup_mlops.sandbox.clickup.state.world import World

ROLES = {"owner": 1, "admin": 2, "member": 3, "guest": access.GUEST}


class UiActions:
    """One person with all rights, in ClickUp's own pages."""

    def __init__(self, world: World) -> None:
        self._world = world

    # Custom fields

    def create_field(
        self,
        place: str,
        name: str,
        kind: str,
        options: Sequence[str] = (),
        config: JsonTable | None = None,
    ) -> Field:
        """A field in the Custom Field Manager; `place` is a Space, Folder, List or Workspace."""
        with self._world.change():
            where, choices = self._find_level(place), tuple(options)
            return fields.define(
                self._world, self._me, name, kind, at=where, choices=choices, config=config
            )

    def change_field(
        self, field: str, *, name: str | None = None, options: Sequence[str] | None = None
    ) -> Field:
        """Rename a field or give it these options; options of the same name keep their ids."""
        with self._world.change():
            definition = self._find_field(field)
            definition.name = name or definition.name
            if options is not None:
                _set_options(self._world, definition, options)
            return self._world.fields.put(definition)

    def delete_field(self, field: str) -> None:
        """Delete a field with its values."""
        with self._world.change():
            definition = self._find_field(field)
            self._world.fields.drop(definition.id)
            for task in self._world.tasks:
                if task.values.pop(definition.id, None) is not None:
                    self._world.tasks.put(task)

    # Docs

    def write_page(self, page: str, markdown: str) -> None:
        """A page's text as people write it, with the checklists that the API would drop."""
        with self._world.change():
            record = self._find_page(page)
            record.content, record.date_updated = markdown, self._world.now_ms()
            self._world.pages.put(record)

    def import_spreadsheet(self, place: str, text: str, types: Mapping[str, str]) -> list[str]:
        """ClickUp's importer: the CSV `text` into a List, with the types chosen for new columns."""
        with self._world.change():
            task_list = self._find_place(place)
            if not isinstance(task_list, TaskList):
                raise InputError(f"{place!r} is no List")
            created = importer.run(self._world, self._me, task_list, text, types)
            return [field.name for field in created]

    def field_creation(self, switch: str) -> None:
        """How the undocumented creation of fields answers: off, on, forbidden or plan."""
        if switch not in SWITCH:
            raise InputError(f"unknown switch {switch!r}", hint=f"Known: {', '.join(SWITCH)}.")
        self._world.field_creation = switch

    # Templates and statuses

    def define_template(self, kind: str, name: str, **parts: object) -> Template:
        """A List or Folder template from a description; see `state.templates.descriptions`."""
        with self._world.change():
            described = {"name": name, **parts}
            return descriptions.create_template(
                self._world, self._me, self._team_id, kind, described
            )

    def set_statuses(self, place: str, statuses: Sequence[JsonTable]) -> None:
        """Give a Space, Folder or List statuses of its own: dicts with status, type and color.

        Tasks whose status is gone get the first one, as if a person had chosen it in the dialog.
        """
        with self._world.change():
            target = self._find_place(place)
            prefix = {Space: "p", Folder: "c", TaskList: "sc"}[type(target)]
            target.statuses = places.build_statuses(self._world, target.id, prefix, statuses)
            self._store(target)
            self._reset_statuses()

    def _reset_statuses(self) -> None:
        for task_list in self._world.lists:
            names = [status["status"] for status in self._world.statuses(task_list)]
            for task in self._world.tasks_of(task_list.id):
                if task.status not in names:
                    task.status = names[0]
                    self._world.tasks.put(task)

    def move_list(self, task_list: str, folder: str) -> None:
        """Drag a List into another Folder of its Space."""
        with self._world.change():
            place, home = self._find_place(task_list), self._find_place(folder)
            if not isinstance(place, TaskList) or not isinstance(home, Folder):
                raise InputError("a List is moved into a Folder")
            place.folder_id, place.space_id = home.id, home.space_id
            self._store(place)

    # People, ClickApps, plan

    def set_role(
        self,
        member: str | int,
        role: str = "member",
        *,
        shares: Mapping[str, str] | None = None,
        read_only: bool = False,
        custom: str = "",
    ) -> None:
        """Owner, admin, member or guest; `shares`: what a guest has, place -> permission; `custom`:
        the name of a custom role that inherits from `role`.
        """
        with self._world.change():
            user = self._find_user(member)
            user.role, user.read_only, user.custom_role = ROLES[role], read_only, custom
            user.shares = {
                self._find_place(name).id: level for name, level in (shares or {}).items()
            }
            if unknown := set(user.shares.values()) - set(access.LEVELS):
                raise InputError(f"unknown permission {', '.join(unknown)}")
            self._world.users.put(user)

    def set_privacy(
        self, place: str, private: bool, shared_with: Sequence[str | int] = (), level: str = "edit"
    ) -> None:
        """Make a Space, Folder or List private or public; who else sees it."""
        with self._world.change():
            target = self._find_place(place)
            target.private = private
            for user in (self._me, *map(self._find_user, shared_with)):
                members.share(self._world, user, target.id, level)
            self._store(target)

    def unshare(self, place: str, person: str | int) -> None:
        """Take a Space, Folder or List away from somebody."""
        with self._world.change():
            members.share(self._world, self._find_user(person), self._find_place(place).id, None)

    def set_clickapp(self, space: str, app: str, enabled: bool) -> None:
        """Switch a ClickApp of a Space: `custom_fields`, `tags`, `checklists`, ..."""
        with self._world.change():
            place = self._find_place(space)
            if not isinstance(place, Space) or app not in place.features:
                raise InputError(f"no ClickApp {app!r} in {space!r}")
            place.features[app] = {**place.features[app], "enabled": enabled}
            self._store(place)

    def set_task_prefix(self, space: str, prefix: str) -> None:
        """Switch custom task ids on in a Space, such as `ML-1`: its tasks are numbered, oldest
        first. An empty prefix switches them off.
        """
        with self._world.change():
            place = self._find_place(space)
            if not isinstance(place, Space):
                raise InputError(f"no Space {space!r}")
            place.task_prefix = prefix
            self._store(place)
            for task in sorted(self._world.tasks, key=lambda task: task.orderindex):
                if self._world.place(task).space_id == place.id:
                    tasks.assign_custom_id(self._world, task)
                    self._world.tasks.put(task)

    def set_plan(self, plan: str) -> None:
        """Up- or downgrade the Workspace; the rate limit stays."""
        self._world.plan = plan

    # Finding

    @property
    def _me(self) -> User:
        return min(self._world.users, key=lambda user: (user.role, user.id))

    @property
    def _team_id(self) -> str:
        return min(team.id for team in self._world.teams)

    def _find_user(self, identifier: str | int) -> User:
        for user in self._world.users:
            if str(identifier) in (str(user.id), user.username, user.username.split()[0]):
                return user
        raise InputError(f"no member {identifier!r}")

    def _find_place(self, name: str) -> Space | Folder | TaskList:
        for table in (self._world.lists, self._world.folders, self._world.spaces):
            for place in table:
                if name in (place.id, place.name):
                    return place
        raise InputError(f"no Space, Folder or List {name!r}")

    def _find_level(self, name: str) -> tuple[str, str]:
        for team in self._world.teams:
            if name in (team.id, team.name):
                return "team", team.id
        place = self._find_place(name)
        return {Space: "space", Folder: "folder", TaskList: "list"}[type(place)], place.id

    def _find_field(self, name: str) -> Field:
        for field in self._world.fields:
            if name in (field.id, field.name):
                return field
        raise InputError(f"no field {name!r}")

    def _find_page(self, name: str) -> Page:
        for page in self._world.pages:
            if name in (page.id, page.name):
                return page
        raise InputError(f"no page {name!r}")

    def _store(self, place: Space | Folder | TaskList) -> None:
        tables: dict[type, Any] = {
            Space: self._world.spaces,
            Folder: self._world.folders,
            TaskList: self._world.lists,
        }
        tables[type(place)].put(place)


def _set_options(world: World, field: Field, names: Sequence[str]) -> None:
    before = {
        option.get("name") or option.get("label"): option for option in fields.get_options(field)
    }
    fresh = fields.build_config(world, field.type, tuple(names)).get("options", [])
    merged = [
        {**option, "id": before[name]["id"], "color": before[name]["color"]}
        if name in before
        else option
        for name, option in zip(names, fresh, strict=True)
    ]
    field.type_config = {**field.type_config, "options": merged}
