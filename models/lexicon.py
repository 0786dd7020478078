"""What people taught an archive, as it is handed to the stages that read later documents."""

from __future__ import annotations

from pydantic import Field

from models.base import Model


class KnownSigner(Model):
    """A name that people confirmed as signer for a body, and how often."""

    name: str
    issuer: str
    count: int = 1


class KnownSymbol(Model):
    """A symbol that people confirmed in numbers of a body."""

    symbol: str
    issuer: str


class Lexicon(Model):
    """Read once at the start of a run; empty, it changes nothing.

    ``abbreviations`` and ``misread`` lead from what stands in documents to what it means; ``words``
    are right as they stand.
    """

    signers: tuple[KnownSigner, ...] = ()
    organisations: tuple[str, ...] = ()
    abbreviations: dict[str, str] = Field(default_factory=dict)
    symbols: tuple[KnownSymbol, ...] = ()
    words: frozenset[str] = frozenset()
    misread: dict[str, str] = Field(default_factory=dict)
