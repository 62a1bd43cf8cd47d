"""HTML of updates as the Markdown that `clickup.blocks` shows in a comment. Pure.

Nothing of the HTML survives as HTML: there are no scripts, and a link leads to the web or nowhere.
Text stays text, whatever marks it has. What a comment cannot show is a loss.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from markdownify import MarkdownConverter

from clickup_mlops.clickup.blocks import LONGEST, escape_markdown
from clickup_mlops.features.migration.columns._model import Loss

LAYOUT: Final = "formatting that comments do not have: tables, quotations, colours and the like"
UNSAFE: Final = "a link that does not lead to the web or to an address: its text is kept"
EMBEDDED: Final = "an embedded page, form or program"
TOO_LONG: Final = "the end of a text that is longer than a comment shows"
NESTED: Final = "formatting of a text that is nested too deeply: its words are kept"
LOSSES: Final = (LAYOUT, UNSAFE, EMBEDDED, TOO_LONG, NESTED)

MOST_HTML: Final = 5 * LONGEST
"""Characters of HTML that are read: tags are long, and no parser should get more."""
_WEB: Final = re.compile(r"https?://[^\s\[\]\\<>\"`]+", re.IGNORECASE)
_HARMLESS: Final = ("http", "https", "mailto", "tel", "ftp", "")
_LONGEST_LINK: Final = 2000
"""Characters of an address that a comment makes a link of."""
_DECLARATION: Final = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^>]*>?", re.DOTALL)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\ufeff\u200b\u0000"))
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_TRAILING: Final = " \t\u00a0"
_FENCE: Final = re.compile(r"^([^\S\n]*)(?=```)", re.MULTILINE)
_CUT_OFF: Final = " \n\\"
_WORD_JOINER: Final = "\u2060"
_OTHER_MARK: Final = re.compile(r"(?<!\\)[*`]|\]\(|^(?:[-*+]|\d+[.)]) ")
_NO_LAYOUT: Final = (
    *("table", "blockquote", "u", "ins", "sub", "sup", "mark", "font", "del", "s", "dl"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
)
_EMBEDDED_TAGS: Final = ("iframe", "embed", "object", "form", "svg", "canvas", "applet")
_STYLES: Final = re.compile(r"color|background|text-decoration|font", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Markdown, and what of the HTML is not in it."""

    markdown: str
    losses: tuple[Loss, ...] = ()


def to_markdown(
    html: str,
    mention: Callable[[str, str], str],
    file_name: Callable[[str], str],
    longest: int = LONGEST,
) -> Rendered:
    """The HTML as Markdown of at most `longest` characters.

    `mention` gives the Markdown for a person of the source: id and name as shown. `file_name` gives
    the name of a file by its id, or nothing.
    """
    clean = _ended(_DECLARATION.sub("", html[:MOST_HTML]))
    losses = [Loss(TOO_LONG, f"{len(html)} characters of HTML")] if len(html) > MOST_HTML else []
    converter = _Converter(mention, file_name)
    try:
        text = converter.convert(clean)
        losses += converter.losses
    except RecursionError:
        text = escape_markdown(_words(clean))
        losses.append(Loss(NESTED))
    text = _tidy(text)
    if len(text) > longest:
        losses.append(Loss(TOO_LONG, f"{len(text)} characters"))
        text = shortened(text, longest)
    return Rendered(text, tuple(dict.fromkeys(losses)))


def _ended(html: str) -> str:
    """Its last tag has an end. Python's parser would look for one from each `<` to the end of the
    text: half a minute for 30 kB.
    """
    complete, end, tail = html.rpartition(">")
    return complete + end + tail.replace("<", "&lt;")


def shortened(markdown: str, longest: int) -> str:
    """The beginning of a Markdown text, cut between two words and not within a backslash mark."""
    if len(markdown) <= longest:
        return markdown
    prefix = markdown[: max(0, longest - 2)]
    at = max(prefix.rfind(" "), prefix.rfind("\n"))
    words = prefix[:at] if at > longest // 2 else prefix
    return f"{words.rstrip(_CUT_OFF)} …"


class _Converter(MarkdownConverter):
    """Collects losses while it converts; made for one text."""

    def __init__(self, mention: Callable[[str, str], str], file_name: Callable[[str], str]) -> None:
        super().__init__(bullets="-")
        self._mention, self._file_name = mention, file_name
        self.losses: list[Loss] = []

    def process_tag(self, node: Any, parent_tags: Any = None) -> str:
        """Sees every tag: what comments cannot show is noted."""
        if node.name in _NO_LAYOUT or _STYLES.search(str(node.attrs.get("style") or "")):
            self.losses.append(Loss(LAYOUT))
        if node.name in _EMBEDDED_TAGS:
            return self._embedded(node)
        return str(super().process_tag(node, parent_tags))  # type: ignore[misc]

    def escape(self, text: str, parent_tags: Any) -> str:
        """Text is shown as it is written."""
        return escape_markdown(text)

    def convert_a(self, el: Any, text: str, parent_tags: Any) -> str:
        """A mention, a link to the web, or only the text."""
        label_text = " ".join(text.split())
        if "_noformat" in parent_tags:
            return text
        if person := el.get("data-mention-id"):
            return self._mention(str(person), " ".join(el.get_text().split()).lstrip("@"))
        href = _address(el.get("href"))
        if not href:
            return label_text
        if not _is_harmless(href):
            self.losses.append(Loss(UNSAFE, href[:200]))
            return label_text
        if not _WEB.fullmatch(href) or len(href) > _LONGEST_LINK:
            return (
                label_text
                if escape_markdown(href) in label_text
                else f"{label_text} ({escape_markdown(href)})".strip()
            )
        label = label_text.replace("**", "").replace("`", "") or escape_markdown(href)
        return f"[{label}]({_target(href)})" if "](" not in label else f"{label} {_target(href)}"

    def convert_img(self, el: Any, text: str, parent_tags: Any) -> str:
        """The name of the file that goes to the task; a picture elsewhere is a link."""
        asset, source = str(el.get("data-asset_id") or ""), _address(el.get("src"))
        alternative = " ".join(str(el.get("alt") or el.get("title") or "").split())
        if asset:
            name = self._file_name(asset) or alternative or _last_part(source) or asset
            return f"(image: {escape_markdown(name)})"
        kind = "gif" if el.get("data-gif-id") else "image"
        label = f"{kind}: {escape_markdown(alternative)}" if alternative else kind
        if _WEB.fullmatch(source) and len(source) <= _LONGEST_LINK:
            return f"[{label}]({_target(source)})"
        if source:
            self.losses.append(Loss(EMBEDDED, source[:80]))
        return f"({label})"

    def convert_video(self, el: Any, text: str, parent_tags: Any) -> str:
        """A link to it, and its text."""
        return f"{self._embedded(el)} {text}".strip()

    convert_audio = convert_video

    def convert_li(self, el: Any, text: str, parent_tags: Any) -> str:
        """Checklists have boxes."""
        classes = el.get("class") or []
        if "checklist_task" in classes or "checklist" in (el.parent.get("class") or []):
            text = f"[{'x' if _is_checked(el, classes) else ' '}] {text.strip()}"
        return str(super().convert_li(el, text, parent_tags))  # type: ignore[misc]

    def convert_input(self, el: Any, text: str, parent_tags: Any) -> str:
        """A box of a checklist is shown by its line."""
        return ""

    convert_button = convert_input
    convert_title = convert_input
    convert_noscript = convert_input
    convert_template = convert_input

    def convert_hN(self, n: int, el: Any, text: str, parent_tags: Any) -> str:  # noqa: N802
        """Comments have no headings: bold."""
        heading = " ".join(text.replace("**", "").split())
        return f"\n\n**{heading}**\n\n" if heading and "_inline" not in parent_tags else heading

    def convert_em(self, el: Any, text: str, parent_tags: Any) -> str:
        """Italic, unless it is bold already: comments cannot show both."""
        return text if parent_tags & {"b", "strong"} else _marked(text, "*")

    convert_i = convert_em

    def convert_b(self, el: Any, text: str, parent_tags: Any) -> str:
        """Bold, line by line."""
        return _marked(text, "**")

    convert_strong = convert_b

    def convert_del(self, el: Any, text: str, parent_tags: Any) -> str:
        """Comments cannot strike out."""
        return text

    convert_s = convert_del

    def convert_code(self, el: Any, text: str, parent_tags: Any) -> str:
        """Code within a line; marks in it have a backslash, as `clickup.blocks` reads them."""
        if "_noformat" in parent_tags or not text.strip():
            return text
        code = " ".join(text.split()).replace("\\", "\\\\").replace("`", "\\`")
        return f"`{code}`"

    convert_kbd = convert_code
    convert_samp = convert_code

    def convert_pre(self, el: Any, text: str, parent_tags: Any) -> str:
        """A block of code, which cannot end itself."""
        inner = _FENCE.sub(rf"\1{_WORD_JOINER}", text.strip("\n"))
        return f"\n\n```\n{inner}\n```\n\n" if inner.strip() else ""

    def _embedded(self, el: Any) -> str:
        source = _address(el.get("src") or el.get("data"))
        if _WEB.fullmatch(source) and len(source) <= _LONGEST_LINK:
            return f"[{escape_markdown(el.name)}]({_target(source)})"
        self.losses.append(Loss(EMBEDDED, el.name))
        return ""


def _marked(text: str, mark: str) -> str:
    """The lines within marks, except where a comment would not see the marks inside of others."""
    return "\n".join(_marked_line(line, mark) for line in text.split("\n"))


def _marked_line(line: str, mark: str) -> str:
    inner = line.strip()
    if not inner or _OTHER_MARK.search(inner):
        return line
    before, after = line[: len(line) - len(line.lstrip())], line[len(line.rstrip()) :]
    return f"{before}{mark}{inner}{mark}{after}"


def _is_checked(el: Any, classes: Any) -> bool:
    box = el.find("input")
    return bool({"checked", "is-checked", "done"} & set(classes)) or (
        str(el.get("data-checked") or "").lower() == "true"
        or (box is not None and box.has_attr("checked"))
    )


def _address(raw: Any) -> str:
    """Without the blanks and control characters that browsers leave out of a scheme."""
    return re.sub(r"[\x00-\x20\u00a0]+", "", str(raw or "").translate(_INVISIBLE))


def _is_harmless(href: str) -> bool:
    try:
        return urlsplit(href).scheme.lower() in _HARMLESS
    except ValueError:
        return False


def _target(href: str) -> str:
    return href.replace("(", "%28").replace(")", "%29")


def _last_part(source: str) -> str:
    try:
        return unquote(urlsplit(source).path.rsplit("/", 1)[-1])
    except ValueError:
        return ""


def _tidy(text: str) -> str:
    lines = text.translate(_INVISIBLE).split("\n")
    return _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip(_TRAILING) for line in lines)).strip()


class _Words(HTMLParser):
    """Only the text: whatever the nesting is."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """What is not shown begins."""
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        """What is not shown ends."""
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if self._hidden <= 0:
            self.found.append(data)


def _words(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    parser.close()
    return " ".join(" ".join(parser.found).split())
