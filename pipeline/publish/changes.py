"""Changes as JSON Lines: one change a line, the record in it as the contract has it."""

from __future__ import annotations

import json

from pipeline.publish.jsonl import escaped


def change_line(*, cursor: str, id_: str, change: str, at: str, directive: str | None) -> str:
    """One change as one line without its end.

    ``directive`` is the record as JSON and is passed on as it is; null where it was withdrawn.
    """
    head = json.dumps({"change": change, "id": id_, "at": at, "cursor": cursor})
    return escaped(f'{head[:-1]}, "directive": {directive or "null"}}}')
