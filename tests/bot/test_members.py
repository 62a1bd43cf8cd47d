"""Members are built once, whoever asks, and no bot waits for another one's."""

import threading
from collections.abc import Callable

import pytest

from clickup_mlops.bot.members import Members, member
from clickup_mlops.errors import ConfigError


class House(Members):
    """`work` is what building its walls takes."""

    def __init__(
        self, work: Callable[[], object] = list, *, building: "threading.RLock | None" = None
    ) -> None:
        super().__init__(building or threading.RLock())
        self.work, self.count = work, 0

    @member
    def walls(self) -> list[str]:
        """They need something to stand on."""
        self.work()
        self.count += 1
        return [*self.floor, "walls"]

    @member
    def floor(self) -> list[str]:
        """On the ground."""
        return ["floor"]


def test_threads_that_ask_together_get_the_same_member() -> None:
    """On every version of Python."""
    slow = threading.Event()
    house, results, together = House(lambda: slow.wait(0.2)), [], threading.Barrier(8)

    def ask() -> None:
        together.wait(10)
        results.append(house.walls)

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert house.count == 1
    assert len(results) == 8 and all(result is house.walls for result in results)


def test_one_that_is_being_built_holds_up_no_other_bot() -> None:
    """Each has a lock of its own."""
    go_on, begun = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go_on.wait(10)

    slow = House(wait)
    thread = threading.Thread(target=lambda: slow.walls, daemon=True)
    thread.start()
    assert begun.wait(10)

    assert House().walls == ["floor", "walls"]
    go_on.set()
    thread.join(10)
    assert not thread.is_alive()


def test_a_member_that_could_not_be_built_is_tried_again() -> None:
    """For example once somebody has mended the settings."""
    house = House()

    def fail() -> None:
        raise ConfigError("no bricks")

    house.work = fail
    with pytest.raises(ConfigError):
        house.build_all()
    house.work = list

    house.build_all()

    assert house.count == 1
    assert house.walls == ["floor", "walls"]


class Cellar(House):
    """A house that stands on something else."""

    @member
    def floor(self) -> list[str]:
        """Below the ground; the other one is there, too."""
        return ["cellar", *super().floor]


def test_a_package_can_have_other_members() -> None:
    """What uses the member gets the other one; the one that it stands for can be used, too."""
    assert Cellar().walls == ["cellar", "floor", "walls"]


def test_two_packages_that_ask_each_other_do_not_wait_for_each_other() -> None:
    """They have one lock: with two, each thread would hold one and wait for the other."""
    building = threading.RLock()
    first, second = House(building=building), House(building=building)
    together = threading.Barrier(2)
    first.work, second.work = lambda: second.floor, lambda: first.floor

    def ask(house: House) -> None:
        together.wait(10)
        assert house.walls

    threads = [
        threading.Thread(target=ask, args=(house,), daemon=True) for house in (first, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert not any(thread.is_alive() for thread in threads)
