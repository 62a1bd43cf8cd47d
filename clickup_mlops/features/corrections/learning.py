"""Learn: train the classifier with what people said; count the examples of a corpus."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.handle.context.authorship import Authorship
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.classifier import learned
from clickup_mlops.routing.classifier.learn import Correction, fit_files
from clickup_mlops.routing.classifier.lines import BadLine, Line
from clickup_mlops.routing.classifier.model import MODEL, load_file
from clickup_mlops.routing.classifier.training.examples import list_corpus_files, read_examples
from clickup_mlops.routing.decision import WORKLOADS, Decision
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.router import Router
from clickup_mlops.routing.surroundings import count_task

SAID_BY_PEOPLE: Final = ("field", "tag")


@dataclass(frozen=True, slots=True)
class Learned:
    """All corrections in `file` now, and how many of them are new."""

    file: Path
    corrections: int
    new: int


def learn(bot: Bot, new: Sequence[Correction], *, reset: bool = False) -> Learned:
    """Keep the corrections with earlier ones (`reset`: without); used from the next start on.

    Raises:
        ContentError: the file with earlier corrections, or a corpus, cannot be used.
    """
    settings = bot.settings.classifier
    old = [] if reset else learned.rows(learned.read(settings.learned))
    corrections = learned.merged(old, list(new))
    model, _ = load_file(MODEL)
    if settings.corpus:
        model = fit_files(model, settings.corpus)
    learned.write(settings.learned, corrections, model, {} if reset else count_surroundings(bot))
    return Learned(settings.learned, len(corrections), len(new))


def from_tasks(bot: Bot) -> list[Correction]:
    """The workloads that people set in the workload field or by a tag, and the incidents that they
    confirmed or refused, as the bot last saw them. Not from words that are not people's.
    """
    now, authors, corrections = bot.now_ms(), Authorship(bot.store), []
    context, store = bot.context, bot.store
    # Without a client: what ClickUp would have to be asked is not learned from.
    router = Router(bot.settings.routing, context.classifier, store.space_policies, authors)
    for row in bot.store.mirror.each_open():
        task = Task.parse(row.raw)
        decision = router.route(task, context.routing_context.of(task, "", now), now)
        # Learning from a tag that the bot set would confirm its own guess.
        by_bot = context.bot_tags.are_all(task, bot.settings.routing.incident.tags)
        live = None if by_bot else _said_live(decision)
        is_said = decision.source in SAID_BY_PEOPLE or live is not None
        if task.name.strip() and is_said and not authors.of(task).foreign_source:
            corrections.append(Correction(task.name, task.text, str(decision.workload), live))
    return corrections


def count_surroundings(bot: Bot) -> dict[str, dict[str, float]]:
    """How many open tasks of each List, Folder, Space and person are of which workload, where
    people have set it in the workload field or by a tag. Counted anew each time.
    """
    counts: dict[str, dict[str, float]] = {}
    router, now = Router(bot.settings.routing), bot.now_ms()
    for row in bot.store.mirror.each_open():
        task = Task.parse(row.raw)
        decision = router.route(task, Context(), now)
        if decision.source in SAID_BY_PEOPLE:
            count_task(counts, task, decision.workload)
    return counts


def _said_live(decision: Decision) -> bool | None:
    """Only inference can be an incident of the classifier."""
    is_set_by_tag = decision.incident_by == "tag" and decision.workload == "inference"
    return decision.incident if is_set_by_tag else None


def from_lines(name: str, lines: Iterable[Line | BadLine]) -> tuple[list[Correction], list[str]]:
    """The corrections of a file with this name, and what is wrong with the other lines."""
    corrections, wrong = [], []
    for line in lines:
        if isinstance(line, BadLine):
            wrong.append(f"{name}, {line}")
        elif line.workload is None:
            wrong.append(f"{name}: the line with title {line.title!r} has no workload")
        elif not line.title.strip():
            wrong.append(f"{name}: a line of {line.workload} has an empty title")
        else:
            live = line.incident if line.workload == "inference" else None
            corrections.append(Correction(line.title, line.body, line.workload, live))
    return corrections, wrong


def corpus(files: Sequence[Path] = ()) -> list[dict[str, Any]]:
    """Examples of each file (none: those that shipped) by workload, and incidents.

    Raises:
        ContentError: a line is wrong; names file and number.
    """
    return [_count(path) for path in files or list_corpus_files()]


def _count(path: Path) -> dict[str, Any]:
    examples = read_examples([path])
    by_workload = Counter(example.workload for example in examples)
    counts = {str(name): by_workload[name] for name in WORKLOADS}
    incidents = sum(example.incident for example in examples)
    return {"file": path.name, **counts, "incident": incidents}
