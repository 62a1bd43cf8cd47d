"""An evaluation survives a crash as a note."""

from dataclasses import replace

import orjson

from clickup_mlops.automations.model import Action, Change, Held, Latch, Problem
from clickup_mlops.bot.evaluation import Evaluation, Part
from clickup_mlops.bot.internal_events import Handover
from clickup_mlops.clickup import webhook

CHAIN = (("e0", "other"),)
BODY = b'{"event":"taskUpdated","task_id":"t","webhook_id":"w","history_items":[]}'


def test_a_note_brings_back_all_that_was_wanted() -> None:
    """But not the place in the List, which only the process that evaluated holds."""
    event = replace(webhook.parse(BODY), key="e1")
    findings: tuple[Part, ...] = (
        Action("a", "add_tag", "t", Change("tag:x", False, True, "", {}), "e1", "on", 20, CHAIN),
        Problem("b", "t", "e1", "no such field", bug=ValueError()),
        Held("c", "t", event, CHAIN, 5),
        Handover("d", "t2", "t", event, CHAIN, ("do.0",), ("comment",)),
        Latch("a", "t", "e1", on=True),
    )
    evaluation = Evaluation(("e1",), findings, {"task_id": "t"}, {"i1": {"e1": ["a"]}})

    restored = Evaluation.from_dict(orjson.loads(orjson.dumps(evaluation.to_dict())))

    assert restored.findings[:2] == evaluation.findings[:2]
    held = restored.findings[2]
    assert isinstance(held, Held)
    assert (held.cause, held.chain, held.until_ms) == ("e1", CHAIN, 5)
    handed = restored.findings[3]
    assert isinstance(handed, Handover)
    assert (handed.cause, handed.about, handed.steps) == ("e1", "t", ("do.0",))
    assert (handed.task_id, handed.chain, handed.actions) == ("t2", CHAIN, ("comment",))
    assert restored.findings[4:] == evaluation.findings[4:]
    assert (restored.keys, restored.decision) == (evaluation.keys, evaluation.decision)
    assert restored.changes == evaluation.changes
