"""Kubernetes: JSON of `kubectl get nodes,pods -A -o json`, or of its API.

Pods that hold accelerators and run are jobs, by the object that made them: those of one job are
together. The namespace is the tenant.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from clickup_mlops.features.network.topology.loader import TopologyError, as_list, parse_json
from clickup_mlops.features.network.topology.model import Host, Job, Topology

ACCELERATORS: Final = ("nvidia.com/", "amd.com/gpu", "habana.ai/gaudi", "gpu.intel.com/")
_MAKERS: Final = (
    ("jobset.sigs.k8s.io/jobset-name", "training"),
    ("training.kubeflow.org/job-name", "training"),
    ("pytorch-job-name", "training"),
    ("volcano.sh/job-name", "training"),
    ("serving.kserve.io/inferenceservice", "inference"),
    ("leaderworkerset.sigs.k8s.io/name", ""),
    ("ray.io/cluster", ""),
    ("batch.kubernetes.io/job-name", ""),
    ("job-name", ""),
    ("app.kubernetes.io/instance", ""),
    ("app", ""),
)
"""Labels that name what a pod belongs to, and what kind it then is; the first that is there."""
_QUEUES: Final = ("kueue.x-k8s.io/queue-name", "volcano.sh/queue-name")
_RACKS: Final = ("topology.kubernetes.io/rack", "cloud.provider.com/topology-rack")
_PODS: Final = ("cloud.provider.com/topology-block", "topology.kubernetes.io/zone")


def load(text: str, name: str) -> Topology:
    """Hosts and jobs.

    Raises:
        TopologyError: it is no list of nodes or pods.
    """
    document = parse_json(text)
    if not isinstance(document, dict) or "items" not in document:
        raise TopologyError("no list of Kubernetes: it has no items")
    kind = str(document.get("kind", "")).removesuffix("List")
    items = [(item.get("kind") or kind, item) for item in as_list(document["items"])]
    jobs: dict[str, Job] = {}
    for item_kind, item in items:
        if item_kind == "Pod" and (job := _job(item)):
            jobs[job.id] = _joined(jobs.get(job.id), job)
    hosts = tuple(_host(item) for item_kind, item in items if item_kind == "Node")
    return Topology(hosts=hosts, jobs=tuple(jobs.values()))


def _host(node: Mapping[str, Any]) -> Host:
    labels = node["metadata"].get("labels") or {}
    pod, rack = (next(iter(_present(labels, keys)), "") for keys in (_PODS, _RACKS))
    return Host(node["metadata"]["name"], pod, rack)


def _job(pod: Mapping[str, Any]) -> Job | None:
    node, phase = pod["spec"].get("nodeName", ""), (pod.get("status") or {}).get("phase")
    gpus = sum(_accelerators(container) for container in pod["spec"].get("containers", ()))
    if not (node and gpus and phase == "Running"):
        return None
    metadata = pod["metadata"]
    labels, namespace = metadata.get("labels") or {}, metadata.get("namespace", "")
    maker, kind = next(
        ((labels[label], kind) for label, kind in _MAKERS if label in labels),
        (metadata["name"], ""),
    )
    queue = next(iter(_present(labels, _QUEUES)), "")
    return Job(
        f"{namespace}/{maker}",
        (node,),
        maker,
        namespace,
        queue,
        "kubernetes",
        "running",
        gpus,
        kind,
    )


def _joined(job: Job | None, pod: Job) -> Job:
    """With one more pod of the same job; `gpus` are the most of a host."""
    if job is None:
        return pod
    hosts = tuple(dict.fromkeys((*job.hosts, *pod.hosts)))
    return replace(job, hosts=hosts, gpus=max(job.gpus or 0, pod.gpus or 0))


def _accelerators(container: Mapping[str, Any]) -> int:
    limits = (container.get("resources") or {}).get("limits") or {}
    return sum(
        int(count)
        for resource, count in limits.items()
        if resource.startswith(ACCELERATORS) and str(count).isdecimal()
    )


def _present(labels: Mapping[str, str], keys: tuple[str, ...]) -> Iterator[str]:
    return (labels[key] for key in keys if key in labels)


LOADER: Final = load
