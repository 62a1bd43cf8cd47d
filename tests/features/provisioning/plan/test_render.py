"""A plan as people read it."""

from clickup_mlops.features.provisioning.plan import cost, diff, messages, render
from clickup_mlops.features.provisioning.plan.abilities import Abilities, Known
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.tree import Node, Path, Tree

SPACE: Path = (("space", "ML"),)
LIST: Path = (*SPACE, ("list", "Serving"))


def tree(*nodes: Node) -> Tree:
    return {node.path: node for node in nodes}


def planned(have: Tree, *extra: Node) -> Plan:
    want = tree(
        Node(SPACE),
        Node(LIST, {"description": "Live models", "template": "Serving list"}),
        Node((*LIST, ("field", "P99")), {"type": "number"}),
        *extra,
    )
    return diff.plan(want, have, Abilities(), reads=3)


def test_the_tree_has_a_mark_for_each_operation() -> None:
    """Create, manual, update with found and wanted, adopt."""
    board = Node((*LIST, ("view", "Board")), {"group_by": "status"})
    have = tree(
        Node(SPACE, {}, "1"),
        Node(LIST, {"description": "Old"}, "2"),
        Node(board.path, {"group_by": "none"}, "3"),
    )

    lines = render.text(planned(have, board, Node((*LIST, ("task", "Start"))))).splitlines()

    assert lines[:8] == [
        '= space "ML"',
        '~   list "Serving"',
        '        description: found "Old", wanted "Live models"',
        '!     field "P99": number',
        '~     view "Board"',
        '          group_by: found "none", wanted "status"',
        '+     task "Start"',
        "! 1 must be done by hand: ClickUp's API cannot create custom fields.",
    ]


def test_what_is_as_wanted_is_left_out_unless_asked_for() -> None:
    """Places around work stay, so that it is clear where it is."""
    have = tree(Node(SPACE, {}, "1"), Node((*SPACE, ("status", "to do")), {"type": "open"}, "s"))
    status = Node((*SPACE, ("status", "to do")), {"type": "open"})
    plan = diff.plan(
        tree(Node(SPACE), status, Node(LIST)),
        have,
        Abilities(known=Known({SPACE: Memory("1"), status.path: Memory("s")})),
    )

    assert [str(line) for line in render.lines(plan)] == ['  space "ML"', '+   list "Serving"']
    assert len(list(render.lines(plan, show_all=True))) == 3


def test_a_missing_clickup_template_is_told() -> None:
    """The list is plain then, and a person has more to do."""
    (line,) = [line for line in render.lines(planned({})) if "Serving" in line.text]

    assert 'there is no ClickUp template "Serving list", so it will be created empty' in line.text


def test_the_summary_counts_and_estimates() -> None:
    """Calls, and minutes at the token's limit."""
    counts, calls = render.summary(planned({}), per_minute=2)[-2:]

    assert counts == "Plan: 2 to create, 1 by hand."
    assert calls == "2 API calls to apply, 3 used to plan: about 2 min at 2 calls a minute."


def test_a_plan_without_work_says_so() -> None:
    """In the first line."""
    assert render.text(diff.plan({}, {}, Abilities())).startswith("No changes.")


def test_minutes_are_whole_windows_waited_for() -> None:
    """The first window's calls go at once."""
    minutes = [cost.minutes(calls, 100) for calls in (0, 1, 100, 101, 250)]

    assert minutes == [0, 0, 0, 1, 2]


def test_values_are_shown_short() -> None:
    """One line, at most sixty characters of a text."""
    assert messages.value("a\n  b") == '"a b"'
    assert len(messages.value("x" * 500)) == 62
    assert messages.value(["a", True, 1, None]) == '["a", yes, 1, nothing]'
    assert messages.value({"field": "P99", "above": 2}) == '{field "P99", above 2}'


class Memory:
    """What an apply left."""

    def __init__(self, object_id: str) -> None:
        self.object_id = object_id
        self.desired: dict[str, str] = {}


def test_a_new_field_shows_what_it_is_like() -> None:
    """Type, options, settings, unit."""
    risk = Node((*LIST, ("field", "Risk")), {"type": "labels", "options": ["data", "code"]})
    speed = Node((*LIST, ("field", "Speed")), {"type": "number", "precision": 0, "unit": "ms"})

    lines = [line.text for line in render.lines(planned({}, risk, speed))]

    assert 'field "Risk": labels, options ["data", "code"]' in lines
    assert 'field "Speed": number, precision 0, unit "ms"' in lines


def test_a_plan_says_that_apply_will_stop() -> None:
    """With the number that allows it."""
    views = [Node((*LIST, ("view", f"V{n}")), {"group_by": "status"}) for n in range(12)]
    have = [Node(view.path, {"group_by": "none"}, str(n)) for n, view in enumerate(views)]
    live_tree = tree(Node(SPACE, {}, "s"), Node(LIST, {"description": "Live models"}, "l"), *have)

    assert any("--allow 12" in line for line in render.summary(planned(live_tree, *views)))
