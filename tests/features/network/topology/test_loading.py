"""A source that fails says nothing of what is gone."""

from pathlib import Path

from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.network.topology.loading import LoadedTopology, Readings
from clickup_mlops.features.network.topology.settings import TopologyTable

MINUTE = 60_000
JOB = '[[job]]\nid = "{name}"\nkind = "training"\nhosts = ["gpu-01"]\n'


def load(readings: Readings, folder: Path, now_ms: int) -> LoadedTopology:
    """Files of one source and a command of another one."""
    tables = (
        TopologyTable(kind="file", files=(f"{folder}/*.toml",)),
        TopologyTable(kind="file", command=("sh", f"{folder}/jobs.sh")),
    )
    return readings.load(tables, WorldReader(), now_ms)


def jobs(loaded: LoadedTopology) -> set[str]:
    """Their ids."""
    return {job.id for job in loaded.topology.jobs}


def test_the_last_good_reading_counts_while_a_source_fails(tmp_path: Path) -> None:
    """A file that is cut off, a command that fails; with the age. What is gone for good is gone."""
    readings = Readings()
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(JOB.format(name=name), encoding="utf-8")
    script = tmp_path / "jobs.sh"
    script.write_text("echo '" + JOB.format(name="slurm") + "'", encoding="utf-8")
    assert jobs(load(readings, tmp_path, 0)) == {"a", "b", "slurm"}

    (tmp_path / "b.toml").write_text("[[job", encoding="utf-8")
    script.write_text("exit 1", encoding="utf-8")
    loaded = load(readings, tmp_path, 12 * MINUTE)
    assert jobs(loaded) == {"a", "b", "slurm"} and loaded.is_complete
    assert len(loaded.problems) == 2
    assert all("(what was read 12 min ago counts)" in problem for problem in loaded.problems)

    (tmp_path / "b.toml").unlink()
    script.write_text("true", encoding="utf-8")
    loaded = load(readings, tmp_path, 13 * MINUTE)
    assert (jobs(loaded), loaded.problems) == ({"a"}, ())

    (tmp_path / "a.toml").unlink()
    assert jobs(load(readings, tmp_path, 14 * MINUTE)) == {"a"}


def test_what_was_never_read_is_unknown(tmp_path: Path) -> None:
    """Then no finding may end."""
    loaded = load(Readings(), tmp_path, 0)
    assert not loaded.is_complete and len(loaded.problems) == 2
