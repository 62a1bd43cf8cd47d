"""A new template is one file: listed, planned, applied and undone without another edit."""

from pathlib import Path

from clickup_mlops.features.provisioning.operations.templates import templates
from clickup_mlops.features.provisioning.template import load
from tests.features.provisioning.workbench import Workbench, open_work, template

TEMPLATE = """
summary = "Where prompts are reviewed."
strategy = "latency first"
[space]
name = "Prompts"
[[space.list]]
name = "Reviews"
"""


def test_a_new_template_is_found_planned_and_applied(bench: Workbench, tmp_path: Path) -> None:
    """The file's name is the template's name."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "prompt_review.toml").write_text(TEMPLATE)

    assert load.names(folder) == ["prompt_review"]
    assert [shipped.summary for shipped in templates(folder).found] == [
        "Where prompts are reviewed."
    ]

    want = template("prompt_review", folder)
    bench.apply(want)

    assert not open_work(bench.plan(want))
    assert bench.control.list_id("Reviews")
