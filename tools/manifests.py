"""Writes deploy/kubernetes/ from the Helm chart and its default values. `nox -s manifests`

Rendered by Helm's own engine, as `helm template` does; needs `uv pip install --group kubernetes`.
"""

from pathlib import Path
from typing import Any

from helm_python.chart import Chart, lint

__all__ = ["lint", "pages", "render"]

ROOT = Path(__file__).resolve().parents[1]
CHART = ROOT / "deploy" / "helm"
NAME = "clickup-mlops"
NOTE = "# Made from deploy/helm by `nox -s manifests`: edit the chart, not this file.\n"
APART = "servicemonitor"
"""The template with a kind that only clusters with the Prometheus operator have."""


def render(**values: Any) -> dict[str, str]:
    """Each object of the chart with these values, by the name of its template."""
    texts = Chart.load(CHART).render(values, name=NAME, namespace="default")
    objects = {Path(path).stem: text for path, text in texts.items() if path.endswith(".yaml")}
    return {name: text.strip() for name, text in sorted(objects.items()) if text.strip()}


def pages() -> dict[Path, str]:
    """Every file with the text that it should have."""
    objects = render(serviceMonitor={"enabled": True})
    monitor = objects.pop(APART)
    folder = ROOT / "deploy" / "kubernetes"
    return {
        folder / f"{NAME}.yaml": NOTE + "\n---\n".join(objects.values()) + "\n",
        folder / f"{APART}.yaml": f"{NOTE}{monitor}\n",
    }


def main() -> None:
    """Write every file that is not there or not true."""
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
