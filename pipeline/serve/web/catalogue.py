"""What the pages say, in Vietnamese and in English.

``words/AREA.toml`` has a table for each message: ``[inbox.title]`` with ``vi`` and ``en``. Places
for values are written ``{count}``. Tests hold that no message that a template uses is missing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final, Literal, get_args

Language = Literal["vi", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
DEFAULT: Final[Language] = "vi"


class Catalogue:
    """All messages, by key and language."""

    def __init__(self, messages: Mapping[str, Mapping[Language, str]]) -> None:
        self._messages = messages

    @classmethod
    def load(cls) -> Catalogue:
        """The messages of the package."""
        found: dict[str, Mapping[Language, str]] = {}
        folder = files(__package__).joinpath("words")
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(".toml"):
                _collect(tomllib.loads(file.read_text(encoding="utf-8")), "", found)
        return cls(found)

    @property
    def keys(self) -> frozenset[str]:
        """Every message there is."""
        return frozenset(self._messages)

    def say(self, language: Language, key: str, /, **values: object) -> str:
        """A message with its values.

        :raises KeyError: there is none, or one of its values is missing: a defect of the page
        """
        return self._messages[key][language].format_map(values)

    def has(self, key: str) -> bool:
        """Whether there is such a message, for keys made of codes."""
        return key in self._messages


def _collect(table: Mapping[str, Any], lead: str, into: dict[str, Mapping[Language, str]]) -> None:
    if set(table) == set(LANGUAGES) and all(isinstance(said, str) for said in table.values()):
        into[lead] = {language: table[language].strip() for language in LANGUAGES}
        return
    for name, inner in table.items():
        if not isinstance(inner, dict):
            raise TypeError(f"{lead}.{name} needs exactly: {', '.join(LANGUAGES)}")
        _collect(inner, f"{lead}.{name}" if lead else name, into)
