"""What a simulated fabric's operators would write down: ports, cables as LLDP sees them, jobs."""

from collections.abc import Iterator

from clickup_mlops.features.network.simulate.world import World


def text(world: World) -> str:
    """As a TOML topology file."""
    return "\n".join([*_ports(world), *_groups(world), *_jobs(world)])


def _ports(world: World) -> Iterator[str]:
    shape = world.shape
    for nic in shape.nics:
        leaf = shape.leaf_name(int(world.conditions.leaf[nic.index]))
        yield _table(
            "port",
            host=nic.host,
            device=nic.device,
            netdev=nic.netdev,
            rail=nic.rail,
            role="storage" if nic.is_storage else "back_end",
            switch=leaf,
            interface=shape.interface(nic.leaf, nic),
        )
    for host in shape.hosts:
        yield _table("port", host=host, device="mlx5_8", is_cabled=False, role="back_end")
        yield _table("port", host=host, device="mlx5_9", role="front_end")


def _groups(world: World) -> Iterator[str]:
    shape = world.shape
    for leaf in range(shape.leaves):
        listed = world.conditions.listed[leaf]
        members = [shape.uplink(spine) for spine in range(shape.spines) if listed[spine]]
        yield _table("group", switch=shape.leaf_name(leaf), name="uplinks", members=members)


def _jobs(world: World) -> Iterator[str]:
    for job in world.jobs:
        yield _table("job", id=job.name, tenant=job.tenant, kind=job.kind, hosts=[*job.hosts])


def _table(table: str, /, **values: "str | int | bool | list[str]") -> str:
    lines = [f"{key} = {_value(value)}" for key, value in values.items()]
    return "\n".join([f"[[{table}]]", *lines, ""])


def _value(value: "str | int | bool | list[str]") -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
