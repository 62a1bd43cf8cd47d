"""Writes the pages of the wiki, and comments on milestones."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from clickup_mlops import logs
from clickup_mlops.automations.actions.comment import subject
from clickup_mlops.automations.actions.write_block import blocks_change
from clickup_mlops.automations.model import Action, Change, Written
from clickup_mlops.automations.perform import OPEN, perform
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.bot.receive import jobs
from clickup_mlops.clickup.blocks import build_link, escape_markdown
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import ClickUpMlopsError, Conflict, Unauthorized
from clickup_mlops.features.wiki.blocks import About, sections
from clickup_mlops.features.wiki.models import Model, models
from clickup_mlops.features.wiki.settings import JOB, WikiSettings
from clickup_mlops.ports.sections.models import is_model
from clickup_mlops.ports.sections.task_tables import find_task_tables
from clickup_mlops.store.tables.metric_values import MetricValue
from clickup_mlops.store.tables.mirror import MirrorRow
from clickup_mlops.views import markdown
from clickup_mlops.views.text import format_line

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core
    from clickup_mlops.bot.handle.context.package import ContextPackage
    from clickup_mlops.bot.handle.package import ExecutionPackage

LANE: Final = f"{jobs.LANE}{JOB}"
AUTOMATION: Final = "wiki"
_PAST_MS: Final = 90 * 86_400_000
_KEY: Final = f"comment:{AUTOMATION}"

_log = logs.get()


class Pages:
    """A page for each model."""

    def __init__(
        self, core: "Core", execution: "ExecutionPackage", context: "ContextPackage"
    ) -> None:
        self.core, self._execution, self._context = core, execution, context
        self._tables = find_task_tables()

    def update(self) -> None:
        """One pass. A page that cannot be written keeps no other from its turn.

        Raises:
            ClickUpMlopsError: ClickUp or the store is away; the next pass goes on.
        """
        self._execution.reconciler.reconcile(LANE)
        store, now = self.core.store, self.core.now_ms()
        tasks = (Task.parse(row.raw) for row in store.mirror.each_open())
        values = store.metric_values.of_workspace(self.core.workspace_id)
        rows = store.mirror.get_many([*{value.task_id for value in values}])
        measured = self._measured(rows.values(), values)
        current_models = models(
            measured, tasks, values, self.core.settings.table(WikiSettings).model_field
        )
        for model in current_models:
            self._bring(model, now)
        for task, decided_by in _by_milestone(current_models).items():
            self._write(self._comment(task.id, _deciding(decided_by)), task.id, now)

    def _measured(self, rows: Iterable[MirrorRow], values: Iterable[MetricValue]) -> Iterator[Task]:
        """The open ones of these tasks that are about models."""
        store, model_field = self.core.store, self.core.settings.table(WikiSettings).model_field
        measures: dict[str, list[str]] = defaultdict(list)
        for value in values:
            measures[value.task_id].append(value.measure)
        decided = store.decisions.latest_of([*measures])
        workloads = {row.task_id: str(row.body.get("workload")) for row in decided}
        for row in rows:
            task, name = Task.parse(row.raw), row.task_id
            policy = self._context.router.policy_of(task).policy
            about = measures[name], workloads.get(name, ""), policy, model_field
            if store.mirror.is_open(row.raw) and is_model(task, *about):
                yield task

    def _bring(self, model: Model, now_ms: int) -> None:
        kind, wiki = (
            f"block:{subject(AUTOMATION, model.name)}",
            self.core.settings.table(WikiSettings),
        )
        zone = self.core.settings.jobs.time_zone
        blocks = {
            section.key: markdown.render_section(section, zone)
            for section in sections(self._about(model, now_ms))
        }
        try:
            change = blocks_change(kind, self._last("", kind), wiki.doc, model.name, blocks)
            self._write(change, "", now_ms)
        except Conflict as problem:
            text = (
                f"The page {escape_markdown(model.name)} was not updated: {problem}. {problem.hint}"
            )
            _log.warning("page_not_written", page=model.name, problem=str(problem))
            task = model.tasks[0]
            self._write(self._comment(task.id, text), task.id, now_ms)

    def _about(self, model: Model, now_ms: int) -> About:
        store, since = self.core.store, now_ms - _PAST_MS
        timelines = (store.timeline.of_task(task.id, since, now_ms) for task in model.tasks)
        entries = [entry for timeline in timelines for entry in timeline]
        task_ids = [task.id for task in model.tasks]
        tables = {name: table.in_doc(store, task_ids) for name, table in self._tables.items()}
        return About(
            model,
            sorted(entries, key=lambda entry: entry.at_ms, reverse=True),
            {name: table for name, table in tables.items() if table},
        )

    def _comment(self, task_id: str, text: str) -> Change | None:
        last = self._last(task_id, _KEY)
        before = {"id": last.receipt, "text": last.after["text"]} if last and last.after else None
        if before and before["text"] == text:
            return None
        return Change(_KEY, before, {"text": text}, f"comment: {text:.80}", {"text": text})

    def _last(self, task_id: str, kind: str) -> Written | None:
        row = self.core.store.journal.latest_done(task_id, kind)
        return Written(row.after, row.receipt, row.begun_ms) if row else None

    def _write(self, change: Change | None, task_id: str, now_ms: int) -> None:
        """Raises Conflict, and what keeps all others from being written, too."""
        if change is None:
            return
        cap = self.core.settings.table(WikiSettings).writes_per_hour
        name = "write_block" if change.effect == "block" else "comment"
        action = Action(AUTOMATION, name, task_id, change, f"{LANE}:{now_ms}", mode="on", cap=cap)
        try:
            perform(action, self._execution.executor_context, lane=LANE)
        except (*OPEN, Unauthorized, Conflict):
            raise
        except Postponed:
            _log.info("wiki_postponed", text=change.text)  # the next pass writes it
        except ClickUpMlopsError as problem:
            _log.warning("wiki_refused", text=change.text, problem=str(problem))


def _by_milestone(all_models: Iterable[Model]) -> Mapping[Task, list[Model]]:
    milestones: dict[Task, list[Model]] = {}
    for model in all_models:
        for task in model.milestones:
            milestones.setdefault(task, []).append(model)
    return milestones


def _deciding(deciding_models: Iterable[Model]) -> str:
    return "\n".join(
        ["**Models and numbers that decide this milestone**", *_lines(deciding_models)]
    )


def _lines(deciding_models: Iterable[Model]) -> Iterator[str]:
    for model in deciding_models:
        numbers = ", ".join(
            f"{escape_markdown(value.field)} {value.value:g}"
            for value in model.values
            if value.value is not None
        )
        yield f"- {build_link(format_line(model.name), model.tasks[0].url)}: {numbers}"
