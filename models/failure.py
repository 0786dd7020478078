"""Why a file is in quarantine: a category for machines, a reason and advice for a clerk."""

from __future__ import annotations

from typing import Literal

from models.base import Model

Category = Literal[
    "bad_input",
    "encrypted",
    "too_large",
    "unsupported",
    "unreadable_file",
    "timeout",
    "out_of_memory",
    "engine_failure",
    "no_space",
    "internal",
]


class Failure(Model):
    """One failure: what failed, on which page, why, and what a clerk can do about it."""

    category: Category
    stage: str
    page: int | None = None
    reason: str
    advice: str
    detail: str = ""
