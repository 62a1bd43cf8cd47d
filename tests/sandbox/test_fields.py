"""Custom fields: every type, its way in and its way out, and the limits."""

import pytest

OPTIONS = ["inference", "training"]


def options_of(field):
    return [option["id"] for option in field.type_config["options"]]


@pytest.fixture
def task(api, tasks_list):
    return api.post(f"/v2/list/{tasks_list}/task", {"name": "x"})["id"]


def read_value(api, task):
    (field,) = api.get(f"/v2/task/{task}")["custom_fields"]
    return field.get("value")


@pytest.mark.parametrize(
    ("kind", "sent_value", "read"),
    [
        ("short_text", "a", "a"),
        ("text", "a\nb", "a\nb"),
        ("url", "https://example.com", "https://example.com"),
        ("email", "a@example.com", "a@example.com"),
        ("phone", "+49 30 123", "+49 30 123"),
        ("number", 8, "8"),
        ("number", -2.5, "-2.5"),
        ("number", 1e20, "1e+20"),
        ("currency", 80, 80),
        ("currency", 1e20, 1e20),
        ("currency", 2**64 - 1, 2.0**64),
        ("date", 1_667_367_645_000, "1667367645000"),
        ("checkbox", True, "true"),
        ("checkbox", "false", "false"),
        ("emoji", 4, 4),
        ("manual_progress", {"current": 20}, {"current": "20", "percent_completed": 20}),
    ],
)
def test_a_value_reads_back_in_its_own_shape(api, task, kind, sent_value, read):
    """What is written and what is read differ as they do in ClickUp."""
    field = api.sandbox.control.create_field("F", kind)
    assert read_value(api, task) is None
    assert api.post(f"/v2/task/{task}/field/{field.id}", {"value": sent_value}) == {}

    assert read_value(api, task) == read
    api.delete(f"/v2/task/{task}/field/{field.id}")
    assert read_value(api, task) is None


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("number", ["8", "nan", True, None, [8]]),
        ("currency", ["80", False, {}]),
        ("date", ["²", "9" * 20, 1e300, 2**63, "tomorrow", True]),
        ("url", ["x", "example.com", "https://", "https://a b", "javascript:alert(1)", 1]),
        ("email", ["a@", "@b.c", "a b@c.d", "a"]),
        ("phone", ["x", "030 123456", "+", "+0 123 456", "+49 30 12x4", "+49" + "1" * 20]),
    ],
)
def test_a_value_of_another_type_is_refused(api, task, kind, values):
    """400 with FIELD_375, and the task stays without a value."""
    field = api.sandbox.control.create_field("F", kind)
    path = f"/v2/task/{task}/field/{field.id}"

    for value in values:
        assert api.refused("POST", path, json={"value": value}) == (400, "FIELD_375"), value
    assert read_value(api, task) is None


def test_each_set_value_has_a_rich_text(api, task):
    """An empty string beside `value`, for every type, as in the documented answers."""
    field = api.sandbox.control.create_field("F", "number")
    (before,) = api.get(f"/v2/task/{task}")["custom_fields"]
    api.post(f"/v2/task/{task}/field/{field.id}", {"value": 8})
    (after,) = api.get(f"/v2/task/{task}")["custom_fields"]

    assert "value_richtext" not in before
    assert after["value_richtext"] == ""


def test_a_drop_down_takes_uuid_or_index_and_shows_the_index(api, task):
    """UUID in, orderindex out; anything else is FIELD_011."""
    field = api.sandbox.control.create_field("Workload", "drop_down", choices=OPTIONS)
    path = f"/v2/task/{task}/field/{field.id}"
    api.post(path, {"value": options_of(field)[1]})
    assert read_value(api, task) == 1
    api.post(path, {"value": 0})
    assert read_value(api, task) == 0

    assert api.refused("POST", path, json={"value": "training"}) == (400, "FIELD_011")


def test_labels_replace(api, task):
    """A list of UUIDs in and out; writing replaces the whole list."""
    field = api.sandbox.control.create_field("Impact", "labels", choices=OPTIONS)
    path, ids = f"/v2/task/{task}/field/{field.id}", options_of(field)
    api.post(path, {"value": ids})
    api.post(path, {"value": ids[1:]})

    assert read_value(api, task) == ids[1:]
    assert "label" in field.type_config["options"][0]


def test_people_are_added_and_removed_by_bare_id(api, task):
    """Objects instead of ids are ignored silently."""
    field = api.sandbox.control.create_field("Owners", "users")
    maria, jonas = (api.sandbox.control.member(name).id for name in ("Maria", "Jonas"))
    path = f"/v2/task/{task}/field/{field.id}"
    api.post(path, {"value": {"add": [maria, {"id": jonas}]}})
    assert [user["id"] for user in read_value(api, task)] == [maria]
    api.post(path, {"value": {"add": [jonas], "rem": [maria]}})

    assert [user["username"] for user in read_value(api, task)] == ["Jonas Weber"]


def test_relationships_show_stubs(api, task, tasks_list):
    """A tasks field shows id, name and status of the others, as they are now."""
    field = api.sandbox.control.create_field("Runs", "tasks")
    run = api.post(f"/v2/list/{tasks_list}/task", {"name": "run 7"})
    api.post(f"/v2/task/{task}/field/{field.id}", {"value": {"add": [run["id"]]}})
    api.put(f"/v2/task/{run['id']}", {"name": "run 8"})

    assert [stub["name"] for stub in read_value(api, task)] == ["run 8"]
    listed = api.get(f"/v2/list/{tasks_list}/task")["tasks"]
    (listed_field,) = [row["custom_fields"][0] for row in listed if row["id"] == task]
    assert listed_field["value"][0]["name"] == "run 8"


def test_location_and_attachment(api, task):
    """Both read back with more than was written."""
    field = api.sandbox.control.create_field("Site", "location")
    value = {"location": {"lat": 52.5, "lng": 13.4}, "formatted_address": "Berlin"}
    api.post(f"/v2/task/{task}/field/{field.id}", {"value": value})

    assert read_value(api, task) == {"place_id": None, **value}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "many"),
        ("checkbox", "yes"),
        ("date", "2026-11-25"),
        ("email", "nobody"),
        ("emoji", 9),
        ("manual_progress", {"current": 101}),
        ("location", "Berlin"),
        ("users", [1]),
        ("formula", 1),
        ("votes", 1),
        ("automatic_progress", 10),
    ],
)
def test_a_value_that_does_not_fit_is_refused(api, task, kind, value):
    """400 with a FIELD code, and nothing is stored."""
    field = api.sandbox.control.create_field("F", kind)
    status, code = api.refused("POST", f"/v2/task/{task}/field/{field.id}", json={"value": value})

    assert status == 400
    assert code.startswith("FIELD_")
    assert api.sandbox.control.find(task).values == {}


def test_unknown_fields(api, task):
    """FIELD_057 for what is no UUID, FIELD_007 for a UUID that is not there."""
    absent = "11111111-1111-4111-8111-111111111111"

    for field_id, code in (("nonsense", "FIELD_057"), (absent, "FIELD_007")):
        path = f"/v2/task/{task}/field/{field_id}"
        assert api.refused("POST", path, json={"value": 1}) == (400, code)


def test_fields_of_another_task_type_do_not_apply(api, tasks_list):
    """Absent on the task, refused when set, left out at creation."""
    field = api.sandbox.control.create_field("Severity", "number", task_types=[1001])
    values = [{"id": field.id, "value": 1}]
    plain = api.post(f"/v2/list/{tasks_list}/task", {"name": "x", "custom_fields": values})
    body = {"name": "y", "custom_item_id": 1001, "custom_fields": values}
    incident = api.post(f"/v2/list/{tasks_list}/task", body)

    assert plain["custom_fields"] == []
    assert incident["custom_fields"][0]["value"] == "1"
    path = f"/v2/task/{plain['id']}/field/{field.id}"
    assert api.refused("POST", path, json={"value": 1})[0] == 400
    listed = api.get(f"/v2/list/{tasks_list}/field", include_applied_objects="true")["fields"]
    assert listed[0]["applied_objects"] == [{"object_type": 19, "object_id": 1001}]


@pytest.mark.clickup_sandbox(plan="Free")
def test_the_free_plan_stops_at_sixty_uses(api, task):
    """Every Set counts, also of the same value; removing works and gives nothing back."""
    field = api.sandbox.control.create_field("Model", "short_text")
    path = f"/v2/task/{task}/field/{field.id}"
    for _ in range(60):
        api.post(path, {"value": "same"})

    assert api.refused("POST", path, json={"value": "same"}) == (400, "FIELD_033")
    api.delete(path)
    assert api.refused("POST", path, json={"value": "same"}) == (400, "FIELD_033")


def test_webhooks_show_a_drop_down_by_uuid(api, hook, listening, task):
    """In history items `after` is the option's UUID, with the field's definition beside it."""
    field = api.sandbox.control.create_field("Workload", "drop_down", choices=OPTIONS)
    api.post(f"/v2/task/{task}/field/{field.id}", {"value": 1})
    api.sandbox.control.deliveries.wait_idle()
    items = [item for item in hook.items("taskUpdated") if item["field"] == "custom_field"]

    assert items[0]["after"] == options_of(field)[1]
    assert items[0]["custom_field"]["name"] == "Workload"
