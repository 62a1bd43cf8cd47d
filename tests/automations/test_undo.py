"""What it takes to get back: laws over histories of one task."""

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.automations.load import find_effects
from clickup_mlops.bot.write.descriptions import describe
from clickup_mlops.bot.write.inverse import Kept, Step, plan
from clickup_mlops.store.audit.chain import START, Entry

EFFECTS = find_effects()
LEVELS = st.sampled_from([None, 1, 2, 3, 4])
MADE = st.tuples(st.sampled_from(["ours", "person"]), LEVELS)


def entry(seq: int, before: object, after: object, **more: object) -> Entry:
    """A write that happened."""
    values = {
        "seq": seq, "at_ms": seq, "begun_ms": seq, "task_id": "t", "kind": "priority",
        "before": before, "after": after, "receipt": None, "cause": "e", "chain": (),
        "automation": "r", "actor": "", "run": "", "outcome": "done", "calls": (),
        "journal_id": seq, "key": "", "prev": START.hash,
    }  # fmt: skip
    return Entry(**values | more)


@given(LEVELS, st.lists(MADE, min_size=1, max_size=8))
def test_one_write_leads_back_to_the_beginning_or_to_a_persons_last_choice(
    first: int | None, history: list[tuple[str, int | None]]
) -> None:
    """Every change is told of once, as undone or as kept."""
    value, entries, back_to = first, [], first
    for number, (person, after) in enumerate(history):
        if person == "ours":
            entries.append(entry(len(entries) + 1, value, after))
        else:
            after = back_to = 10 + number  # a value that nobody else writes
        value = after
    if not entries:
        return

    newest = {("t", "priority"): entries[-1]}
    parts = plan(entries, EFFECTS, newest).get("t", [])

    message = [
        e for part in parts for e in (part.entries if isinstance(part, Step) else [part.entry])
    ]
    assert sorted(e.seq for e in message) == [e.seq for e in entries]
    steps = [part for part in parts if isinstance(part, Step)]
    last = entries[-1]
    if history[-1][0] == "ours":
        expected = [] if back_to == last.after else [(last.after, back_to)]
        assert [(step.back.before, step.back.after) for step in steps] == expected


def test_what_failed_is_not_taken_back() -> None:
    """Nothing was written."""
    assert plan([entry(1, 4, 1, outcome="failed")], EFFECTS, {}) == {}


def test_a_comment_is_taken_back_by_its_receipt() -> None:
    """What was new is removed, and nothing is without an answer."""
    created = entry(1, None, {"text": "slow"}, kind="comment:r", receipt="c1")
    (step,) = plan([created], EFFECTS, {})["t"]

    assert isinstance(step, Step)
    assert (step.back.before["id"], step.back.after) == ("c1", None)


def test_holds_that_followed_each_other_are_undone_in_one_step() -> None:
    """The second one says of the first also where it came from."""
    first, second = ({"priority": n, "since_ms": n, "until_ms": n} for n in (1, 2))
    held = [
        entry(1, None, first, kind="hold"),
        entry(2, first | {"origin": "change", "created_ms": 0}, second, kind="hold"),
    ]
    (step,) = plan(held, EFFECTS, {})["t"]

    assert isinstance(step, Step)
    assert (step.back.before, step.back.after) == (second, None)


def test_what_nobody_knows_how_to_take_back_is_said() -> None:
    """Provisioning has an undo of its own."""
    (stored,) = plan([entry(1, None, {}, kind="provision:create")], EFFECTS, {})["t"]

    assert isinstance(stored, Kept)
    assert "provision undo" in stored.why


def test_changes_are_told_in_words() -> None:
    """Priorities by name, holds with their end, long texts shortened."""
    hold = {"priority": 2, "since_ms": 0, "until_ms": 86_400_000, "user_id": 7, "because": "demo"}

    assert describe("hold", None, hold) == "hold: None -> High until 1970-01-02 00:00 UTC"
    assert describe("priority", 4, None) == "priority: Low -> None"
    assert describe("priority", None, 1) == "priority: None -> Urgent"
    assert describe("tag:incident", True, False) == "- tag incident"
    message = {"to": "slurm", "body": {"data": {"deferred": "true"}}}
    assert describe("webhook:r", None, message) == "+ webhook: slurm"
    opened = {"chain": [["k", "live_incident"]], "title": "vLLM is down", "window_ms": 1}
    assert describe("incident", None, opened) == "incident: part of no incident -> vLLM is down"
    assert describe("incident", opened, None) == "incident: vLLM is down -> part of no incident"
    created = {"text": "", "name": "Follow up", "list_id": "9"}
    assert describe("task:r/k", None, created) == "+ task: Follow up"
    assert describe("checklist:Steps", None, ["a", "b"]) == "+ checklist Steps: a, b"
    assert describe("due", 86_400_000, None) == "due: 1970-01-02 00:00 UTC -> None"
    date = {"type": "date", "value": "86400000"}
    assert describe("field:When", None, date) == "field When: None -> 1970-01-02 00:00 UTC"
    assert describe("comment:r", None, {"text": "x" * 99}).endswith("x…")
    assert describe("comment:r", None, {"text": "a\n\n- b"}) == "+ comment: a - b"
