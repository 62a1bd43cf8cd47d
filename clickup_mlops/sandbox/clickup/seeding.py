"""Fills a new world from a seed: a TOML file in `seeds/`, or one of your own in the same form.

Times are relative to the moment of loading: `due = "2d"`, `age = "3h"`, `due = "-4h"`.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from clickup_mlops import content
from clickup_mlops.errors import ConfigError, ContentError
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.hierarchy import places, tags
from clickup_mlops.sandbox.clickup.state.model import (
    Field,
    Folder,
    JsonTable,
    Space,
    Task,
    TaskList,
    Team,
    User,
)
from clickup_mlops.sandbox.clickup.state.people import oauth
from clickup_mlops.sandbox.clickup.state.refusal import Refusal
from clickup_mlops.sandbox.clickup.state.talk import comments
from clickup_mlops.sandbox.clickup.state.tasks import relations, task_values, tasks
from clickup_mlops.sandbox.clickup.state.templates import templates
from clickup_mlops.sandbox.clickup.state.world import World

_SEEDS = Path(__file__).parent / "seeds"
_UNITS_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}
_PRIORITIES = {"urgent": 1, "high": 2, "normal": 3, "low": 4}


def load(world: World, *seeds: str | Path | None) -> None:
    """Fill the world with a Workspace for each seed. None means the smallest one.

    Raises:
        ConfigError: no such seed.
        ContentError: the file is wrong; names the entry.
    """
    paths = [_find_seed(seed or "small") for seed in seeds]
    world.muted = True
    with world.change():
        try:
            for path in paths:
                _load_all(world, path, content.read_toml(path))
            _let_bot_in(world)
        except Exception:
            # A state file must not keep half a seed: the next start would take it for a whole one.
            world.clear()
            raise
    world.muted = False
    world.writes.clear()


def _let_bot_in(world: World) -> None:
    """The bot, who is the first member of the first Workspace, is a member of all."""
    bot = min(user.id for user in world.users)
    for team in world.teams:
        if bot not in team.member_ids:
            team.member_ids.append(bot)
            world.teams.put(team)


def _load_all(world: World, path: Path, data: JsonTable) -> None:
    try:
        _Loader(world, path, data).run()
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise ContentError(path, "", f"missing or wrong: {problem}") from problem
    except Refusal as no:
        raise ContentError(path, "", no.text) from no


def add_member(world: World, team: Team, entry: JsonTable) -> User:
    """A member with a personal token; who is in another Workspace already is the same user."""
    user = next((user for user in world.users if user.email == entry["email"]), None)
    if user is None:
        user = User(world.ids.user(), entry["username"], entry["email"])
        user.role = entry.get("role", user.role)
        user.color = entry.get("color", user.color)
        world.users.put(user)
    team.member_ids.append(user.id)
    world.teams.put(team)
    oauth.ensure_personal_token(world, user)
    return user


def parse_duration(text: str) -> int:
    """`"90m"`, `"3h"`, `"2d"` or the negative of these, in milliseconds."""
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)([mhd])", text)
    if not match:
        raise ValueError(f"{text!r} is no duration; write 90m, 3h or 2d")
    return int(float(match[1]) * _UNITS_MS[match[2]])


def _find_seed(seed: str | Path) -> Path:
    named = Path(seed)
    path = named if named.suffix == ".toml" else _SEEDS / f"{seed}.toml"
    if not path.is_file():
        names = ", ".join(sorted(path.stem for path in _SEEDS.glob("*.toml")))
        raise ConfigError(f"no seed {seed!r}", hint=f"Known: {names}; or the path of a .toml file.")
    return path


class _Loader:
    """Loads one seed; remembers what was made under its name or key."""

    def __init__(self, world: World, path: Path, data: JsonTable) -> None:
        self._world, self._path, self._data = world, path, data
        self._now = world.now_ms()
        self._team = Team(world.ids.numeric("team"), data["team"]["name"])
        self._lists: dict[str, TaskList] = {}
        self._folders: dict[str, Folder] = {}
        self._tasks: dict[str, Task] = {}

    def run(self) -> None:
        """Create everything, in the order of dependence."""
        self._team.custom_items = self._data["team"].get("custom_items", [])
        self._world.teams.put(self._team)
        for entry in self._data["member"]:
            add_member(self._world, self._team, entry)
        self._load_fields(self._data, "team", self._team.id)
        for entry in self._data.get("space", []):
            self._load_space(entry)
        for index, entry in enumerate(self._data.get("task", [])):
            self._load_entry(f"task[{index}] {entry.get('name', '')!r}", self._load_task, entry)
        for entry in self._data.get("task", []):
            self._load_entry(f"task {entry['name']!r}", self._relate, entry)
        for entry in self._data.get("template", []):
            self._load_entry(f"template {entry['name']!r}", self._load_template, entry)

    def _load_entry(self, key: str, load: Callable[[JsonTable], None], entry: JsonTable) -> None:
        try:
            load(entry)
        except (KeyError, ValueError) as problem:
            raise ContentError(self._path, key, f"unknown or wrong: {problem}") from problem
        except Refusal as no:
            raise ContentError(self._path, key, no.text) from no

    @property
    def _bot(self) -> User:
        return self._world.users[self._team.member_ids[0]]

    def _load_space(self, entry: JsonTable) -> None:
        space = places.create_space(self._world, self._bot, self._team.id, {"name": entry["name"]})
        if "statuses" in entry:
            space.statuses = places.build_statuses(self._world, space.id, "p", entry["statuses"])
        tags.ensure_tags(self._world, space, entry.get("tags", []), self._bot)
        space.color, space.task_prefix = entry.get("color"), entry.get("task_prefix", "")
        self._world.spaces.put(space)
        self._load_fields(entry, "space", space.id)
        for folder in entry.get("folder", []):
            self._load_folder(space, folder)
        self._put_lists(space, entry.get("list", []))

    def _load_folder(self, space: Space, entry: JsonTable) -> None:
        folder = places.create_folder(self._world, self._bot, space, {"name": entry["name"]})
        self._folders[folder.name] = folder
        self._load_fields(entry, "folder", folder.id)
        self._put_lists(folder, entry.get("list", []))

    def _put_lists(self, place: Space | Folder, entries: Iterable[JsonTable]) -> None:
        for entry in entries:
            body = {"name": entry["name"], "content": entry.get("content", "")}
            task_list = places.create_list(self._world, self._bot, place, body)
            if "statuses" in entry:
                task_list.statuses = places.build_statuses(
                    self._world, task_list.id, "sc", entry["statuses"]
                )
            self._lists[task_list.name] = self._world.lists.put(task_list)
            self._load_fields(entry, "list", task_list.id)

    def _load_fields(self, entry: JsonTable, level: str, level_id: str) -> None:
        for definition in entry.get("field", []):
            fields.define(
                self._world,
                self._bot,
                definition["name"],
                definition["type"],
                at=(level, level_id),
                choices=tuple(definition.get("options", ())),
                config=definition.get("config"),
                required=definition.get("required", False),
            )

    def _load_task(self, entry: JsonTable) -> None:
        task_list = self._lists[entry["list"]]
        creator = self._find_member(entry["creator"]) if "creator" in entry else self._bot
        task = tasks.create(self._world, creator, task_list, self._build_body(entry))
        self._backdate(task, self._now - parse_duration(entry.get("age", "0m")))
        for name, value in entry.get("fields", {}).items():
            self._set_value(creator, task, name, value)
        for comment in entry.get("comments", []):
            self._load_comment(task, comment)
        for name in entry.get("subtasks", []):
            tasks.create(self._world, creator, task_list, {"name": name, "parent": task.id})
        self._tasks[_get_key(entry)] = task

    def _build_body(self, entry: JsonTable) -> JsonTable:
        copied = ("name", "status", "tags", "points", "custom_item_id")
        body = {key: entry[key] for key in copied if key in entry}
        body["description"] = entry.get("text", "").strip()
        body["assignees"] = [self._find_member(name).id for name in entry.get("assignees", [])]
        if "priority" in entry:
            body["priority"] = _PRIORITIES[entry["priority"]]
        if "due" in entry:
            body["due_date"] = self._now + parse_duration(entry["due"])
        return body

    def _backdate(self, task: Task, at_ms: int) -> None:
        task.date_created = task.date_updated = at_ms
        task.status_log[0]["since"] = at_ms
        self._world.tasks.put(task)

    def _set_value(self, creator: User, task: Task, name: str, value: object) -> None:
        by_name = {field.name: field for field in fields.get_task_fields(self._world, task)}
        field = by_name[name]
        body = {"value": self._to_wire_value(field, value)}
        updated = task.date_updated
        task_values.set_field(self._world, creator, task, field.id, body)
        task.date_updated = updated

    def _to_wire_value(self, field: Field, value: Any) -> Any:
        ids = fields.get_option_ids(field)
        if field.type == "labels":
            return [ids[name] for name in value]
        if field.type == "drop_down":
            return ids[value]
        if field.type == "date":
            return self._now + parse_duration(value)
        if field.type == "users":
            return {"add": [self._find_member(name).id for name in value]}
        return value

    def _load_comment(self, task: Task, entry: JsonTable) -> None:
        author = self._find_member(entry["by"])
        comment = comments.create(
            self._world, author, ("task", task.id), {"comment_text": entry["text"]}
        )
        comment.date = self._now - parse_duration(entry.get("age", "0m"))
        self._world.comments.put(comment)

    def _relate(self, entry: JsonTable) -> None:
        task = self._tasks[_get_key(entry)]
        updated = task.date_updated
        for key in entry.get("waits_on", []):
            relations.depend(self._world, self._bot, task, self._tasks[key])
        for key in entry.get("links", []):
            relations.link(self._world, self._bot, task, self._tasks[key])
        task.date_updated = updated

    def _load_template(self, entry: JsonTable) -> None:
        sources: dict[str, dict[str, Any]] = {
            "task": self._tasks,
            "list": self._lists,
            "folder": self._folders,
        }
        source = sources[entry["kind"]][entry["from"]]
        templates.save(self._world, self._team.id, entry["kind"], source, entry["name"])

    def _find_member(self, name: str) -> User:
        for user in self._world.users:
            if name in (user.username, user.username.split()[0]):
                return user
        raise KeyError(name)


def _get_key(entry: JsonTable) -> str:
    return str(entry.get("key", entry["name"]))
