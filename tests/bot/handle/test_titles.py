"""What the titles of a List's open tasks show, where the store does not say it by itself."""

from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.automations.model import Unanswered
from clickup_mlops.bot.handle import titles
from clickup_mlops.bot.handle.titles import Titles
from clickup_mlops.store import Store
from tests.empty import store_at


def test_titles_are_those_of_the_newest_versions_of_the_open_tasks(tmp_path: Path) -> None:
    """A renamed task has its new title, a closed one none, though each is read once."""
    with Store.open(store_at(tmp_path / "bot.db")) as store:
        reader = Titles(store.mirror)
        for at_ms, first, is_open in [(1, "a", True), (2, "b", True), (2, "b", True), (3, "", 0)]:
            raws = [_task("1", first, "open" if is_open else "closed"), _task("2", "c", "open")]
            store.mirror.put_many("w", raws, at_ms)
            expected = {(first, "x")} if is_open else set()
            assert {(title.name, title.text) for title in reader.read("l", "model")} == {
                *expected,
                ("c", "x"),
            }
        assert [*store.mirror.open_versions("l", 1)] == ["2"]
        tasks = [_task(f"n{number}", "d", "open") for number in range(titles.MOST_COUNTED + 9)]
        store.mirror.put_many("w", tasks, 4)
        with pytest.raises(Unanswered, match=r"more than 2,000 open tasks$"):
            reader.read("l", "model")


def _task(task_id: str, name: str, kind: str) -> dict[str, Any]:
    field = {"id": "f", "name": "Model", "type": "short_text", "value": " x "}
    return {
        "id": task_id,
        "name": name,
        "status": {"status": kind, "type": kind},
        "list": {"id": "l"},
        "date_updated": "1",
        "custom_fields": [field],
    }
