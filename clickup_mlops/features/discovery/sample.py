"""A made-up export of Jira with history, to try discovery on: a year of two small teams."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from clickup_mlops.json_types import JsonObject

TEAMS: Final = {"SRV": "Model serving", "RES": "Research"}
TASKS: Final = 120
"""Of each team."""
_PEOPLE: Final = ("Ada", "Grace", "Katherine", "Alan", "Edsger", "Barbara", "Tony", "Leslie")
_TITLES: Final = (
    ("inference", "Roll out ranker v{} to the production endpoint"),
    ("inference", "P99 latency of the chat endpoint is over its SLO ({})"),
    ("training", "Train ranker on 64 GPUs, run {}"),
    ("training", "Fine-tune the reranker with LoRA, run {}"),
    ("other", "Update the runbook, chapter {}"),
)
_STAGES: Final = ("Backlog", "In progress", "Waiting for review", "In review", "Done")
_HOURS: Final = {"Backlog": 20, "In progress": 14, "Waiting for review": 5, "In review": 6}
_HOSTS: Final = ("grafana.example.org", "mlflow.example.org", "github.com")


def build(now_ms: int, seed: int = 1) -> JsonObject:
    """As Jira's search API answers with `expand=changelog`. The same seed gives the same.

    Model serving waits for reviews, and its inference waits while training is begun; Research
    answers late, and works with many tools.
    """
    chance = random.Random(seed)
    end = datetime.fromtimestamp(now_ms / 1000, UTC).replace(microsecond=0)
    issues = [_issue(chance, end, team, number) for team in TEAMS for number in range(1, TASKS + 1)]
    return {"names": {}, "issues": list(issues)}


def _issue(chance: random.Random, end: datetime, team: str, number: int) -> JsonObject:
    workload, title = chance.choice(_TITLES)
    created = end - timedelta(hours=chance.uniform(500, 8_700))
    reporter, owner, reviewer = chance.sample(_PEOPLE, 3)
    moves = [*_moves(chance, team, workload, created)]
    return {
        "key": f"{team}-{number}",
        "fields": {
            "summary": title.format(number),
            "project": {"key": team, "name": TEAMS[team]},
            "status": {"name": "Done", "statusCategory": {"key": "done"}},
            "created": _iso(created),
            "reporter": _person(reporter),
            "assignee": _person(owner),
            "comment": {"comments": [*_comments(chance, team, created, reviewer, owner)]},
        },
        "changelog": {"total": len(moves), "histories": [_history(*move, owner) for move in moves]},
    }


def _moves(
    chance: random.Random, team: str, workload: str, at: datetime
) -> Iterator[tuple[datetime, str, str]]:
    for before, after in pairwise(_STAGES):
        hours: float = _HOURS[before]
        if team == "SRV" and before == "Waiting for review":
            hours = 60
        if team == "SRV" and before == "Backlog" and workload == "inference":
            hours = 150
        at += timedelta(hours=hours * chance.lognormvariate(0, 0.5))
        yield at, before, after


def _comments(
    chance: random.Random, team: str, at: datetime, first: str, second: str
) -> Iterator[JsonObject]:
    """The first answer, and what follows."""
    at += timedelta(hours=(90 if team == "RES" else 4) * chance.lognormvariate(0, 0.4))
    yield _comment(at, first, "I have a look at it.")
    hosts: Sequence[str] = _HOSTS * 2 if team == "RES" else _HOSTS[:1]
    for number, host in enumerate(hosts):
        at += timedelta(hours=1)
        yield _comment(at, second if number % 2 else first, f"See https://{host}/run/{number}")


def _comment(at: datetime, author: str, text: str) -> JsonObject:
    return {"author": _person(author), "created": _iso(at), "body": text}


def _history(at: datetime, before: str, after: str, author: str) -> JsonObject:
    item: JsonObject = {"field": "status", "fromString": before, "toString": after}
    return {"created": _iso(at), "author": _person(author), "items": [item]}


def _person(name: str) -> JsonObject:
    return {"accountId": name.lower(), "displayName": name}


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
