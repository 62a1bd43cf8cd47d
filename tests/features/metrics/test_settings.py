"""`[metrics]` in the settings."""

from pathlib import Path

import pytest

from clickup_mlops import config
from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import ConfigError


def loaded(folder: Path, text: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return config.load(Settings, path)


def test_a_source_has_the_settings_of_its_kind(tmp_path: Path) -> None:
    """And those that all have."""
    text = '[metrics.sources.llm]\nkind = "vllm"\nurl = "http://x/metrics"\nevery = 30\n'
    (table,) = loaded(tmp_path, text).metrics.sources.values()
    assert (table.kind, table.every.total_seconds()) == ("vllm", 30)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('kind = "vlm"', "kind: 'vlm' is no kind of source; did you mean \"vllm\"?"),
        ('url = "http://x"', "kind: Field required; one of amd_gpu, amd_nic, bentoml, command"),
        ('kind = "vllm"\nulr = "http://x"', 'ulr: there is no such key; did you mean "url"?'),
        ('kind = "vllm"\nurl = "x"', 'address with its scheme, such as "http://10.0.3.7:8000"'),
        ('kind = "vllm"\nurl = "ftp://x"', "url: Input should be an address with its scheme"),
        ('kind = "ethtool"\ndevices = []', "devices: "),
        ('kind = "vllm"\nurl = "http://x"\nevery = 1', "every: "),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    """With the file, the source and the key."""
    with pytest.raises(ConfigError) as raised:
        loaded(tmp_path, f"[metrics.sources.llm]\n{text}\n")
    assert "config.toml: metrics.sources.llm: " in str(raised.value)
    assert message in str(raised.value)


def test_a_token_is_not_shown(tmp_path: Path) -> None:
    """Not in an error, and the log hides it."""
    text = '[metrics.sources.llm]\nkind = "vllm"\nbearer = "s3cret-s3cret"\nurl = '
    with pytest.raises(ConfigError) as raised:
        loaded(tmp_path, f"{text}3\n")
    assert "s3cret" not in str(raised.value)
    settings = loaded(tmp_path, f'{text}"http://x"\n')
    assert "s3cret-s3cret" in set(config.collect_secrets(settings))
