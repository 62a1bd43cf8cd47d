"""The script: what the team does while you watch."""

from clickup_mlops.cli._demo.play import Step

SERVING, TRAINING = "Tasks", "Tasks"

SCRIPT: tuple[Step, ...] = (
    Step(
        "Jonas",
        "adds a training task",
        lambda me: me.create_task(TRAINING, "Fine-tune the reranker on the March click data"),
    ),
    Step(
        "Maria",
        "adds an inference task",
        lambda me: me.create_task(SERVING, "Roll out ranker v7 behind the canary endpoint"),
    ),
)
