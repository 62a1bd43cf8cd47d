"""Values of a record that nobody reads: counted losses, so that none is lost silently. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import orjson

from clickup_mlops.features.migration.records import SourceLoss
from clickup_mlops.json_types import Json, JsonObject

NOT_READ: Final = "not read from the file"
_LONGEST: Final = 200


@dataclass(frozen=True)
class Keys:
    """What a source does with the keys of its records.

    `read`: paths such as `milestone.title`; what is below them is read too, and a last `*` stands
    for any rest of a name. `ignored`: paths, or single keys wherever they are, with the reason.
    """

    read: frozenset[str]
    ignored: dict[str, str] = field(default_factory=dict)

    def losses(self, record: JsonObject, at: str = "") -> Iterator[SourceLoss]:
        """Values of a record that are neither read nor ignored; `at` is the path of the record."""
        for key, value in record.items():
            path = f"{at}.{key}" if at else key
            if key in self.ignored or path in self.ignored or self._is_read(path):
                continue
            if path in self._above:
                for inside in value if isinstance(value, list) else [value]:
                    yield from self.losses(inside, path) if isinstance(inside, dict) else ()
            elif (shown := self._shown(value)) is not None:
                yield SourceLoss(path, NOT_READ, as_json(shown)[:_LONGEST])

    def _is_read(self, path: str) -> bool:
        return path in self.read or path.startswith(self._prefixes)

    def _shown(self, value: Json) -> Json:
        """Without what is empty, zero, false or ignored; None: nothing is left."""
        if isinstance(value, dict):
            pairs = {
                key: part
                for key, inside in value.items()
                if key not in self.ignored and (part := self._shown(inside)) is not None
            }
            return pairs or None
        if isinstance(value, list):
            parts = [part for inside in value if (part := self._shown(inside)) is not None]
            return parts or None
        return value or None

    @cached_property
    def _above(self) -> frozenset[str]:
        """Paths of objects of which some keys are read."""
        parts = (path.split(".") for path in self.read)
        return frozenset(".".join(part[:n]) for part in parts for n in range(1, len(part)))

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        return tuple(path.rstrip("*") for path in self.read if path.endswith("*"))


def as_json(value: Json) -> str:
    """A text as it is, nothing as nothing, else JSON."""
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode() if value else ""


def ignore(**reasons: str) -> dict[str, str]:
    """Keys by their reasons: `ignore(**{"a reason": "one key and another"})`."""
    return {key: reason for reason, keys in reasons.items() for key in keys.split()}
