"""What `what-if` and `automations lint` cost: `python benchmarks/what_if.py [--json]`, CPU.

10,000 open tasks with texts of their own, in 40 Lists, under two policies. Baseline: reading each
text once with the classifier, without which no policy can say anything. Then all shipped
automations, switched on, in their examples and in 500 situations like recorded ones.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

from clickup_mlops import content
from clickup_mlops.automations.choices import AutomationChoice
from clickup_mlops.automations.lint.model import Subject
from clickup_mlops.automations.lint.run import lint
from clickup_mlops.automations.load import find_effects, load
from clickup_mlops.automations.model import Example
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.features.simulation.simulation import CachedClassifier
from clickup_mlops.features.simulation.what_if import Question, ask
from clickup_mlops.routing.classifier.classify import load as load_classifier
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.store.scratch import scratch_store

TASKS, SITUATIONS = 10_000, 500
NOW_MS = 1_767_614_400_000
HOUR_MS = 3_600_000
TITLES = ("Serving latency of ranker", "Fine-tune reranker", "Label images", "Kubernetes node pool")
KINDS = ("taskCreated", "taskUpdated", "taskStatusUpdated", "taskTagUpdated")


def raw(n: int) -> dict[str, Any]:
    """A task as ClickUp sends it, due within the next eight days."""
    return {
        "id": f"t{n}",
        "name": f"{TITLES[n % 4]} {n}",
        "text_content": f"Details of item {n}.",
        "list": {"id": str(n % 40), "name": f"List {n % 40}"},
        "status": {"status": "to do", "type": "open"},
        "priority": {"id": str(1 + n % 4)},
        "tags": [{"name": "incident"}] if n % 9 == 0 else [],
        "date_created": str(NOW_MS - n * 60_000),
        "due_date": str(NOW_MS + n % 200 * HOUR_MS),
    }


def situation(n: int) -> Example:
    """One of the situations."""
    kind = KINDS[n % 4]
    event = Event(f"e{n}", "w", kind, f"t{n}", str(n % 40), None, None, (), NOW_MS, {})
    return Example(f"situation {n}", event, Task.parse(raw(n)), NOW_MS, Context(), {}, ())


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of CPU, and what the work gave."""
    begun = time.process_time()
    value = work()
    return time.process_time() - begun, value


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    classifier = load_classifier()
    classifier.classify("warm", "up")
    tasks = [raw(n) for n in range(TASKS)]
    read_s, _ = cpu(lambda: [classifier.classify(t["name"], t["text_content"]) for t in tasks])
    question = Question(Policy(), Policy.model_validate({"urgency": {"soon": 3600}}))
    with scratch_store() as store:
        store.mirror.put_many("1", tasks, 1)
        asked_s, (_judged, moves) = cpu(lambda: ask(store, classifier, question, NOW_MS))
    folder = content.find_folder("automations", None)
    choices = {path.stem: AutomationChoice(mode="on") for path in content.list_toml_files(folder)}
    automations, router = (
        load(folder, choices=choices),
        Router(Policy(), CachedClassifier(classifier)),
    )
    samples = [situation(n) for n in range(SITUATIONS)]
    subject = Subject(automations, find_effects(), router, samples, now_ms=NOW_MS)
    lint_s, remarks = cpu(lambda: lint(subject))
    result = {
        "texts_read_s": round(read_s, 2),
        "what_if_s": round(asked_s, 2),
        "what_if_tasks_per_cpu_s": round(TASKS / asked_s),
        "moves": len(moves),
        "lint_s": round(lint_s, 2),
        "lint_automations": len(automations),
        "remarks": len(remarks),
    }
    print(json.dumps(result) if as_json else "\n".join(f"{k}: {v:,}" for k, v in result.items()))


if __name__ == "__main__":
    main()
