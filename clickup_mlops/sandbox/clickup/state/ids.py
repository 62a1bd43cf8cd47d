"""Ids in the shapes that ClickUp uses. Each is made from a counter, so runs can be repeated."""

import hashlib
import uuid

from clickup_mlops.sandbox.clickup.state.model import Counter
from clickup_mlops.sandbox.clickup.state.table import Table

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_NAMESPACE = uuid.UUID("6f2d3c58-93e4-4e2b-9d51-2f0c5a9be001")


class Ids:
    """Gives out ids; the counters are part of the state, so a restart repeats none."""

    def __init__(self, counters: Table[Counter]) -> None:
        self._counters = counters

    def count(self, kind: str) -> int:
        """The next number of this kind, from 1."""
        counter = self._counters.get(kind) or Counter(kind)
        counter.value += 1
        return self._counters.put(counter).value

    def numeric(self, kind: str) -> str:
        """Teams, spaces, folders, lists, comments: a long number as a string."""
        base = {"team": 90_120_000_000, "comment": 90_110_164_000_000}.get(kind, 901_200_000_000)
        return str(base + self.count("comment" if kind == "comment" else "place"))

    def user(self) -> int:
        """User ids are integers."""
        return 81_000_000 + 17 * self.count("user")

    def task(self) -> str:
        """Nine characters like `86d3f01jq`."""
        number = 10_000_019 + 7_919 * self.count("task")
        letters = ""
        while number:
            number, digit = divmod(number, 36)
            letters = _DIGITS[digit] + letters
        return "86" + letters.rjust(7, "d")

    def uuid(self, kind: str) -> str:
        """Fields, options, checklists, webhooks, attachments."""
        return str(uuid.uuid5(_NAMESPACE, f"{kind}:{self.count('uuid')}"))

    def status(self, place_id: str, prefix: str) -> str:
        """Prefix and place id, then eight characters: `p90060128078_VdY2oEPE`."""
        return f"{prefix}{place_id}_{self.word('status', 8)}"

    def word(self, kind: str, length: int) -> str:
        """Letters and digits that look random and are not."""
        seed = f"{kind}:{self.count(kind)}".encode()
        return hashlib.blake2b(seed, digest_size=(length + 1) // 2).hexdigest()[:length]

    def history(self) -> str:
        """Nineteen digits that grow."""
        return str(4_697_000_000_000_000_000 + 16_777_259 * self.count("history"))
