"""What the surroundings of a task add to its text: `python benchmarks/surroundings.py FILE.jsonl…`

Simulated workspaces of fixed seeds hold the labelled texts of FILE. Each has Lists, people and a
history of tasks whose workload people have set, some of them wrong. A text is put into a List and
given an author by how much these do of its workload; nothing else is known about it. Printed is the
macro-F1 with 95 % intervals (bootstrap over texts and workspaces), for each sign alone and
together, and by the length of the history.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.classifier.classify import Classification, load
from clickup_mlops.routing.classifier.lines import Line, read_lines
from clickup_mlops.routing.decision import WORKLOADS
from clickup_mlops.routing.router import CachedClassifier
from clickup_mlops.routing.surroundings import Surroundings, count_task

SEEDS = range(5)
LISTS, PEOPLE = 12, 12
TELLING_NAMES = 0.3  # share of the Lists whose name tells their workload
PURITY_OF_LISTS, PURITY_OF_PEOPLE = (0.5, 0.98), (0.4, 0.95)
SUBTASKS, SAME_AS_PARENT = 0.25, 0.9
LINKED, SAME_AS_LINKED = 0.3, 0.85
IN_WORK, TELLING_STATUS = 0.4, 0.7  # share of tasks in a status between the first and the last
TEMPLATES = 0.3  # share of the Lists that a template made
WRONG = 0.05  # share of the history that people set wrongly
HISTORIES = (0, 10, 50, 200, 1_000)
ROUNDS = 200
NAMES = {
    "inference": ("Model serving", "Inference endpoints", "LLM API"),
    "training": ("Training runs", "Experiments", "Fine-tuning"),
    "data": ("Data labelling", "Datasets", "ETL pipelines"),
    "infra": ("GPU cluster", "Kubernetes nodes", "Slurm and storage"),
    "other": ("Website", "Docs", "Hiring"),
}
STATUSES = {
    "inference": "canary",
    "training": "GPU queue",
    "data": "labelling",
    "infra": "change window",
    "other": "draft",
}
NEUTRAL = ("Sprint 14", "Backlog", "Inbox", "Team Blue", "Q3", "Next up", "Misc", "Board")


@dataclass
class Corner:
    """A List or a person, and how much of each workload it has."""

    id: int
    name: str
    shares: dict[str, float]
    template: str = ""


@dataclass
class Workspace:
    """Lists and people."""

    chance: Random
    lists: list[Corner] = field(default_factory=list)
    people: list[Corner] = field(default_factory=list)
    more: Random = field(default_factory=Random)
    """For what was added later: earlier figures stay comparable."""

    @classmethod
    def make(cls, seed: int) -> "Workspace":
        """The workspace of a seed."""
        chance = Random(f"workspace {seed}")
        workspace = cls(chance, more=Random(f"more of workspace {seed}"))
        for number in range(LISTS):
            main = WORKLOADS[number % len(WORKLOADS)]
            telling = chance.random() < TELLING_NAMES
            name = chance.choice(NAMES[main] if telling else NEUTRAL)
            corner = Corner(number, name, _share(main, PURITY_OF_LISTS, chance))
            if workspace.more.random() < TEMPLATES:
                corner.template = workspace.more.choice(NAMES[main])
            workspace.lists.append(corner)
        for number in range(PEOPLE):
            main = WORKLOADS[number % len(WORKLOADS)]
            shares = _share(main, PURITY_OF_PEOPLE, chance)
            workspace.people.append(Corner(number, f"person {number}", shares))
        return workspace

    def place(self, title: str, body: str, workload: str) -> Task:
        """A task of this workload, somewhere."""
        place, author = (self._choose(corners, workload) for corners in (self.lists, self.people))
        return Task.parse(
            {
                "id": "x",
                "parent": "p",
                "name": title,
                "text_content": body,
                "list": {"id": f"{place.id}", "name": place.name},
                "space": {"id": f"{place.id % 3}"},
                "creator": {"id": author.id, "username": author.name, "email": ""},
                "status": {"status": self._choose_status(workload), "type": "custom"},
                "linked_tasks": [{"task_id": "x", "link_id": "l"}],
            }
        )

    def template_of(self, task: Task) -> list[str]:
        """The template that made the task's List, if one did."""
        return [name for name in [self.lists[int(task.list_id)].template] if name]

    def linked(self, workload: str) -> str:
        """The workload of a linked task; empty: there is none."""
        if self.more.random() >= LINKED:
            return ""
        equal = self.more.random() < SAME_AS_LINKED
        return workload if equal else self.more.choice(WORKLOADS)

    def _choose_status(self, workload: str) -> str:
        if self.more.random() >= IN_WORK:
            return ""
        telling = self.more.random() < TELLING_STATUS
        return STATUSES[workload if telling else self.more.choice(WORKLOADS)]

    def parent(self, workload: str) -> str:
        """The workload of the parent task; empty: it has none."""
        if self.chance.random() >= SUBTASKS:
            return ""
        equal = self.chance.random() < SAME_AS_PARENT
        return workload if equal else self.chance.choice(WORKLOADS)

    def _choose(self, corners: Sequence[Corner], workload: str) -> Corner:
        return self.chance.choices(corners, [corner.shares[workload] for corner in corners])[0]


def _share(main: str, purity: tuple[float, float], chance: Random) -> dict[str, float]:
    share = chance.uniform(*purity)
    return {w: share if w == main else (1 - share) / (len(WORKLOADS) - 1) for w in WORKLOADS}


@dataclass
class Answer:
    """A text's workload, and what was said with and without its surroundings."""

    workload: str
    said: str


def run(
    lines: Sequence[Line], classifier: CachedClassifier, history: int, signs: frozenset[str]
) -> Iterator[list[Answer]]:
    """The answers in each workspace, with those signs only."""
    for seed in SEEDS:
        workspace = Workspace.make(seed)
        counts = _learn(workspace, [str(line.workload) for line in lines], history, signs)
        neighbours: dict[str, str] = {}
        names = classifier if "names" in signs else None
        around = Surroundings(counts, names, neighbours.get)  # type: ignore[arg-type]
        answers = []
        for line in lines:
            workload = str(line.workload)
            parent, linked = workspace.parent(workload), workspace.linked(workload)
            neighbours["p"] = parent if "parent" in signs else ""
            neighbours["l"] = linked if "linked" in signs else ""
            task = workspace.place(line.title, line.body, workload)
            read: Classification = classifier.classify(line.title, line.body)
            if signs:
                templates = workspace.template_of(task) if "template" in signs else ()
                read = around.weigh(task, read, templates).result
            answers.append(Answer(workload, read.workload))
        yield answers


def _learn(
    workspace: Workspace, workloads: Sequence[str], history: int, signs: frozenset[str]
) -> dict[str, dict[str, float]]:
    counts: dict[str, dict[str, float]] = {}
    for _ in range(history):
        workload = workspace.chance.choice(workloads)
        task = workspace.place("", "", workload)
        wrong = workspace.chance.random() < WRONG
        count_task(counts, task, workspace.chance.choice(WORKLOADS) if wrong else workload)
    kinds = tuple(kind for kind in ("list", "space", "author", "status") if kind in signs)
    return {key: value for key, value in counts.items() if key.startswith(kinds)} if kinds else {}


def macro_f1(answers: Sequence[Answer]) -> float:
    """The mean of the workloads' F1."""
    scores = []
    for name in WORKLOADS:
        hits = sum(answer.workload == name == answer.said for answer in answers)
        total = sum((answer.workload == name) + (answer.said == name) for answer in answers)
        scores.append(2 * hits / total if total else 0.0)
    return sum(scores) / len(scores)


def interval(workspaces: Sequence[Sequence[Answer]]) -> str:
    """The mean over the workspaces, and what 95 % of drawn samples give."""
    chance = Random(1)
    draws = sorted(
        macro_f1(chance.choices(answers, k=len(answers)))
        for answers in chance.choices(workspaces, k=ROUNDS)
    )
    mean = sum(map(macro_f1, workspaces)) / len(workspaces)
    return f"{mean:.3f} ({draws[ROUNDS // 40]:.3f} to {draws[-ROUNDS // 40]:.3f})"


BEFORE = frozenset({"names", "list", "space", "author", "parent"})
ALL = BEFORE | {"status", "linked", "template"}
ABLATION = {
    "text alone": frozenset[str](),
    "names": frozenset({"names"}),
    "Lists and Spaces": frozenset({"list", "space"}),
    "authors": frozenset({"author"}),
    "parents": frozenset({"parent"}),
    "statuses": frozenset({"status"}),
    "linked tasks": frozenset({"linked"}),
    "templates": frozenset({"names", "template"}),
    "all but these three": BEFORE,
    "all": ALL,
}


def main() -> None:
    """Print the two tables."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    lines = [line for name in sys.argv[1:] for line in _read(Path(name))]
    classifier = CachedClassifier(load())
    print(f"{len(lines)} texts, {len(SEEDS)} workspaces; macro-F1 with 95 % interval")
    for name, signs in ABLATION.items():
        print(
            f"  200 tasks of history, {name:19} {interval([*run(lines, classifier, 200, signs)])}"
        )
    for history in HISTORIES:
        result = interval([*run(lines, classifier, history, ALL)])
        print(f"  all signs, {history:5} tasks of history  {result}")


def _read(path: Path) -> list[Line]:
    with path.open(encoding="utf-8") as file:
        return [line for line in read_lines(file) if isinstance(line, Line)]


if __name__ == "__main__":
    main()
