"""Updates as people and automations write them, and files."""

from clickup_mlops.sandbox.monday.control import Control
from clickup_mlops.sandbox.monday.seeds.ai_ml.people import People
from clickup_mlops.sandbox.monday.state.model import Board, Item, User

DAY_MS = 86_400_000
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da63fcffff3f0300050001a5d68f8e0000000049454e44ae426082"
)
"""One pixel."""
AUTOMATION, TEMPLATE = -4, -7
"""Creators that are no users."""


def format_mention(control: Control, user: User) -> str:
    """A mention as the editor writes it."""
    href = f"https://{control.world.slug}.monday.com/users/{user.id}-{user.name.split()[0].lower()}"
    return (
        f'<a class="user_mention_editor router" href="{href}" data-mention-type="User"'
        f' data-mention-id="{user.id}" target="_blank" rel="noopener">@{user.name}</a>'
    )


def plant(control: Control, people: People, board: Board, item: Item) -> None:
    """On one item: mention, reply, picture, checklist, gif, automation; one update of the board."""
    now = control.clock.now_ms()
    report = control.add_file(item, "latency report.csv", b"p50,p99\n180,412\n", column="files")
    control.add_file(item, "trace 70b (final).json", size=20_000, column="files", by=people.chen)
    lost_file = control.add_file(item, "lost.bin", b"x", column="files")
    control.delete_file(lost_file)
    control.change(item, {"files": {"files": [*item.cells["files"]["files"], _drive_file()]}})
    question = control.add_update(
        item,
        f"<p>\ufeff{format_mention(control, people.chen)} is <strong>P99</strong> back below "
        f"400&nbsp;ms?"
        f" See <em>{report.name}</em>.</p>",
        by=people.bea,
        at_ms=now - 3 * DAY_MS,
    )
    question.liker_ids, question.pinned = [people.ada.id, people.chen.id], True
    control.add_update(
        item,
        "<p>Since 14:00, yes 🎉</p>",
        by=people.chen,
        at_ms=now - 2 * DAY_MS,
        reply_to=question,
    )
    gunnar = f"<p>{format_mention(control, people.former)} left, I take over.</p>"
    control.add_update(item, gunnar, by=people.former, at_ms=now - 2 * DAY_MS, reply_to=question)
    _add_picture(control, people, item, now - DAY_MS)
    control.add_update(
        item,
        "<ul class='checklist'><li class='checklist_task checked'>warm up</li>"
        "<li class='checklist_task'>load test</li></ul>"
        '<p><img data-gif-id="7" src="https://media.example/party.gif"></p>',
        by=people.ada,
        at_ms=now - DAY_MS // 2,
    )
    control.add_update(item, "<p>Status changed to Working on it</p>", by=AUTOMATION)
    control.add_update(item, "<p>Describe the change here.</p>", by=TEMPLATE)
    control.add_update(board, "<p>Freeze from 20 December on.</p>", by=people.ada)


def _add_picture(control: Control, people: People, item: Item, at_ms: int) -> None:
    update = control.add_update(item, "", by=people.bea, at_ms=at_ms)
    asset = control.add_file(update, "flame graph.png", PNG, by=people.bea)
    source = (
        f"https://{control.world.slug}.monday.com/protected_static/{asset.id}/flame%20graph.png"
    )
    control.edit_update(
        update, f'<p>Before:</p><p><img src="{source}" data-asset_id="{asset.id}"></p>'
    )
    only_a_file = control.add_update(item, "", by=people.chen, at_ms=at_ms + 60_000)
    control.add_file(only_a_file, "nsys-rep.qdrep", size=3_000, by=people.chen)


def _drive_file() -> dict[str, str]:
    return {
        "fileType": "GOOGLE_DRIVE",
        "name": "Rollout plan",
        "url": "https://drive.example/rollout-plan",
    }
