"""Made-up years of teams, with bottlenecks planted in them. Shares no code with what finds them.

A `World` is a list of tasks with all that happened to them; `jira.py` and `clickup.py` beside it
write it as those tools have it. The same seed makes the same world.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

HOUR = 3_600_000
DAY = 24 * HOUR
NOW = 1_796_083_200_000
"""2026-12-01."""
YEAR = 365 * DAY
BACKLOG, PROGRESS, WAITING, TESTS, DONE = (
    "Backlog",
    "In progress",
    "Waiting for review",
    "Load test",
    "Done",
)
USUAL_HOURS = {BACKLOG: 20.0, PROGRESS: 16.0, WAITING: 4.0, TESTS: 6.0}
TITLES = {
    "inference": (
        "P99 latency of the {} endpoint is too high",
        "Roll out {} v{} to production serving",
        "vLLM replicas of {} return 503 under load",
        "Raise the batch size of the {} inference server",
    ),
    "training": (
        "Train {} on 64 GPUs with the new corpus",
        "Fine-tune {} with LoRA, run {}",
        "Pre-training run {} diverges after a checkpoint",
        "Sweep learning rates for the training of {}",
    ),
    "other": ("Update the handbook of {}", "Order badges for the visitors of {}", "Offsite {}"),
}
HOSTS = ("grafana.corp.test", "mlflow.corp.test", "github.com", "wandb.ai", "slack.com")
PLANTS = (
    "waiting_stage",
    "slow_stage",
    "hand_offs",
    "ping_pong",
    "reopened",
    "inference_behind_training",
    "ended_but_open",
    "stale_work",
    "slow_first_answer",
    "unanswered_questions",
    "decisions_in_comments",
    "tool_switches",
)


@dataclass
class Said:
    """A comment."""

    at: int
    who: str
    text: str


@dataclass
class Story:
    """A task: `moves` are times and stages, the first its creation; `hands` times and people."""

    id: str
    place: str
    title: str
    workload: str
    reporter: str
    moves: list[tuple[int, str]]
    hands: list[tuple[int, str]]
    said: list[Said] = field(default_factory=list)
    released: int | None = None
    decided: bool = False

    @property
    def stage(self) -> str:
        return self.moves[-1][1]


@dataclass
class World:
    """All tasks, and which bottleneck was planted in which place."""

    stories: list[Story]
    planted: dict[str, str]


def build(seed: int, tasks: int, plants: tuple[str, ...] = PLANTS, places: int = 16) -> World:
    """A year of so many tasks; each of the plants gets a place of its own."""
    chance = random.Random(seed)
    names = [f"Team {chr(ord('A') + number)}" for number in range(places)]
    spots = chance.sample(names, len(plants))
    planted = dict(zip(plants, spots, strict=True))
    by_place = {place: plant for plant, place in planted.items()}
    stories = []
    for number in range(tasks):
        place = names[number % places]
        maker = Maker(chance, place, number, by_place.get(place, ""))
        stories.append(maker.story())
    return World(stories, planted)


class Maker:
    """Makes one task of a place."""

    def __init__(self, chance: random.Random, place: str, number: int, plant: str) -> None:
        self.chance, self.place, self.number, self.plant = chance, place, number, plant
        first = ord(place[-1]) * 7
        self.people = [f"person{(first + n) % 120:03}" for n in range(30)]

    def hours(self, median: float, spread: float = 0.7) -> int:
        return int(median * self.chance.lognormvariate(0, spread) * HOUR)

    def often(self, usual: float, planted: float, plant: str) -> bool:
        return self.chance.random() < (planted if self.plant == plant else usual)

    def story(self) -> Story:
        chance = self.chance
        workload = chance.choices(("inference", "training", "other"), (45, 35, 20))[0]
        words = (f"ranker-{chance.randrange(90)}", chance.randrange(9))
        title = f"{chance.choice(TITLES[workload]).format(*words)} #{self.number}"
        created = NOW - YEAR + chance.randrange(YEAR)
        moves = self.moves(created, workload)
        story = Story(
            id=f"{self.place[-1]}{self.number}",
            place=self.place,
            title=title,
            workload=workload,
            reporter=chance.choice(self.people),
            moves=moves,
            hands=self.hands(moves),
        )
        story.said = [*self.talk(story)]
        self.release(story)
        return story

    def moves(self, created: int, workload: str) -> list[tuple[int, str]]:
        """Until now: what comes later has not happened."""
        if self.often(0, 0.3, "stale_work"):
            created = min(created, NOW - 90 * DAY)
            return [(created, BACKLOG), (created + self.hours(20), PROGRESS)]
        at, moves = created, [(created, BACKLOG)]
        for stage in self.way():
            at += self.hours(self.length(moves[-1][1], workload))
            moves.append((at, stage))
        return [move for move in moves if move[0] <= NOW]

    def way(self) -> list[str]:
        way = [PROGRESS, WAITING, TESTS]
        if self.often(0.02, 0.45, "ping_pong"):
            way += [PROGRESS, TESTS] * self.chance.randint(2, 3)
        way.append(DONE)
        if self.often(0.02, 0.3, "reopened"):
            way += [PROGRESS, DONE]
        return way

    def length(self, stage: str, workload: str) -> float:
        if stage == DONE:
            return 40.0
        if stage == BACKLOG and workload == "inference":
            return 160.0 if self.plant == "inference_behind_training" else USUAL_HOURS[stage]
        if stage == WAITING and self.plant == "waiting_stage":
            return 70.0
        if stage == TESTS and self.plant == "slow_stage":
            return 60.0
        return USUAL_HOURS[stage]

    def hands(self, moves: list[tuple[int, str]]) -> list[tuple[int, str]]:
        if self.plant == "hand_offs":  # each stage another person
            people = self.chance.sample(self.people, len(moves))
            return [(at, person) for (at, _), person in zip(moves, people, strict=True)]
        count = self.chance.choice((0, 0, 1))
        begin, end = moves[0][0], moves[-1][0]
        people = self.chance.sample(self.people, count + 1)
        times = sorted(self.chance.randint(begin, max(begin, end)) for _ in people)
        return list(zip(times, people, strict=True))

    def talk(self, story: Story) -> Iterator[Said]:
        begin = story.moves[0][0]
        people = [person for person in self.people if person != story.reporter]
        at = begin + self.hours(100.0 if self.plant == "slow_first_answer" else 5.0)
        yield from self.until_now(Said(at, self.chance.choice(people), "I have a look at it."))
        for _ in range(self.chance.randint(0, 2)):
            at += self.hours(10)
            yield from self.until_now(Said(at, self.chance.choice(self.people), self.words()))
        if self.often(0.3, 0.8, "unanswered_questions"):
            yield from self.question(at + self.hours(5), people)
        if self.often(0.02, 0.3, "decisions_in_comments"):
            text = "Decision: we keep the smaller model."
            yield from self.until_now(Said(at + self.hours(4), story.reporter, text))
            story.decided = self.plant != "decisions_in_comments"
        if self.plant == "tool_switches":
            yield from self.links(at)

    def words(self) -> str:
        text = self.chance.choice(("Done so far.", "This looks good to me.", "I rebased it."))
        if self.chance.random() < 0.2:
            text += f" See https://{self.chance.choice(HOSTS)}/d/{self.chance.randrange(99)}?x=1"
        return text

    def question(self, at: int, neighbours: list[str]) -> Iterator[Said]:
        asker, answerer = self.chance.sample(neighbours, 2)
        requests = [*self.until_now(Said(at, asker, "Which checkpoint is it that we serve?"))]
        yield from requests
        if requests and not self.often(0.06, 0.6, "unanswered_questions"):
            yield from self.until_now(Said(at + self.hours(6), answerer, "The one of Monday."))

    def links(self, at: int) -> Iterator[Said]:
        hosts = self.chance.sample(HOSTS, 3) * 2
        for host in hosts[: self.chance.randint(5, 6)]:
            at += self.hours(1)
            message = Said(at, self.chance.choice(self.people), f"https://{host}/run")
            yield from self.until_now(message)

    def until_now(self, message: Said) -> Iterator[Said]:
        if message.at <= NOW:
            yield message

    def release(self, story: Story) -> None:
        """A third is released some days after it is done; some of these nobody closes."""
        if story.stage != DONE or self.chance.random() > 0.35:
            return
        story.released = story.moves[-1][0] + 3 * DAY
        if story.released > NOW - 3 * DAY:
            story.released = None
        elif self.often(0.005, 0.3, "ended_but_open"):
            last = len(story.moves) - 1
            story.moves = [move for at, move in enumerate(story.moves) if at < last]
