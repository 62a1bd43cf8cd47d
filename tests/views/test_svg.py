"""Pictures of charts: the same bytes, nothing but drawing, and what they must show."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickup_mlops.views import png, svg
from clickup_mlops.views.model import Chart, Line, Mark
from tests.views.samples import EVIL, HOUR, NOW_MS, chart, line


def _root(drawn: bytes):
    return ElementTree.fromstring(drawn)


def _all(drawn: bytes, tag: str, style: str = ""):
    nodes = _root(drawn).iter(f"{{http://www.w3.org/2000/svg}}{tag}")
    return [node for node in nodes if not style or style in node.get("class", "").split()]


def _texts(drawn: bytes) -> list[str]:
    return [node.text or "" for node in _all(drawn, "text")]


def test_the_same_chart_gives_the_same_bytes_in_another_process():
    """Neither a random id, nor the day, nor the process's time zone is in it."""
    program = (
        "import sys\n"
        "from clickup_mlops.views import svg\n"
        "from tests.views.samples import chart\n"
        "sys.stdout.buffer.write(svg.draw_chart(chart(), 'Europe/Madrid'))"
    )
    environment = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "PYTHONPATH": "."}
    root = Path(__file__).parents[2]
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=root, env=environment, capture_output=True, check=True
    )

    assert result.stdout == svg.draw_chart(chart(), "Europe/Madrid")


def test_pictures_that_are_drawn_at_the_same_time_are_not_mixed_up():
    """Browsers ask for all pictures of a page at once."""
    widths = [440, 600, 880, 1240] * 5
    alone = {width: svg.draw_chart(chart(), width=width) for width in widths}

    with ThreadPoolExecutor(4) as threads:
        drawn = [*threads.map(lambda width: svg.draw_chart(chart(), width=width), widths)]

    assert drawn == [alone[width] for width in widths]


def test_it_has_no_script_and_loads_nothing():
    drawn = svg.draw_chart(chart())

    assert b"<!--" not in drawn
    assert not _all(drawn, "script")
    assert b"href" not in drawn
    assert b"url(" not in drawn
    assert re.findall(rb"https?://[^\"']+", drawn) == [b"http://www.w3.org/2000/svg"]
    assert not [node for node in _root(drawn).iter() if "style" in node.attrib]


def test_texts_of_others_stay_text():
    evil = Line(EVIL + "\x00\x08\ud800", ((NOW_MS, 1.0), (NOW_MS - HOUR, 2.0)))

    drawn = svg.draw_chart(chart(evil))

    assert not _all(drawn, "img")
    assert any("onerror=alert(1)" in text for text in _texts(drawn))


def test_a_gap_is_a_gap():
    """The line is drawn in pieces; a point between two gaps is a dot."""
    drawn = svg.draw_chart(chart(line("P99", 280, 60)))

    assert len(_all(drawn, "path", "trace")) == 3
    assert len(_all(drawn, "path", "dot")) == 1


def test_marks_have_letters_that_the_legend_explains():
    drawn = svg.draw_chart(chart())

    flags = {word for node in _all(drawn, "text", "flag-text") for word in node.text.split()}
    assert flags == {"A1", "D1", "I1"}
    assert {"A: advice", "D: deployment", "I: incident"} <= set(_texts(drawn))


def test_kinds_of_marks_with_the_same_first_letter_get_different_ones():
    marks = (Mark(NOW_MS, "alert", "x"), Mark(NOW_MS - HOUR, "advice", "y"))
    marked_chart = Chart("k", "T", "", NOW_MS - 24 * HOUR, NOW_MS, (line("a", 1, 0),), marks)

    assert {"A: advice", "L: alert"} <= set(_texts(svg.draw_chart(marked_chart)))


def test_flags_of_marks_that_are_close_share_a_place():
    """None overlaps another, none is left out, and none leaves the plot."""
    times = (0, 1, 2, 60, 61, 300, 719, 720)
    kinds = ("alert", "alert", "deployment", "alert", "incident", "alert", "alert", "resolved")
    marks = tuple(
        Mark(NOW_MS - 12 * HOUR + minute * 60_000, kind, kind)
        for minute, kind in zip(times, kinds, strict=True)
    )
    drawn = svg.draw_chart(
        Chart("k", "T", "", NOW_MS - 12 * HOUR, NOW_MS, (line("a", 1, 0),), marks)
    )

    boxes = sorted(
        (float(node.attrib["x"]), float(node.attrib["width"]))
        for node in _all(drawn, "rect", "flag")
    )
    ends = [x + width for x, width in boxes]
    assert all(x >= end for (x, _width), end in zip(boxes[1:], ends, strict=False))
    assert boxes[0][0] >= 0
    words = [node.text for node in _all(drawn, "text", "flag-text")]
    assert words == ["A1-2 D1", "A3 I1", "A4", "A5 R1"]
    assert len(_all(drawn, "path", "mark")) == len(marks)


def test_of_many_marks_the_bad_ones_keep_their_flags():
    marks = [Mark(NOW_MS - n * 60_000, "deployment", f"v{n}") for n in range(200)]
    incident = Mark(NOW_MS - 100 * 60_000, "incident", "down")
    marked_chart = Chart(
        "k", "T", "", NOW_MS - 24 * HOUR, NOW_MS, (line("a", 1, 0),), (*marks, incident)
    )

    drawn = svg.draw_chart(marked_chart)

    assert len(_all(drawn, "path", "mark")) == 201
    assert any("I1" in node.text for node in _all(drawn, "text", "flag-text"))


def test_the_limit_is_drawn_and_named():
    drawn = svg.draw_chart(chart(limit=300))

    assert len(_all(drawn, "path", "limit")) == 1
    assert "SLO 300 ms" in _texts(drawn)


def test_the_limit_is_named_in_the_unit_of_the_axis():
    """An objective of 1,500 ms beside an axis in seconds would be read twice."""
    for high, unit, label in ((2_500, "ms", "SLO 1,500 ms"), (25_000, "s", "SLO 1.50 s")):
        lines = (line("p50", 600, 100), line("p99", high, 100))
        drawn = svg.draw_chart(replace(chart(limit=1_500), lines=lines))
        assert {unit, label} <= set(_texts(drawn))


def test_a_limit_far_away_is_named_and_does_not_flatten_the_lines():
    drawn = svg.draw_chart(chart(limit=30_000))

    assert not _all(drawn, "path", "limit")
    assert "SLO 30,000 ms (above this range)" in _texts(drawn)


def test_without_points_it_says_so():
    empty_chart = Chart("k", "T", "ms", NOW_MS - HOUR, NOW_MS, (Line("a", ((NOW_MS, None),)),))

    assert "no data" in _texts(svg.draw_chart(empty_chart))
    assert "no data" in _texts(svg.draw_chart(Chart("k", "T", "ms", NOW_MS - HOUR, NOW_MS)))


def test_the_time_axis_is_in_the_readers_time_zone():
    """20:40 UTC is 21:40 in Madrid: midnight there is an hour earlier."""
    utc, madrid = svg.draw_chart(chart(), "UTC"), svg.draw_chart(chart(), "Europe/Madrid")

    assert "27 Nov" in _texts(utc)
    assert "27 Nov" in _texts(madrid)
    assert utc != madrid


def test_dark_and_light_are_in_the_same_picture():
    style = _all(svg.draw_chart(chart()), "style")[0].text

    assert "prefers-color-scheme:dark" in style


@settings(max_examples=400, deadline=2_000)
@given(
    st.lists(st.none() | st.floats(), max_size=30),
    st.floats(-1e12, 1e12) | st.none(),
    st.sampled_from(["", "ms", "s", "%", "bytes", "bit/s", "requests/s"]),
)
def test_any_numbers_can_be_drawn(values, limit, unit):
    """Infinities and numbers that are none are gaps."""
    points = tuple((NOW_MS - n * 60_000, value) for n, value in enumerate(values))
    drawn_chart = Chart(
        "k", "T", unit, NOW_MS - HOUR, NOW_MS, (Line("a", points[::-1]),), limit=limit
    )

    drawn = svg.draw_chart(drawn_chart, "America/St_Johns")

    assert b"nan" not in drawn.lower().replace(b"finance", b"")
    _root(drawn)


def test_a_picture_of_five_lines_is_small():
    assert len(svg.draw_chart(chart(*(line(f"host-{n}", n, 1) for n in range(5))))) < 40_000


def test_a_png_is_a_png():
    pytest.importorskip("resvg_py")

    assert png.render_chart(chart()).startswith(b"\x89PNG")


def test_several_charts_make_one_picture_below_each_other():
    """With titles of others, which stay text."""
    pytest.importorskip("resvg_py")
    evil = "</text><image href='file:///etc/passwd'/> & " * 9
    titled_chart = replace(chart(), title=evil)
    width, height = svg.measure_size(titled_chart)
    drawn = png.render_charts([titled_chart, titled_chart, titled_chart])
    assert drawn == png.render_charts([titled_chart, titled_chart, titled_chart])
    assert drawn[:4] == b"\x89PNG"
    size = tuple(int.from_bytes(drawn[at : at + 4], "big") for at in (16, 20))
    assert size == (width, 3 * (height + 30))
