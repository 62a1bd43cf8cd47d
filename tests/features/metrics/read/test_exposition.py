"""Reading the Prometheus text format."""

from clickup_mlops.features.metrics.read.exposition import parse, prefixes
from clickup_mlops.features.metrics.scrape import Sample, labels


def test_only_what_is_wanted_is_read() -> None:
    """Other names may even be garbage."""
    text = '# TYPE a gauge\na{x="1"} 2\nb{{{ nonsense\nab 3\n'
    result = parse(text, prefixes("a"))
    assert result.samples == (Sample("a", labels(x="1"), 2), Sample("ab", labels(), 3))
    assert not result.problems


def test_a_bad_line_loses_no_other() -> None:
    """It is reported."""
    result = parse("a 1\na{ 3\na 4\n", prefixes("a"))
    assert [sample.value for sample in result.samples] == [1, 4]
    (problem,) = result.problems
    assert "'a{ 3'" in problem


def test_what_servers_really_write_is_read() -> None:
    """A comma at the end of labels, an exemplar, a time, an escaped quote; NaN is no value."""
    text = 'a{x="1",} 1\na{x="2"} 2 # {trace_id="t"} 0.5\na{x="3"} 3 1700000000000\n'
    text += 'a{x="say \\"4\\""} 4\na{x="5"} NaN\na{x="6"} +Inf\n'
    result = parse(text, prefixes("a"))
    assert [dict(sample.labels)["x"] for sample in result.samples] == [
        "1",
        "2",
        "3",
        'say "4"',
        "6",
    ]
    assert not result.problems


def test_a_series_that_is_read_again_brings_its_new_value() -> None:
    """Only the value is parsed then; what is wrong with the line is said again."""
    pages = ('a{x="}"} 1\na{x="}" 2\n', 'a{x="}"} 3 1700000000000\na{x="}" 2\n')
    expositions = [parse(page, prefixes("a")) for page in pages]
    assert [exposition.samples for exposition in expositions] == [
        (Sample("a", labels(x="}"), 1),),
        (Sample("a", labels(x="}"), 3, 1_700_000_000_000),),
    ]
    assert all(len(exposition.problems) == 1 for exposition in expositions)
