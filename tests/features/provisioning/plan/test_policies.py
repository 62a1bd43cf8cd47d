"""A template whose policy contradicts the configuration is refused before anything is planned."""

from pathlib import Path

import pytest

from clickup_mlops.errors import ContentError
from clickup_mlops.features.provisioning.plan import policies
from clickup_mlops.features.provisioning.tree import Node
from clickup_mlops.features.provisioning.tree import Path as TreePath
from clickup_mlops.routing.policy import Policy

POLICY: TreePath = (("space", "ML"), ("policy", "serving"))
SAYS = {"priorities": {"training": {"soon": "high"}}}
WANT = {POLICY: Node(POLICY, {"routing": SAYS, "slo": {}, "metrics": {}})}
FILE = Path("templates/serving.toml")


def test_a_policy_that_fits_is_fine() -> None:
    """Over the defaults."""
    policies.check(WANT, Policy(), FILE)


def test_a_contradiction_is_named_with_file_and_key() -> None:
    """Training would stand above inference."""
    configured = Policy.model_validate({"priorities": {"inference": {"soon": "normal"}}})
    with pytest.raises(ContentError) as refused:
        policies.check(WANT, configured, FILE)

    assert (str(refused.value.file), refused.value.key) == (str(FILE), "routing.priorities")
    assert "training.soon is above inference.soon" in refused.value.problem
