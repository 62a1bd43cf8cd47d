"""What sources of Kubernetes objects share: the command, times, names of tasks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from clickup_mlops.features.metrics.source import Reader, SourceError, SourceTable
from clickup_mlops.features.progress.source import TASK

GPU: Final = "nvidia.com/gpu"


class KubernetesTable(SourceTable):
    """Settings of such a source."""

    command: tuple[str, ...] = ()
    """Prints the objects as JSON; empty: `kubectl get … --all-namespaces -o json`."""
    environment: tuple[str, ...] = ("KUBECONFIG",)
    """Variables of the bot's environment that the command gets."""


def read_items(settings: KubernetesTable, reader: Reader, kind: str) -> list[Mapping[str, Any]]:
    """The objects. Raises SourceError."""
    usual = ("kubectl", "get", kind, "--all-namespaces", "-o", "json")
    command: Sequence[str] = settings.command or usual
    text = reader.output(command, settings.timeout.total_seconds(), settings.environment)
    return parse_items(text)


def parse_items(text: str) -> list[Mapping[str, Any]]:
    """The objects of a list. Raises SourceError: it is none."""
    try:
        return [item for item in orjson.loads(text)["items"] if isinstance(item, dict)]
    except (ValueError, KeyError, TypeError):
        raise SourceError(f"no list of objects: {text[:80]!r}") from None


def conditions(item: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Those that hold, by type."""
    listed = (item.get("status") or {}).get("conditions") or ()
    return {
        condition["type"]: condition for condition in listed if condition.get("status") == "True"
    }


def task_of(item: Mapping[str, Any]) -> str:
    """The task that a label or an annotation names."""
    metadata = item["metadata"]
    texts = {**(metadata.get("labels") or {}), **(metadata.get("annotations") or {})}
    return str(texts.get(TASK) or "")


def ms(text: str | None) -> int | None:
    """`2026-11-30T08:00:00Z` in Unix ms."""
    return round(datetime.fromisoformat(text).timestamp() * 1000) if text else None


def gpus(pod: Mapping[str, Any]) -> int:
    """Of a pod's specification."""
    limits = (
        (container.get("resources") or {}).get("limits") or {}
        for container in pod.get("containers") or ()
    )
    return sum(int(limit.get(GPU) or 0) for limit in limits)
