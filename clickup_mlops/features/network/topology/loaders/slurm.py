"""Slurm: JSON of `squeue --json`, `scontrol show jobs --json`, `sinfo --json` or `scontrol show
nodes --json`.

Source: slurm.schedmd.com, data_parser; states are a text or a list of texts, by version.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any, Final

from clickup_mlops.features.network.topology.loader import TopologyError, as_list, parse_json
from clickup_mlops.features.network.topology.model import Gpu, Host, Job, Topology

_PART: Final = re.compile(r"(?:[^,\[]|\[[^\]]*\])+")
_RANGES: Final = re.compile(r"\[([^\]]*)\]")
_GPUS: Final = re.compile(r"gres/gpu=(\d+)")
_MOST_HOSTS: Final = 100_000
_GRES: Final = re.compile(r"gpu:(?:([^:,()]+):)?(\d+)")


def load(text: str, name: str) -> Topology:
    """Running jobs with their hosts, and nodes.

    Raises:
        TopologyError: it has neither jobs nor nodes.
    """
    document = parse_json(text)
    if not isinstance(document, dict) or not {"jobs", "nodes", "sinfo"} & document.keys():
        raise TopologyError("neither jobs nor nodes of Slurm")
    jobs = (_job(job) for job in as_list(document.get("jobs")) if "RUNNING" in _states(job))
    nodes = [node for node in as_list(document.get("nodes")) if node.get("name")]
    hosts = tuple(Host(node["name"]) for node in nodes)
    gpus = tuple(gpu for node in nodes for gpu in _gpus(node))
    return Topology(hosts=hosts, gpus=gpus, jobs=tuple(jobs))


def _states(job: Mapping[str, Any]) -> list[str]:
    return [str(state) for state in as_list(job.get("job_state"))]


def _job(job: Mapping[str, Any]) -> Job:
    hosts = tuple(islice(expand(str(job.get("nodes") or "")), _MOST_HOSTS))
    match = _GPUS.search(str(job.get("tres_alloc_str") or ""))
    return Job(
        str(job["job_id"]),
        hosts,
        job.get("name", ""),
        job.get("account", ""),
        job.get("partition", ""),
        "slurm",
        "running",
        int(match[1]) // max(1, len(hosts)) if match else None,
    )


def _gpus(node: Mapping[str, Any]) -> Iterator[Gpu]:
    match = _GRES.search(str(node.get("gres") or ""))
    for index in range(int(match[2]) if match else 0):
        yield Gpu(node["name"], str(index), model=(match and match[1]) or "")


def expand(hosts: str) -> Iterator[str]:
    """`gpu-[01-03,07],login1` -> `gpu-01`, `gpu-02`, `gpu-03`, `gpu-07`, `login1`."""
    for part in _PART.findall(hosts):
        texts = _RANGES.split(part)
        # Every second text is what stood in brackets.
        choices = [
            list(islice(_numbers(text), _MOST_HOSTS)) if odd % 2 else [text]
            for odd, text in enumerate(texts)
        ]
        yield from ("".join(choice) for choice in product(*choices))


def _numbers(ranges: str) -> Iterator[str]:
    for entry in ranges.split(","):
        first, dash, last = entry.partition("-")
        if not dash:
            yield first
        else:
            yield from (
                str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)
            )


LOADER: Final = load
