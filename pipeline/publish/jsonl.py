"""JSON Lines: the contract itself, one directive a line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import BinaryIO, Final

from models.cells import well_formed
from models.directive import Directive

#: Legal inside a JSON string, yet taken for line ends or worse by readers that split text into
#: lines before they parse (U+0085, U+2028, U+2029), by terminals (DEL, C1), or invisible.
_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def directive_line(directive: Directive) -> str:
    """One directive as one line, keys in the order of the contract, without the line end."""
    try:
        line = directive.model_dump_json(by_alias=True)
    except ValueError:  # a lone surrogate is no text in UTF-8
        record = well_formed(directive.model_dump(by_alias=True))
        line = Directive.model_validate(record).model_dump_json(by_alias=True)
    return escaped(line)


def escaped(line: str) -> str:
    """JSON on one line for every reader of lines; the same values."""
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", line)


def write_jsonl(directives: Iterable[Directive], out: BinaryIO) -> int:
    """Write directives as UTF-8 JSON Lines; how many there were."""
    count = 0
    for directive in directives:
        out.write(directive_line(directive).encode() + b"\n")
        count += 1
    return count
