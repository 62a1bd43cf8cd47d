"""What templates say about the tasks of the Spaces that they were applied to.

One row for each use of a template in a Space, written by `provision apply`, `adopt` and `upgrade`,
and removed when their run is undone. There is no retention: a row holds as long as its Space, and
there are as many as a team has provisioned Spaces.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Final, Literal

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    select,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import store_table

Plain = Mapping[str, Any]
Of = Literal["only", "max", "min", "sum", "mean"]

space_policy = Table(
    "space_policy",
    metadata,
    Column("space_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("space", Text, nullable=False),
    Column("folders", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Index(None, "workspace"),
    info=readers("r.space_id in (select id from visible_space)"),
)


@dataclass(frozen=True, slots=True)
class SpacePolicy:
    """What one template says. `space` is the Space's name when it was applied, `folders` are the
    ids of the Folders that the template has made or found there.

    `body` has the template's name (`from_template`), its `strategy`, its tables `routing`, `slo`
    and `metrics`, and the automations that it enables (`enable`).
    """

    workspace: str
    space_id: str
    space: str
    name: str
    folders: tuple[str, ...]
    body: Plain

    @property
    def id(self) -> str:
        """Space and name, as one text."""
        return id_of(self.space_id, self.name)

    @property
    def template(self) -> str:
        """The template's name."""
        return str(self.body.get("from_template", self.name))

    @property
    def strategy(self) -> str:
        """The optimisation strategy that the template stands for."""
        return str(self.body.get("strategy", ""))

    @property
    def routing(self) -> Plain:
        """Keys of the routing policy, only those that the template gives."""
        return self._table("routing")

    @property
    def slo(self) -> Mapping[str, Plain]:
        """Objectives by the custom field that is measured."""
        return self._table("slo")

    @property
    def metrics(self) -> Mapping[str, Plain]:
        """Where values come from (`source`, `query`), by custom field."""
        return self._table("metrics")

    @property
    def enable(self) -> Sequence[str]:
        """Names of automations that are on in the Space, if the configuration does not say."""
        return tuple(self.body.get("enable") or ())

    def _table(self, name: str) -> Plain:
        table: Plain = self.body.get(name) or {}
        return table


@dataclass(frozen=True, slots=True)
class MetricBinding:
    """Where the values of a custom field come from in a Space, or in these of its Folders.

    `measure`, `where`, `match`, `lists` and `of` are those of a template's `[metrics]`.
    """

    space_id: str
    template: str
    field: str
    source: str
    query: str
    folders: tuple[str, ...] = ()
    match: Mapping[str, str] = dataclass_field(default_factory=dict)
    lists: tuple[str, ...] = ()
    of: Of = "only"
    measure: str = ""
    where: Mapping[str, str] = dataclass_field(default_factory=dict)


class SpacePolicies:
    """By Space and name; those of one Space in the order in which they were first applied."""

    def __init__(self, database: Database) -> None:
        self._database, self._run = database, database.prepared.on
        statement = database.insert(space_policy)
        new = statement.excluded
        self._upsert = statement.on_conflict_do_update(
            index_elements=["space_id", "name"],
            set_={"space": new.space, "folders": new.folders, "body": new.body},
        )

    def put(self, policy: SpacePolicy, now_ms: int) -> None:
        """Keeps it, in place of what the template said before."""
        row = {
            "space_id": policy.space_id,
            "name": policy.name,
            "workspace": policy.workspace,
            "space": policy.space,
            "folders": orjson.dumps(policy.folders).decode(),
            "body": orjson.dumps(policy.body).decode(),
            "since_ms": now_ms,
        }
        self._database.write(lambda connection: self._run(connection, self._upsert, row))

    def of(self, space_id: str) -> tuple[SpacePolicy, ...]:
        """Those of a Space, the oldest first; what a later one says wins."""
        return self._read(_OF_SPACE, s=space_id)

    def all(self) -> tuple[SpacePolicy, ...]:
        """Those of every Space, the oldest first."""
        return self._read(_ALL)

    def get(self, policy_id: str) -> SpacePolicy | None:
        """One by its `id`."""
        space_id, _, name = policy_id.partition("/")
        return next((policy for policy in self.of(space_id) if policy.name == name), None)

    def remove(self, policy_id: str) -> None:
        """Forgets it, if it is there."""
        space_id, _, name = policy_id.partition("/")
        values = {"s": space_id, "n": name}
        self._database.write(lambda connection: self._run(connection, _REMOVE, values))

    def bindings(self, workspace: str) -> tuple[MetricBinding, ...]:
        """Where the values of custom fields come from in all Spaces of a workspace.

        Where two templates bind one field of the same places, the later one's binding is given.
        """
        by_field = {
            (policy.space_id, policy.folders, field.casefold()): _binding(policy, field, binding)
            for policy in self._read(_OF_WORKSPACE, w=workspace)
            for field, binding in policy.metrics.items()
        }
        return tuple(by_field.values())

    def _read(self, statement: Any, **values: str) -> tuple[SpacePolicy, ...]:
        return tuple(_policy(row) for row in self._database.rows(statement, **values))


def of_space_as_json(space_id: Any, *, is_sqlite: bool) -> Any:
    """A column with those of the Space, the oldest first, as `read_json` reads them."""
    policies = _ALL.where(_c.space_id == space_id).subquery()
    row = (func.json_array if is_sqlite else func.json_build_array)(*policies.c)
    rows = (func.json_group_array if is_sqlite else func.json_agg)(row)
    return select(cast(rows, Text)).select_from(policies).scalar_subquery()


def read_json(text: str | None) -> tuple[SpacePolicy, ...]:
    """The policies of such a column."""
    return tuple(map(_policy, orjson.loads(text or "[]")))


def _policy(row: Sequence[Any]) -> SpacePolicy:
    workspace, space_id, space, name, folders, body = row
    ids, tables = tuple(orjson.loads(folders)), orjson.loads(body)
    return SpacePolicy(workspace, space_id, space, name, ids, tables)


def _binding(policy: SpacePolicy, field: str, values: Plain) -> MetricBinding:
    return MetricBinding(
        policy.space_id,
        policy.template,
        field,
        values["source"],
        values["query"],
        policy.folders,
        values.get("match", {}),
        tuple(values.get("lists", ())),
        values.get("of", "only"),
        values.get("measure", ""),
        values.get("where", {}),
    )


def id_of(space_id: str, name: str) -> str:
    """Space and name, as one text."""
    return f"{space_id}/{name}"


_c = space_policy.c
_ALL: Final = select(_c.workspace, _c.space_id, _c.space, _c.name, _c.folders, _c.body).order_by(
    _c.since_ms, _c.name
)
_OF_SPACE: Final = _ALL.where(_c.space_id == bindparam("s"))
_OF_WORKSPACE: Final = _ALL.where(_c.workspace == bindparam("w"))
_REMOVE: Final = delete(space_policy).where(
    _c.space_id == bindparam("s"), _c.name == bindparam("n")
)

TABLE = store_table(SpacePolicies)
