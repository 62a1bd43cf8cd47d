"""No request of any shape gives a 500, and none leaves a state that cannot be read or saved."""

import io
import json
import random
from typing import Any

import orjson
import pytest

from clickup_mlops.sandbox import Sandbox

REQUESTS = 4_000

NUMBERS = [0, 1, -1, 5, 7, 101, 2**31, 2**53 + 1, 2**63, 2**64 - 1, -(2**63), 10**30, 1e20, 1e308]
TEXTS = [
    *("", " ", "x", "true", "null", "none", "-1", "--1", "1.5", "1e20", "1e999", "nan", "inf"),
    *("²", "٣", "9" * 20, "9" * 5000, "None", "a/b/", "%", "\x00", "\u2028", "é" * 300),
    *("https://[", "a@b", "+49 30 123", "SPACE", "=", "message", "list", "conversation"),
]
JSON_TEXTS = ["{", "[]", "{}", '""', "[1]", '[{"field_id":1}]', "1e400", "[null]"]
OPERATORS = ["=", "==", "!=", "<", "<=", ">", ">=", "IS NULL", "RANGE", "ANY", "ALL", "NOT ALL"]
PARAMETERS = [
    *("page", "start", "start_id", "limit", "cursor", "next_cursor", "archived", "order_by"),
    *("reverse", "subtasks", "include_closed", "statuses[]", "statuses", "assignees[]", "tags[]"),
    *("due_date_gt", "date_created_lt", "date_done_gt", "custom_items[]", "list_ids[]", "parent"),
    *("custom_fields", "custom_field", "custom_task_ids", "team_id", "task_ids", "depends_on"),
    *("dependency_of", "include_subtasks", "max_page_depth", "parent_type", "parent_id", "id"),
    *("group_ids", "priorities[]", "space_ids[]", "creator", "content_format", "space_id"),
    *("start_date", "end_date", "assignee", "include_timl", "include_applied_objects"),
]
KEYS = [
    *("name", "description", "markdown_content", "assignees", "group_assignees", "tags", "status"),
    *("priority", "due_date", "due_date_time", "start_date", "parent", "links_to", "points"),
    *("custom_fields", "watchers", "time_estimate", "archived", "features", "tag", "tag_fg"),
    *("comment", "comment_text", "assignee", "value", "value_options", "depends_on", "events"),
    *("dependency_of", "endpoint", "list_id", "space_id", "folder_id", "task_id", "location"),
    *("options", "status_mappings", "type", "filters", "fields", "op", "values", "field", "divide"),
    *(
        "content",
        "position",
        "id",
        "add",
        "rem",
        "user_ids",
        "members",
        "handle",
        "reaction",
        "required",
    ),
    *("custom_fields_to_move", "move_custom_fields", "template_id", "resolved", "visibility"),
    *("parent_folder_id", "parent_page_id", "content_edit_mode", "color", "topic", "current"),
    *("lat", "lng", "formatted_address", "user", "post_data", "custom_item_id", "notify_all"),
    *("search", "show_closed", "content_format", "sub_title", "create_page", "grouping", "url"),
    *("start", "stop", "duration", "end", "billable", "tid", "owners", "steps_start", "unit"),
]
KINDS = [
    *("drop_down", "labels", "users", "tasks", "number", "currency", "location", "text", "url"),
    *("manual_progress", "date", "emoji", "checkbox", "short_text", "email", "phone"),
    *("attachment", "automatic_progress", "button", "list_relationship"),
]


GOOD = {
    "name": ["x", "y", "z"],
    "type": ["list", "conversation", "message", "text", *KINDS],
    "comment_text": ["hi"],
    "content": ["hi"],
    "value": [*NUMBERS, *TEXTS],
    "position": [*NUMBERS, "x"],
    "filters": [
        *({}, "x", [], {"fields": "x"}, {"fields": ["x"]}, {"fields": [{}]}, {"search": 1}),
        *({"op": [], "fields": [{"field": [], "values": {}}]}, {"fields": {}}),
        {"fields": [{"field": "status", "op": [], "values": 1}]},
    ],
    "type_config": [
        *({}, "x", [], {"start": 1, "end": 1}, {"start": "x"}, {"end": None}, {"count": "x"}),
        *({"options": "x"}, {"options": [1]}, {"options": {}}, {"count": 10**400}),
        {"options": [{"name": "a", "orderindex": "x"}, {"name": "b", "orderindex": 1}]},
    ],
}
"""Values that some operation takes or nearly takes, so that requests get past the first check."""


class Fuzzer:
    """Requests to every route: its ids are mostly real ones, its values mostly are not."""

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        self.sandbox, self.random = sandbox, random.Random(seed)
        self.client = sandbox.app.test_client()
        self.routes = sorted(
            (method, rule.rule)
            for rule in sandbox.app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
            if not rule.rule.startswith(("/_sandbox", "/static"))
            and not rule.endpoint.startswith("unmodelled.")
        )
        self.weights = [weight(method, rule) for method, rule in self.routes]

    def send(self) -> None:
        """One request."""
        ((method, rule),) = self.random.choices(self.routes, self.weights)
        path, query, body = self.path(rule), self.query(), self.body()
        headers = {"Authorization": self.sandbox.token}
        answer = self.client.open(
            path, method=method, query_string=query, headers=headers, **self.make_payload(body)
        )
        assert answer.status_code in (501, *range(200, 500)), (method, path, query, body)

    def make_payload(self, body: object) -> dict[str, Any]:
        """Mostly JSON, sometimes a form, a file or nonsense."""
        kind = self.random.randrange(40)
        if kind == 0:
            return {"data": {"name": "x", "": "y"}}
        if kind == 1:
            name = self.random.choice(TEXTS)
            return {"data": {"attachment": (io.BytesIO(b"x"), name, "x"), "filename": name}}
        if kind == 2:
            kinds = ["application/json", "text/plain", "multipart/form-data", "x"]
            return {"data": b'{"\xff', "content_type": self.random.choice(kinds)}
        return {"json": body}

    def path(self, rule: str) -> str:
        parts = [self.segment(part) if part[:1] == "<" else part for part in rule.split("/")]
        return "/".join(parts)

    def segment(self, name: str) -> str:
        name = name.strip("<>").partition(":")[2] or name.strip("<>")
        known_ids = self.list_ids_of(name)
        if known_ids and self.random.random() < 0.9:
            return self.random.choice(known_ids)
        return self.random.choice(TEXTS).strip("/").replace("%", "%25").replace("?", "") or "0"

    def list_ids_of(self, name: str) -> list[str]:
        world = self.sandbox.world
        if name in ("checklist_id", "checklist_item_id"):
            checklists = [checklist for task in world.tasks for checklist in task.checklists]
            if name == "checklist_item_id":
                checklists = [item for checklist in checklists for item in checklist["items"]]
            return [record["id"] for record in checklists]
        if name in ("team_id", "workspace_id"):
            return [self.sandbox.team_id]
        if name == "entity_type":
            return ["tasks", "custom_fields", "attachments"]
        named = {"links_to": "task", "folder_template_id": "template"}
        kind = named.get(name, name.removesuffix("_id").rpartition("_")[2])
        for table in world.tables:
            if table.kind.__name__.lower() in (kind, f"task{kind}"):
                return list(table.rows)
        return []

    def query(self) -> dict[str, str]:
        chosen = self.random.sample(PARAMETERS, self.random.choice([0, 0, 1, 2, 4]))
        return {name: self.parameter(name) for name in chosen}

    def parameter(self, name: str) -> str:
        if name.startswith("custom_field") and self.random.random() < 0.8:
            fields = list(self.sandbox.world.fields.rows)
            condition = {
                "field_id": self.random.choice(fields),
                "operator": self.random.choice(OPERATORS),
                "value": self.value(),
            }
            return json.dumps([condition])
        return self.random.choice(TEXTS + JSON_TEXTS + [str(number) for number in NUMBERS])

    def body(self) -> object:
        if self.random.random() < 0.05:
            return self.value()
        keys = self.random.sample(KEYS, self.random.randint(1, 6))
        named = {key: self.random.choice(choices) for key, choices in GOOD.items()}
        return {key: self.value() for key in keys} | {
            key: value for key, value in named.items() if self.random.random() < 0.5
        }

    def value(self, depth: int = 0) -> object:
        kind = self.random.randrange(10)
        if kind < 3:
            return self.random.choice(NUMBERS)
        if kind < 6:
            return self.random.choice(TEXTS)
        if kind == 6:
            return self.random.choice([None, True, False])
        if kind == 7:
            return self.random.choice(self.ids())
        if depth > 2:
            return []
        if kind == 8:
            return [self.value(depth + 1) for _ in range(self.random.randrange(3))]
        keys = self.random.sample(KEYS, self.random.randrange(4))
        return {key: self.value(depth + 1) for key in keys}

    def ids(self) -> list[object]:
        world = self.sandbox.world
        tables = (world.tasks, world.users, world.fields, world.lists, world.spaces, world.groups)
        return [record.id for table in tables for record in table][:200]


def weight(method: str, rule: str) -> float:
    """Fields have many types. Deletes would soon leave nothing to send anything to."""
    if method == "DELETE":
        return 0.01 if rule.endswith(("/<space_id>", "/<folder_id>", "/<list_id>")) else 0.2
    chosen = {"/api/v2/task/<task_id>/field/<field_id>": 12, "/api/v2/team/<team_id>/task": 4}
    return chosen.get(rule, 1)


def filled(sandbox: Sandbox) -> None:
    """One of everything."""
    control, client = sandbox.control, sandbox.app.test_client()
    for kind in KINDS:
        control.create_field(kind, kind, choices=["a", "b"])
    task = control.as_user("Maria").create_task("Tasks", "x")
    for kind, place in (("list", "Inbox"), ("folder", "Work"), ("task", "x")):
        control.save_template(kind, place, "t")

    def create(path: str, **body: object) -> dict[str, Any]:
        headers = {"Authorization": sandbox.token}
        answer = client.post(f"/api/{path}", json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.json

    team, v3 = f"v2/team/{sandbox.team_id}", f"v3/workspaces/{sandbox.team_id}"
    create(f"{team}/group", name="Crew", members=[])
    create(f"{team}/webhook", endpoint="http://x/y", events="*")
    create(f"{team}/view", name="v", type="conversation")
    create(f"v2/task/{task}/comment", comment_text="hi")
    checklist = create(f"v2/task/{task}/checklist", name="c")["checklist"]["id"]
    create(f"v2/checklist/{checklist}/checklist_item", name="i")
    doc = create(f"{v3}/docs", name="d")["id"]
    create(f"{v3}/docs/{doc}/pages", name="p")
    channel = create(f"{v3}/chat/channels", name="c")["data"]["id"]
    create(f"{v3}/chat/channels/{channel}/messages", type="message", content="m")


@pytest.mark.parametrize("seed", range(2))
def test_no_request_breaks_the_sandbox(tmp_path, seed):
    """Whatever is sent, the answer is no 500; events, the state file and reads can show it all."""
    sandbox = Sandbox(rate_limit=0, state_file=tmp_path / "state.db", template_delay_ms=0)
    sandbox.world.publish = lambda events: [orjson.dumps(event.body("hook")) for event in events]
    sandbox.world.field_creation = "on"
    filled(sandbox)
    fuzzer = Fuzzer(sandbox, seed)
    for turn in range(REQUESTS // 2):
        fuzzer.send()
        if turn % 20 == 0:
            read_everything(fuzzer)
    sandbox.close()


def read_everything(fuzzer: Fuzzer) -> None:
    """Every task and List can still be read."""
    headers = {"Authorization": fuzzer.sandbox.token}
    team = f"/api/v2/team/{fuzzer.sandbox.team_id}"
    for path in ("task?subtasks=true&include_closed=true", "space", "webhook", "view"):
        answer = fuzzer.client.get(f"{team}/{path}", headers=headers)
        assert answer.status_code == 200, path
