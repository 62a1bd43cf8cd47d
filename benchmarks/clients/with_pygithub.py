"""The same five jobs with PyGithub 2.10: issues of a repository."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import requests
from github import Auth, Github, GithubException
from github.Issue import Issue
from github.Repository import Repository


def list_open(token: str, url: str) -> list[tuple[str, list[str]]]:
    """Name and labels of each open one, found by the address in the browser."""
    with Github(auth=Auth.Token(token)) as github:
        repository = github.get_repo(re.search(r"github\.com/([^/]+/[^/]+)", url)[1])
        issues = repository.get_issues(state="open")
        return [(issue.title, [label.name for label in issue.labels]) for issue in issues]


def add(repository: Repository, name: str, due: datetime) -> int:
    """A new one with a label and a due date, which only milestones have."""
    milestone = repository.create_milestone(name, due_on=due)
    return repository.create_issue(name, labels=["gpu"], milestone=milestone).number


def raise_all(repository: Repository, numbers: list[int]) -> list[int]:
    """Change many, with progress; those that could not be changed."""
    failed = []
    for done, number in enumerate(numbers, 1):
        try:
            repository.get_issue(number).add_to_labels("urgent")
        except GithubException:
            failed.append(number)
        print(f"\r{done} of {len(numbers)}", end="")
    return failed


def comment_once(repository: Repository, number: int, text: str) -> None:
    """A comment that is not written twice when the line breaks."""
    issue = repository.get_issue(number)
    try:
        issue.create_comment(text)
    except requests.ConnectionError:
        if all(text not in comment.body for comment in issue.get_comments()):
            issue.create_comment(text)


def follow(repository: Repository) -> Iterator[Issue]:
    """Whatever is new or changed from now on."""
    since = datetime.now(UTC)
    while True:
        now = datetime.now(UTC)
        yield from repository.get_issues(state="all", sort="updated", since=since)
        since = now
        time.sleep(30)
