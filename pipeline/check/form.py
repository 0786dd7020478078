"""Form: what every document has, and what the reading of it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.directive import Directive, FieldValue
from models.finding import Finding
from models.text import PageText
from models.vietnamese import fold
from pipeline.check.lines import CheckLine

_AS_ABOVE = re.compile(r"nhu\s+(?:tren|kinh\s+gui)(?!\w)")
_AS_ARTICLE = re.compile(r"nhu\s+dieu\s+(?P<n>\d{1,2})(?!\d)")
_FILED = re.compile(r"luu(?!\w)")
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


def addressees(directive: Directive, lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """An official letter addresses somebody (Decree 30, Annex I, II.9); other types need not."""
    letter = directive.doc_type.value == "Công văn" and directive.doc_type.status == "accepted"
    if letter and not directive.recipients and lines:
        above = [c for c in directive.copied_to if _AS_ABOVE.match(_key(c))]
        yield Finding(
            code="recipients.missing",
            message="The copies go to those named above, but nobody is addressed."
            if above
            else "An official letter that addresses nobody.",
            evidence=above[0].evidence if above else lines[0].evidence,
        )


def copies(directive: Directive, lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """ "Như Điều 3" needs its article, nobody is listed twice, one copy is filed ("Lưu")."""
    seen: set[str] = set()
    for item in directive.copied_to:
        folded = _key(item)
        article = _AS_ARTICLE.match(folded)
        if article and lines and not _has_article(lines, article["n"]):
            yield Finding(
                code="recipients.article_missing",
                message=f"The copies go to those of article {article['n']}, which is not there.",
                evidence=item.evidence,
            )
        if folded and folded in seen:
            yield Finding(
                code="recipients.twice",
                severity="info",
                message="The same body is listed twice among the copies.",
                evidence=item.evidence,
            )
        seen.add(folded)
    if seen and not any(_FILED.match(folded) for folded in seen):
        yield Finding(
            code="copies.no_file_copy",
            severity="info",
            message='The list of copies has no "Lưu"; its end may be missing.',
            evidence=directive.copied_to[-1].evidence,
        )


def _key(item: FieldValue) -> str:
    return fold(item.value or item.raw or "")


def _has_article(lines: Sequence[CheckLine], number: str) -> bool:
    start = re.compile(rf"\W{{0,3}}dieu\s{{0,2}}{number}(?!\d)")
    return any(start.match(line.folded) for line in lines)


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
