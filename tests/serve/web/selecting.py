"""Parts of a page by simple CSS selectors, without a package for it."""

from __future__ import annotations

import re
from typing import Any

_PART = re.compile(
    r"(?P<tag>^[a-z][a-z0-9]*)|#(?P<id>[\w-]+)|\.(?P<class>[\w-]+)"
    r"""|\[(?P<name>[\w-]+)(?:=['"]?(?P<value>[^\]'"]*)['"]?)?\]"""
)


def select(tree: Any, selector: str) -> list[Any]:
    """The elements that a selector means: tags, ids, classes, attributes, descendants, commas."""
    paths = ("." + "".join(f"//{_step(s)}" for s in one.split()) for one in selector.split(","))
    return list(tree.xpath(" | ".join(paths)))


def text(tree: Any, selector: str) -> str:
    """What they say, blanks as one."""
    return " ".join(" ".join(part.text_content().split()) for part in select(tree, selector))


def _step(simple: str) -> str:
    tag, wanted, end = "*", "", 0
    for part in _PART.finditer(simple):
        assert part.start() == end, simple
        end = part.end()
        if part["tag"]:
            tag = part["tag"]
        elif part["id"]:
            wanted += f'[@id="{part["id"]}"]'
        elif part["class"]:
            wanted += f'[contains(concat(" ", @class, " "), " {part["class"]} ")]'
        elif part["value"] is None:
            wanted += f"[@{part['name']}]"
        else:
            wanted += f'[@{part["name"]}="{part["value"]}"]'
    assert end == len(simple), simple
    return tag + wanted
