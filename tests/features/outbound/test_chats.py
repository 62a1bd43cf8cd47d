"""Messages in other chat tools: what each takes, how much, and that people's texts mention nothing.

Cases are files, named as the tool, with its limit; every tool must have some.
"""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from clickup_mlops.automations.model import Change, Situation
from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.features.outbound.actions.message import ACTION
from clickup_mlops.features.outbound.chats import ChatMessage, kinds
from tests.automations.support import NOW_MS, event, task

CASES = Path(__file__).parent / "chats"
HOSTILE = "<!channel> @here **x** <users/all> [a](https://evil.example) *b*"
URL = "https://app.clickup.com/t/1"


SIZES: dict[str, Callable[[Any], int]] = {
    "characters": lambda body: len(body["text"]),
    "bytes": lambda body: len(body["text"].encode()),
    "body": lambda body: len(orjson.dumps(body)),
}
"""What a tool limits: the text by its characters or bytes, or the whole body."""


def read_file(kind: str) -> dict[str, Any]:
    """The limit of a tool, and its cases."""
    return tomllib.loads((CASES / f"{kind}.toml").read_text("utf-8"))


def read_cases() -> list[Any]:
    return [
        pytest.param(kind, case, id=f"{kind}: {case['name']}")
        for kind in kinds()
        for case in read_file(kind)["case"]
    ]


def text_of(kind: str, markdown: str, url: str = "") -> str:
    """What people read of it."""
    body: Any = kinds()[kind].fit(ChatMessage(markdown, url))
    return str(body["attachments"][0]["content"]["body"][0] if kind == "teams" else body["text"])


@pytest.mark.parametrize(("kind", "case"), read_cases())
def test_a_message_is_what_the_tool_takes(kind: str, case: dict[str, Any]) -> None:
    """The body, and what is added to the address."""
    message, chat = ChatMessage.read(case), kinds()[kind]
    assert chat.fit(message) == case["body"]
    assert chat.query(message, "msg_1") == case.get("query", {})


@pytest.mark.parametrize("kind", kinds())
def test_what_people_wrote_mentions_and_links_nothing(kind: str) -> None:
    """As an automation's text has it: escaped."""
    text = text_of(kind, f"**Task:** {escape_markdown(HOSTILE)}")
    assert "@here" not in text
    if kind in ("slack", "google_chat"):
        assert text.startswith("*Task:* ") and "<" not in text
        assert "*x" not in text.replace("\u200b*", "") and "*b" not in text.replace("\u200b*", "")


@pytest.mark.parametrize("kind", kinds())
def test_a_mention_is_the_name_of_the_person(kind: str) -> None:
    """What ClickUp makes of it would be an address that leads nowhere."""
    text = '**Call** ${mention(["Ana Lee", "Bo [x]"])}, ${mention(task.name)}.'
    options = ACTION.options.model_validate({"to": "ops", "text": text})
    situation = Situation(event(), task(), NOW_MS, lambda: pytest.fail("no routing here"))
    change = ACTION.plan(situation, options)
    assert isinstance(change, Change)
    text = text_of(kind, change.after["body"]["markdown"])
    assert "Call Ana Lee Bo  x, Ranker." in text.replace("*", "")


@pytest.mark.parametrize("kind", kinds())
@pytest.mark.parametrize(
    "word", ["line & ünïcode\n", "<", "\\<", "é" * 50 + " ", "**b** "], ids=range(5)
)
def test_what_is_too_long_is_cut_with_a_link(kind: str, word: str) -> None:
    """By the tool's own measure, and no shorter than it must be."""
    limit = read_file(kind)["limit"]
    message = ChatMessage(word * (30_000 // len(word)), URL)
    size = SIZES[limit["of"]](kinds()[kind].fit(message))
    assert limit["largest"] * 0.9 < size <= limit["largest"]
    assert URL in text_of(kind, message.markdown, URL)[-80:]


def test_a_cut_leaves_no_half_of_an_escape() -> None:
    """A backslash would escape what follows."""
    for length in range(16_340, 16_344):
        text = text_of("mattermost", "x" * length + "\\<" * 40)
        assert text.endswith(("x\n\n…", "\\<\n\n…"))


@pytest.mark.parametrize("kind", ["slack", "google_chat"])
def test_a_link_that_is_cut_takes_not_the_link_to_the_rest(kind: str) -> None:
    """It ends in the middle of its text."""
    text = text_of(kind, "x " * 1_970 + f"[{'label ' * 40}](https://runs.example.org/1)", URL)
    assert "[label" in text
    assert text.endswith(f"\n\n… <{URL}|The rest>")


def test_a_message_that_fits_is_left_alone() -> None:
    """To the last character."""
    assert text_of("slack", "x" * 4_000, URL) == "x" * 4_000
    assert text_of("slack", "x" * 4_001) == "x" * 3_997 + "\n\n…"
