"""NVIDIA's dcgm-exporter of a host."""

from collections.abc import Iterator

from clickup_mlops.features.network.simulate.pages._lines import line, page
from clickup_mlops.features.network.simulate.world import GPUS, World


def text(world: World, host: str) -> str:
    """The page of a compute host."""
    return page([item for index in range(GPUS) for item in _gpu(world, host, index)])


def _gpu(world: World, host: str, index: int) -> Iterator[str]:
    values = world.gpus.get((host, index))
    if values is None:
        return
    labels = {"gpu": str(index), "hostname": host, "modelName": "NVIDIA H100 80GB HBM3"}
    yield line("DCGM_FI_DEV_GPU_UTIL", round(values["utilisation"]), **labels)
    if world.conditions.is_profiled:
        yield line("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", values["tensor"], **labels)
    yield line("DCGM_FI_DEV_GPU_TEMP", round(values["temperature"]), **labels)
    yield line("DCGM_FI_DEV_XID_ERRORS", 0, **labels)
