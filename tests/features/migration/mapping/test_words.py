"""Words of names and texts."""

from clickup_mlops.features.migration.mapping import words


def test_a_text_is_split_into_the_words_that_say_something() -> None:
    """A board is not like a template because both have a "the"."""
    assert list(words.split("Deploy the GPUs for serving, and a BUS")) == [
        "deploy",
        "gpu",
        "serving",
        "bus",
    ]
