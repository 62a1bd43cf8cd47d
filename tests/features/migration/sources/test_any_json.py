"""Whatever a JSON file holds, a source gives records or says what is wrong."""

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.records import dumps
from tests.features.migration.sources.reading import SAMPLES, read

FILES = {
    "jira": SAMPLES / "jira" / "issues.json",
    "asana": SAMPLES / "asana" / "project.json",
    "trello": SAMPLES / "trello" / "board.json",
    "github": SAMPLES / "github" / "gh.json",
    "notion": SAMPLES / "notion" / "query.json",
    "azure_devops": SAMPLES / "azure_devops" / "items.json",
}
_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=2) | st.dictionaries(st.text(max_size=3), inside),
    max_leaves=3,
)


def paths(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside."""
    if not isinstance(value, dict | list):
        return [before]
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    result = [path for key, inner in inside for path in paths(inner, (*before, key))]
    return [before, *result]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with another value at the end of the path."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("kind", FILES)
def test_a_file_deeper_than_any_export_is_refused(kind: str, tmp_path: Path) -> None:
    """Python's stack would end before it does; up to there it is read, or named."""
    file = tmp_path / "export.json"
    for levels in (190, 600):
        value = "[" * levels + '"x"' + "]" * levels
        content = json.loads(FILES[kind].read_text(encoding="utf-8"))
        for path in paths(content)[1:]:
            text = json.dumps(replaced(content, path, "DEEP")).replace('"DEEP"', value)
            file.write_text(text, encoding="utf-8")
            with (
                suppress(ContentError)
                if levels < 600
                else pytest.raises(ContentError, match="deep")
            ):
                read(kind, file)


@pytest.mark.parametrize("kind", FILES)
@given(data=st.data())
def test_any_value_at_any_place_is_met(kind: str, data: st.DataObject) -> None:
    """No other error than ContentError; every record survives JSON."""
    content = json.loads(FILES[kind].read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(paths(content)[1:]))
        content = replaced(content, path, data.draw(_anything))
        if not paths(content)[1:]:
            return
    with tempfile.TemporaryDirectory() as folder, suppress(ContentError):
        file = Path(folder) / "export.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        result = read(kind, file)
        for record in (*result.people.values(), *result.boards, *result.items, *result.updates):
            dumps(record)
