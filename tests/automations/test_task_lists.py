"""What texts and conditions do with lists of tasks: ages, order, people."""

from pathlib import Path

from clickup_mlops.automations.conditions.shown import format_link, split_markdown
from clickup_mlops.automations.examples import mismatch, run
from clickup_mlops.automations.load import find_actions, read
from clickup_mlops.automations.model import Action
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router

LISTED = r"""
summary = "Lists what waits."
schedule = { cron = "0 9 * * *" }
per = "workspace"
when = 'tasks["Serving"].exists(t, t.age() > duration("4h"))'
do = [{ action = "post_chat", channel = "a", text = '${TEXT}' }]
[[example]]
name = "acts"
now = 2026-01-05T12:00:00Z
[[example.around.tasks.Serving]]
name = "b"
waited = "PT5H"
assignees = ["bob", "Ana"]
fields = { Cost = 7, Team = "y" }
[[example.around.tasks.Serving]]
name = "a_*"
waited = "P2DT3H"
due_in = "PT1H"
assignees = ["bob"]
[[example.around.tasks.Serving]]
name = "c"
waited = "PT1M"
priority = "low"
fields = { Cost = 3.5 }
[[example]]
name = "quiet"
expect = []
[[example.around.tasks.Serving]]
waited = "PT4H"
"""


def text_of(folder: Path, expression: str) -> str:
    """What the message says."""
    file = folder / "listed.toml"
    listed = LISTED.replace("TEXT", expression).replace(
        '[[example]]\nname = "acts"', '[[example]]\nname = "acts"\nexpect = [{ action = "any" }]'
    )
    file.write_text(listed, encoding="utf-8")
    automation = read(file, find_actions())
    acts, quiet = automation.examples
    assert mismatch(quiet, run(automation, quiet, Router(Policy()))) == ""
    (action,) = run(automation, acts, Router(Policy()))
    assert isinstance(action, Action)
    return str(action.change.after["text"])


NAMES = '.map(t, t.name).join(" ")'


def test_the_oldest_come_first_with_their_ages(tmp_path: Path) -> None:
    """Marks in names are escaped, and the author's own text is not."""
    expression = (
        'tasks["Serving"].sort("created").first(2).map(t, t.age().text() + ": " + '
        't.name).join("; ")'
    )
    assert text_of(tmp_path, expression) == r"2d 3h: a\_\*; 5h: b"


def test_a_name_is_a_link_whatever_stands_in_it(tmp_path: Path) -> None:
    """Also what the author's own text has. An example's task has no address."""
    expression = 'tasks["Serving"].sort("due").first(1).map(t, "**" + t.link() + "** _*").join("")'
    assert text_of(tmp_path, expression) == r"**a\_\*** _*"
    link = format_link({"name": "x](http://y) \0", "url": "https://app.clickup.com/t/1"})
    ((_, _), (output, is_markdown), (_, _)) = split_markdown(link)
    assert is_markdown
    assert output.endswith("](https://app.clickup.com/t/1)")
    assert output.startswith(r"[x\](http")


def test_tasks_that_have_no_value_come_last(tmp_path: Path) -> None:
    """Of whatever kind it is."""
    for name, order in {
        "due": r"a\_\* b c",
        "priority": r"c b a\_\*",
        "Cost": r"c b a\_\*",
        "Team": r"b a\_\* c",
        "name": r"a\_\* b c",
        "nothing": r"b a\_\* c",
    }.items():
        assert text_of(tmp_path, f'tasks["Serving"].sort("{name}"){NAMES}') == order, name


def test_all_assignees_are_named_once(tmp_path: Path) -> None:
    """With what each of them has."""
    expression = (
        'tasks["Serving"].people().map(who, who + ": " + '
        'tasks["Serving"].filter(t, who in t.assignees).map(t, t.name).join("+")).join(", ")'
    )
    assert text_of(tmp_path, expression) == r"Ana: b, bob: b+a\_\*"


def test_times_are_shown_on_the_clocks_of_a_zone(tmp_path: Path) -> None:
    expression = (
        'tasks["Serving"].sort("due").first(1).map(t, t.due().text("Asia/Tokyo") + " " + '
        '(t.due() - t.updated()).text() + " " + string(t.created() < now)).join("")'
    )
    assert text_of(tmp_path, expression) == "2026-01-05 22:00 1h true"
