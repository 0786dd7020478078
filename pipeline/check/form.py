"""Form: what every document has, and what the reading of it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.directive import Directive
from models.finding import Finding
from models.text import PageText
from pipeline.check.lines import CheckLine

_LOW_CONFIDENCE = 0.7
_MIN_WORDS = 20
_CLOSED = (".", "./.", "./", ":", ";", "!", "?", "…", ")", "”", '"')


def empty_text(pages: Sequence[PageText], lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """No text at all is a finding, not a success."""
    if not lines:
        yield Finding(
            code="text.empty", severity="error",
            message=f"No text was found on any of {len(pages)} pages.",
        )  # fmt: skip


def header(directive: Directive, lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """Issuer, number and date stand in the header (Decree 30, Annex I)."""
    if not lines:
        return
    national = any(
        "cong hoa xa hoi" in line.folded or "dang cong san viet nam" in line.folded
        for line in lines[:40]
    )
    derived = directive.issuer.rule.startswith("derived") or directive.issuer.status == "absent"
    if derived and not national:
        yield Finding(
            code="header.missing",
            message="The header with issuer and national title is missing; the issuer is derived.",
            evidence=lines[0].evidence,
        )
    if directive.number.status == "absent":
        yield Finding(
            code="header.number_missing",
            message="No document number was found.",
            evidence=lines[0].evidence,
        )
    if directive.issued.status == "absent":
        yield Finding(
            code="header.date_missing",
            message="No date of issue was found.",
            evidence=lines[0].evidence,
        )


def signature(directive: Directive, lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """A document ends with a signature and, as a rule, with "Nơi nhận"."""
    if not lines:
        return
    signer = directive.signer
    if signer.name.status == "absent" and signer.position.status == "absent":
        yield Finding(
            code="signature.missing",
            message="No signature block was found.",
            evidence=lines[-1].evidence,
        )
        if not directive.copied_to:
            yield Finding(
                code="text.truncated",
                message="The text ends without recipients and signature; its end may be lost.",
                evidence=lines[-1].evidence,
            )
    elif signer.name.status in {"absent", "unreadable"}:
        yield Finding(
            code="signature.name_missing",
            message="The signer's name could not be read.",
            evidence=signer.position.evidence or lines[-1].evidence,
        )


def open_end(directive: Directive, lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """The last line breaks off in the middle of a sentence, and no signature ends the document."""
    if not lines or directive.signer.name.status != "absent":
        return
    last = lines[-1]
    if len(last.text) > 60 and not last.text.endswith(_CLOSED) and last.text[-1].islower():
        yield Finding(
            code="text.truncated",
            message="The last line breaks off in the middle of a sentence.",
            evidence=last.evidence,
        )


def low_confidence(pages: Sequence[PageText]) -> Iterator[Finding]:
    """Pages of which the engine itself is unsure."""
    for page in pages:
        seen = [
            word.confidence
            for _, line in page.lines()
            for word in line.words
            if word.confidence is not None
        ]
        if len(seen) >= _MIN_WORDS and sum(seen) / len(seen) < _LOW_CONFIDENCE:
            yield Finding(
                code="ocr.low_confidence",
                message=f"The engine's mean confidence on page {page.page} is only "
                f"{100 * sum(seen) / len(seen):.0f} %.",
            )
