"""The Markdown files of this project, and what they name: links, headings, code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```.*?^```\s*$", re.DOTALL | re.MULTILINE)
# A block that is indented after an empty line; within lists it belongs to the item.
INDENTED = re.compile(r"(?<=\n\n)(?:(?: {4,}|\t)[^\n]*\n)+", re.MULTILINE)
SPAN = re.compile(r"`([^`]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """Its path in the checkout."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self) -> str:
        """The text without blocks of code."""
        return INDENTED.sub("", FENCE.sub("", self.text))

    @cached_property
    def blocks(self) -> list[str]:
        """Blocks of code."""
        return [*FENCE.findall(self.text), *INDENTED.findall(FENCE.sub("", self.text))]

    @cached_property
    def spans(self) -> list[str]:
        """Code within sentences, each on one line."""
        return [" ".join(span.split()) for span in SPAN.findall(self.prose)]

    @property
    def commands(self) -> Iterator[str]:
        """What a reader may type: lines of blocks without their comments, lines that go on put together, and spans."""
        for block in self.blocks:
            for line in block.replace("\\\n", " ").splitlines():
                yield re.sub(r"\s#\s.*", "", line).strip()
        yield from self.spans

    @property
    def links(self) -> list[str]:
        """Targets of links and pictures."""
        return LINK.findall(self.prose)

    @property
    def anchors(self) -> set[str]:
        """What links into this file may name, as GitHub derives it from headings."""
        headings = [re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", found) for found in HEADING.findall(self.prose)]
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


DOCUMENTS = [Document(path) for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])]
