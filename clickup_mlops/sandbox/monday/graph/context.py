"""What resolvers know of the request."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from graphql import GraphQLResolveInfo

from clickup_mlops.sandbox.monday.state.cursors import Cursors
from clickup_mlops.sandbox.monday.state.model import User
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.world import World

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.graph.nodes import Nodes


@dataclass(frozen=True, slots=True)
class Budget:
    """Complexity points around this query; `reset_s` seconds until the minute begins again."""

    before: int
    after: int
    query: int
    reset_s: int


class FormulaLimit:
    """Values of formula columns: 10,000 a minute, and 5 columns in one request."""

    per_minute = 10_000
    columns = 5

    def __init__(self) -> None:
        self._minute, self._used = -1, 0

    def take(self, now_ms: int, columns: int) -> None:
        """Count one value. Raises Refusal: FIELD_MINUTE_RATE_LIMIT_EXCEEDED."""
        now_s = now_ms // 1000
        if now_s // 60 != self._minute:
            self._minute, self._used = now_s // 60, 0
        self._used += 1
        if self._used > self.per_minute or columns > self.columns:
            raise Refusal(
                "FIELD_MINUTE_RATE_LIMIT_EXCEEDED",
                "Minute rate limit of display_value of FormulaValue exceeded",
                429,
                retry_in_seconds=60 - now_s % 60,
            )


@dataclass(slots=True)
class Services:
    """What lives longer than a request."""

    world: World
    cursors: Cursors = field(default_factory=Cursors)
    formulas: FormulaLimit = field(default_factory=FormulaLimit)


@dataclass(slots=True)
class Context:
    """One request: who asks, at which address, for which version, with which budget.

    `nodes` makes the objects of the schema.
    """

    services: Services
    user: User
    base_url: str
    version: str
    budget: Budget
    uploads: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    nodes: "Nodes" = field(init=False)
    _formula_columns: set[str] = field(default_factory=set)

    @property
    def world(self) -> World:
        """The records of the account."""
        return self.services.world

    def take_formula(self, column_id: str) -> None:
        """Count a value of a formula column. Raises Refusal beyond the limit."""
        self._formula_columns.add(column_id)
        self.services.formulas.take(self.world.now_ms(), len(self._formula_columns))


Info: TypeAlias = GraphQLResolveInfo[Context]
"""What the library hands to a resolver beside the arguments of its field."""
