"""When the next call may be sent."""

from clickup_mlops.monday.limits import Limits, Window, compute_wait_ms, update_limits

NOW = 1_790_000_000_000
HEADERS = {
    "RateLimit": '"minuteRate";r=4999, "concurrency";r=249, "complexityMinute";r=4950000;t=45',
    "RateLimit-Policy": '"minuteRate";q=5000;w=60, "concurrency";q=250;qu="concurrent-requests", '
    '"complexityMinute";q=5000000;w=60;qu="content-bytes"',
}


def test_the_headers_say_what_is_left_and_until_when() -> None:
    """The window's length is from the policy where the header has no seconds."""
    limits = update_limits(Limits(), "items", HEADERS, None, NOW)

    assert limits.windows["minuteRate"] == Window(4999, NOW + 60_000)
    assert limits.windows["complexityMinute"] == Window(4_950_000, NOW + 45_000)


def test_the_cost_of_a_query_is_what_the_budget_lost() -> None:
    """Where the answer does not say it."""
    before = update_limits(Limits(), "items", HEADERS, None, NOW)
    after = update_limits(
        before, "items", {"RateLimit": '"complexityMinute";r=4000000;t=30'}, None, NOW + 1
    )

    assert after.costs["items"] == 950_000


def test_nothing_known_means_no_wait() -> None:
    """Also with headers that cannot be read."""
    for header in ("", "garbage", '"minuteRate";r=many', '"minuteRate";r=1e999'):
        limits = update_limits(Limits(), "items", {"RateLimit": header}, "odd", NOW)
        assert compute_wait_ms(limits, "items", NOW) == 0


def test_a_query_waits_only_for_what_it_needs() -> None:
    """A cheap query fits into what a dear one does not."""
    limits = Limits({"complexityMinute": Window(100, NOW + 5000)}, {"items": 101, "teams": 100})

    assert compute_wait_ms(limits, "items", NOW) == 5000
    assert compute_wait_ms(limits, "teams", NOW) == 0
    assert compute_wait_ms(limits, "items", NOW + 5001) == 0


def test_the_body_says_it_where_there_are_no_headers() -> None:
    """The query's own cost, what is left and until when; nonsense is left out."""
    body = {"query": 7, "after": 3, "reset_in_x_seconds": 2}

    assert compute_wait_ms(update_limits(Limits(), "items", {}, body, NOW), "items", NOW) == 2000
    assert update_limits(Limits(), "items", {}, {"after": "3"}, NOW).windows == {}
