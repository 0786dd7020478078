"""Opaque cursors: where a list goes on, and of which list and question."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Final

from pydantic import BaseModel

from pipeline.serve.ports import Key
from pipeline.serve.problems import Mistake, ProblemError

_LONGEST: Final = 2000


def question(name: str, wanted: BaseModel) -> str:
    """What tells a list and its filter from others."""
    asked = wanted.model_dump_json(exclude_none=True)
    return hashlib.sha256(f"{name}\0{asked}".encode("utf-8", "replace")).hexdigest()[:12]


def encode(asked: str, key: Key) -> str:
    """A cursor behind the row with this key."""
    text = json.dumps([asked, *key], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(asked: str, cursor: str) -> Key:
    """The key in a cursor of ours.

    :raises ProblemError: it is none, or one of another question
    """
    if len(cursor) > _LONGEST or not cursor.isascii():
        raise _refused("It is not a cursor of this server.")
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        of, *key = json.loads(packed)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise _refused("It is not a cursor of this server.") from None
    plain = all(v is None or (isinstance(v, str | int) and not isinstance(v, bool)) for v in key)
    if of != asked or not key or not plain:
        raise _refused("It belongs to another list or filter.")
    return tuple(key)


def _refused(why: str) -> ProblemError:
    return ProblemError(
        422,
        "The cursor cannot be used.",
        advice="Use 'next' of an answer to the same question, or begin without a cursor.",
        errors=[Mistake(where="query.cursor", what=why)],
    )
