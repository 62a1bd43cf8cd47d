"""The Helm chart and the manifests that are made from it fit each other, Kubernetes and the bot."""

import json
import re
import runpy
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import pytest
import yaml

from clickup_mlops import __version__
from tests.deploy.programs import ROOT

DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm"
VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
SCHEMA = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
KUBERNETES = ("1.27", "1.37")
"""The oldest and the newest version that the manifests are validated for."""
VARIANTS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "everything": {
        "image": {"digest": f"sha256:{'0' * 64}", "pullSecrets": [{"name": "registry"}]},
        "env": [{"name": "TZ", "value": "UTC"}],
        "ingress": {"enabled": True, "class": "nginx", "tls": "cert", "annotations": {"a": "b"}},
        "networkPolicy": {"from": [{"namespaceSelector": {}}], "ports": [443, 5432]},
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "cpu", "operator": "Exists"}],
        "affinity": {"podAntiAffinity": {}},
    },
    "postgresql": {"replicas": 3, "storage": {"enabled": False}},
}


def _objects(text: str) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all(text) if document]


@pytest.fixture(scope="module")
def manifests() -> dict[str, dict[str, Any]]:
    """The committed objects by kind."""
    return {
        document["kind"]: document
        for file in (DEPLOY / "kubernetes").glob("*.yaml")
        for document in _objects(file.read_text(encoding="utf-8"))
    }


def _paths(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """`image.tag` and the like: the values that are set alone."""
    for key, value in values.items():
        path = f"{prefix}.{key}"
        if isinstance(value, dict) and value and prefix + key != "resources":
            yield from _paths(value, path)
        else:
            yield path


@pytest.mark.once
def test_templates_use_the_values_that_there_are() -> None:
    """Each that a template asks for has a default, and each default is asked for."""
    texts = [file.read_text(encoding="utf-8") for file in (CHART / "templates").iterdir()]
    used = {path for text in texts for path in re.findall(r"\.Values((?:\.\w+)+)", text)}

    assert used == set(_paths(VALUES))


@pytest.mark.once
def test_the_schema_knows_each_value_and_accepts_the_defaults() -> None:
    """A misspelt value is an error, not a default."""
    jsonschema_rs.validator_for(SCHEMA).validate(VALUES)

    assert set(SCHEMA["properties"]) - {"global"} == set(VALUES)
    for key, table in SCHEMA["properties"].items():
        if "properties" in table:
            assert set(table["properties"]) == set(VALUES[key])


@pytest.mark.once
def test_chart_and_bot_have_one_version(manifests: dict[str, dict[str, Any]]) -> None:
    """The image has it as its tag."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    (container,) = manifests["Deployment"]["spec"]["template"]["spec"]["containers"]

    assert chart["version"] == chart["appVersion"] == __version__
    assert container["image"] == f"clickup-mlops:{__version__}"


@pytest.mark.once
def test_the_pod_has_no_right_to_spare(manifests: dict[str, dict[str, Any]]) -> None:
    """Not root, nothing to write but its data, no token of the cluster."""
    pod = manifests["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    written = {mount["mountPath"] for mount in container["volumeMounts"] if "readOnly" not in mount}
    assert written == {"/data", "/tmp"}


@pytest.mark.once
def test_objects_find_the_pod(manifests: dict[str, dict[str, Any]]) -> None:
    """By its labels; its one port is the image's."""
    template = manifests["Deployment"]["spec"]["template"]
    labels = template["metadata"]["labels"]
    (port,) = template["spec"]["containers"][0]["ports"]

    assert manifests["Service"]["spec"]["selector"] == labels
    assert manifests["Service"]["metadata"]["labels"] == labels  # the monitor selects the service
    for kind, key in (
        ("Deployment", "selector"),
        ("PodDisruptionBudget", "selector"),
        ("NetworkPolicy", "podSelector"),
        ("ServiceMonitor", "selector"),
    ):
        assert manifests[kind]["spec"][key]["matchLabels"] == labels
    assert f"EXPOSE {port['containerPort']}" in (DEPLOY / "container" / "Containerfile").read_text(
        encoding="utf-8"
    )


@pytest.mark.deployment
@pytest.mark.once
class TestWithHelm:
    """What needs Helm's engine or the schemas of Kubernetes."""

    @pytest.fixture
    def tool(self) -> Any:
        """tools/manifests.py."""
        pytest.importorskip("helm_python")
        return runpy.run_path(str(ROOT / "tools" / "manifests.py"))

    def test_the_manifests_are_up_to_date(self, tool: Any) -> None:
        """`nox -s manifests` would change nothing."""
        assert {path: path.read_text(encoding="utf-8") for path in tool["pages"]()} == tool[
            "pages"
        ]()

    def test_helm_finds_no_fault_in_the_chart(self, tool: Any) -> None:
        """Not even a warning; an icon is not needed."""
        report = tool["lint"](CHART, strict=True)

        assert report["errors"] == []
        assert [entry["error"] for entry in report["messages"]] == ["icon is recommended"]

    @pytest.mark.parametrize("variant", VARIANTS)
    @pytest.mark.parametrize("version", KUBERNETES)
    def test_kubernetes_accepts_every_object(self, tool: Any, variant: str, version: str) -> None:
        """By the published schemas, strictly."""
        validate = pytest.importorskip("kubernetes_validate")
        objects = [
            document
            for text in tool["render"](**VARIANTS[variant]).values()
            for document in _objects(text)
        ]

        assert {"Deployment", "NetworkPolicy"} <= {document["kind"] for document in objects}
        for document in objects:
            validate.validate(document, version, strict=True)

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"replicas": 2}, "PostgreSQL"),
            ({"replica": 1}, "replica"),
            ({"image": {"digest": "latest"}}, "digest"),
        ],
        ids=["two processes on one file", "misspelt", "no digest"],
    )
    def test_values_that_cannot_work_are_refused(
        self, tool: Any, values: dict[str, Any], words: str
    ) -> None:
        """Before anything is installed, with the reason."""
        with pytest.raises(Exception, match=words):
            tool["render"](**values)
