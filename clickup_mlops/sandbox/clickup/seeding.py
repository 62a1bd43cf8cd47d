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
    Json,
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


def load(world: World, seed: str | Path | None) -> None:
    """Fill the world. None means the smallest seed.

    Raises:
        ConfigError: no such seed.
        ContentError: the file is wrong; names the entry.
    """
    path = _path(seed or "small")
    data = content.read_toml(path)
    world.muted = True
    with world.change():
        try:
            _load_all(world, path, data)
        except Exception:
            # A state file must not keep half a seed: the next start would take it for a whole one.
            world.clear()
            raise
    world.muted = False
    world.writes.clear()


def _load_all(world: World, path: Path, data: Json) -> None:
    try:
        _Loader(world, path, data).run()
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise ContentError(path, "", f"missing or wrong: {problem}") from problem
    except Refusal as no:
        raise ContentError(path, "", no.text) from no


def join(world: World, team: Team, entry: Json) -> User:
    """A new member with a personal token."""
    made = User(world.ids.user(), entry["username"], entry["email"])
    made.role = entry.get("role", made.role)
    made.color = entry.get("color", made.color)
    world.users.put(made)
    team.member_ids.append(made.id)
    world.teams.put(team)
    oauth.personal(world, made)
    return made


def milliseconds(text: str) -> int:
    """`"90m"`, `"3h"`, `"2d"` or the negative of these, in milliseconds."""
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)([mhd])", text)
    if not found:
        raise ValueError(f"{text!r} is no duration; write 90m, 3h or 2d")
    return int(float(found[1]) * _UNITS_MS[found[2]])


def _path(seed: str | Path) -> Path:
    given = Path(seed)
    path = given if given.suffix == ".toml" else _SEEDS / f"{seed}.toml"
    if not path.is_file():
        known = ", ".join(sorted(one.stem for one in _SEEDS.glob("*.toml")))
        raise ConfigError(f"no seed {seed!r}", hint=f"Known: {known}; or the path of a .toml file.")
    return path


class _Loader:
    """Loads one seed; remembers what was made under its name or key."""

    def __init__(self, world: World, path: Path, data: Json) -> None:
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
            join(self._world, self._team, entry)
        self._fields(self._data, "team", self._team.id)
        for entry in self._data.get("space", []):
            self._space(entry)
        for index, entry in enumerate(self._data.get("task", [])):
            self._checked(f"task[{index}] {entry.get('name', '')!r}", self._task, entry)
        for entry in self._data.get("task", []):
            self._checked(f"task {entry['name']!r}", self._relate, entry)
        for entry in self._data.get("template", []):
            self._checked(f"template {entry['name']!r}", self._template, entry)

    def _checked(self, key: str, load_one: Callable[[Json], None], entry: Json) -> None:
        try:
            load_one(entry)
        except (KeyError, ValueError) as problem:
            raise ContentError(self._path, key, f"unknown or wrong: {problem}") from problem
        except Refusal as no:
            raise ContentError(self._path, key, no.text) from no

    @property
    def _bot(self) -> User:
        return self._world.users[self._team.member_ids[0]]

    def _space(self, entry: Json) -> None:
        made = places.create_space(self._world, self._bot, self._team.id, {"name": entry["name"]})
        if "statuses" in entry:
            made.statuses = places.status_set(self._world, made.id, "p", entry["statuses"])
        tags.know(self._world, made, entry.get("tags", []), self._bot)
        made.color, made.task_prefix = entry.get("color"), entry.get("task_prefix", "")
        self._world.spaces.put(made)
        self._fields(entry, "space", made.id)
        for folder in entry.get("folder", []):
            self._folder(made, folder)
        self._put_lists(made, entry.get("list", []))

    def _folder(self, space: Space, entry: Json) -> None:
        made = places.create_folder(self._world, self._bot, space, {"name": entry["name"]})
        self._folders[made.name] = made
        self._fields(entry, "folder", made.id)
        self._put_lists(made, entry.get("list", []))

    def _put_lists(self, there: Space | Folder, entries: Iterable[Json]) -> None:
        for entry in entries:
            body = {"name": entry["name"], "content": entry.get("content", "")}
            made = places.create_list(self._world, self._bot, there, body)
            if "statuses" in entry:
                made.statuses = places.status_set(self._world, made.id, "sc", entry["statuses"])
            self._lists[made.name] = self._world.lists.put(made)
            self._fields(entry, "list", made.id)

    def _fields(self, entry: Json, level: str, level_id: str) -> None:
        for one in entry.get("field", []):
            fields.define(
                self._world,
                self._bot,
                one["name"],
                one["type"],
                at=(level, level_id),
                choices=tuple(one.get("options", ())),
                config=one.get("config"),
                required=one.get("required", False),
            )

    def _task(self, entry: Json) -> None:
        there = self._lists[entry["list"]]
        creator = self._member(entry["creator"]) if "creator" in entry else self._bot
        made = tasks.create(self._world, creator, there, self._body(entry))
        self._backdate(made, self._now - milliseconds(entry.get("age", "0m")))
        for name, value in entry.get("fields", {}).items():
            self._value(creator, made, name, value)
        for comment in entry.get("comments", []):
            self._comment(made, comment)
        for name in entry.get("subtasks", []):
            tasks.create(self._world, creator, there, {"name": name, "parent": made.id})
        self._tasks[_key(entry)] = made

    def _body(self, entry: Json) -> Json:
        copied = ("name", "status", "tags", "points", "custom_item_id")
        body = {key: entry[key] for key in copied if key in entry}
        body["description"] = entry.get("text", "").strip()
        body["assignees"] = [self._member(one).id for one in entry.get("assignees", [])]
        if "priority" in entry:
            body["priority"] = _PRIORITIES[entry["priority"]]
        if "due" in entry:
            body["due_date"] = self._now + milliseconds(entry["due"])
        return body

    def _backdate(self, made: Task, at_ms: int) -> None:
        made.date_created = made.date_updated = at_ms
        made.status_log[0]["since"] = at_ms
        self._world.tasks.put(made)

    def _value(self, creator: User, made: Task, name: str, value: object) -> None:
        known = {one.name: one for one in fields.of_task(self._world, made)}
        found = known[name]
        body = {"value": self._wire(found, value)}
        updated = made.date_updated
        task_values.set_field(self._world, creator, made, found.id, body)
        made.date_updated = updated

    def _wire(self, found: Field, value: Any) -> Any:
        ids = {one.get("name") or one.get("label"): one["id"] for one in fields.options(found)}
        if found.type == "labels":
            return [ids[one] for one in value]
        if found.type == "drop_down":
            return ids[value]
        if found.type == "date":
            return self._now + milliseconds(value)
        if found.type == "users":
            return {"add": [self._member(one).id for one in value]}
        return value

    def _comment(self, made: Task, entry: Json) -> None:
        author = self._member(entry["by"])
        comment = comments.create(
            self._world, author, ("task", made.id), {"comment_text": entry["text"]}
        )
        comment.date = self._now - milliseconds(entry.get("age", "0m"))
        self._world.comments.put(comment)

    def _relate(self, entry: Json) -> None:
        made = self._tasks[_key(entry)]
        updated = made.date_updated
        for key in entry.get("waits_on", []):
            relations.depend(self._world, self._bot, made, self._tasks[key])
        for key in entry.get("links", []):
            relations.link(self._world, self._bot, made, self._tasks[key])
        made.date_updated = updated

    def _template(self, entry: Json) -> None:
        sources: dict[str, dict[str, Any]] = {
            "task": self._tasks,
            "list": self._lists,
            "folder": self._folders,
        }
        found = sources[entry["kind"]][entry["from"]]
        templates.save(self._world, self._team.id, entry["kind"], found, entry["name"])

    def _member(self, name: str) -> User:
        for user in self._world.users:
            if name in (user.username, user.username.split()[0]):
                return user
        raise KeyError(name)


def _key(entry: Json) -> str:
    return str(entry.get("key", entry["name"]))
