"""What a sample document is before it is typeset, and the truth that is written beside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

#: ``para`` first line indented; ``basis`` the same in italic; ``item`` a dash item; ``heading``
#: bold; ``centred`` bold and centred (``QUYẾT ĐỊNH:``).
BlockKind = Literal["para", "basis", "item", "heading", "centred"]
Style = Literal["state", "party"]

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"


@dataclass(frozen=True)
class Block:
    """A paragraph of the body; ``text`` may hold ``**bold**`` and ``*italic*``."""

    kind: BlockKind
    text: str


@dataclass(frozen=True)
class Signer:
    """Lines of the signature block: authority lines as printed, the position, the name."""

    name: str | None = None
    authority: str | None = None
    position: str | None = None

    @property
    def printed(self) -> list[str]:
        lines = (self.authority or "").split("\n") + (self.position or "").split("\n")
        return [line for line in lines if line]


@dataclass(frozen=True)
class Citation:
    """Another document that this one names."""

    number: str
    doc_type: str
    issued: date | None
    issuer: str | None
    relation: str = "implements"


@dataclass(frozen=True)
class Target:
    """A figure the document sets or reports; ``text`` stands in the body letter for letter."""

    kind: str
    text: str
    value: float | int | None
    comparator: str = "="
    unit: str | None = None
    breakdown_of: int | None = None


@dataclass(frozen=True)
class Deadline:
    """A due date; ``date`` is EDTF, ``recurrence`` an RFC 5545 rule."""

    text: str
    date: str | None
    operator: str = "before"
    recurrence: str | None = None


@dataclass
class Document:
    """One document: its fields, its body and what the body says."""

    issuer: str
    parent_issuer: str | None
    serial: str
    symbol: str
    place: str
    issued: date
    doc_type: str
    subject: str
    style: Style = "state"
    recipients: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    copied_to: list[str] = field(default_factory=list)
    signer: Signer = Signer()
    citations: list[Citation] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    #: Printed with the subject of typed documents ("Về việc …" or nothing).
    subject_lead: str = ""

    @property
    def is_letter(self) -> bool:
        """Công văn: the subject stands under the number, and there is no type line."""
        return self.doc_type == "Công văn"

    @property
    def number(self) -> str:
        """``120/LĐLĐ`` or, Party style, ``12-CV/TU``."""
        return f"{self.serial}{'-' if self.style == 'party' else '/'}{self.symbol}"

    def truth(self) -> dict[str, Any]:
        """The fields that a perfect reader would give, in the contract's names."""
        return {
            "number": self.number,
            "serial": self.serial,
            "symbol": self.symbol,
            "place": self.place,
            "issued": self.issued.isoformat(),
            "doc_type": self.doc_type,
            "issuer": self.issuer,
            "parent_issuer": self.parent_issuer,
            "subject": self.subject,
            "recipients": list(self.recipients),
            "copied_to": list(self.copied_to),
            "signer": {
                "name": self.signer.name,
                "authority": _one_line(self.signer.authority),
                "position": _one_line(self.signer.position),
            },
            "citations": [_plain(c) for c in self.citations],
            "targets": [_plain(t) for t in self.targets],
            "deadlines": [_plain(d) for d in self.deadlines],
        }


def _plain(record: Citation | Target | Deadline) -> dict[str, Any]:
    """The record as JSON has it, its dates as text."""
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(record).items()}


def _one_line(text: str | None) -> str | None:
    return text.replace("\n", " / ") if text else None


def vn_date(day: date) -> str:
    """``05/3/2022``: days and the months 1 and 2 are padded, other months are not (Decree 30)."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"{day.day:02d}/{month}/{day.year}"


def vn_number(value: float) -> str:
    """``5.091`` and ``52,2``: a point between thousands, a comma before decimals."""
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}".replace(",", ".")
    whole, part = f"{value:.1f}".split(".")
    return f"{vn_number(int(whole))},{part}"


def padded(value: int) -> str:
    """Counts below ten are written ``02``."""
    return f"{value:02d}" if value < 10 else vn_number(value)
