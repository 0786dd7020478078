"""Marks on the first page: urgency, secrecy, the incoming stamp; and the digital signatures.

Urgency and secrecy stand alone, in capitals and framed (Decree 30/2020/ND-CP, Annex I, II.10). The
incoming stamp is the receiving office's; most of it is written by hand, so nothing in it is
accepted of a scan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.directive import ABSENT, Alternative, FieldValue, Incoming, SignatureFact
from models.finding import Evidence
from models.source import SourceDocument
from models.text import Line, PageText, ReadBy, StampValue
from models.vietnamese import fold, nfc
from pipeline.extract.context import Context
from pipeline.extract.dates import DATE, edtf, read_date
from pipeline.extract.fields import make_field
from pipeline.extract.grammar import mostly_upper

_URGENCY = {"hoa toc": "Hỏa tốc", "hoa toc hen gio": "Hỏa tốc", "thuong khan": "Thượng khẩn",
            "khan": "Khẩn"}  # fmt: skip
_SECRECY = {"tuyet mat": "Tuyệt mật", "toi mat": "Tối mật", "mat": "Mật"}
_FRAME = " .:*-–_|[](){}!'\"“”"
#: Marks stand among the first lines of the first page.
_FIRST_LINES = 30
_ARRIVED = re.compile(r"^\W*(?:(?:cong van|cv|van ban)\W*)?den\b")
_NUMBER = re.compile(r"\bso\b\s*[:.]?\s*(\d{1,6})\b")
_DAY = re.compile(r"\bngay\b\s*[:.]?\s*")
_SHORT_DAY = re.compile(r"(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{2})(?!\d)")


def extract_mark(context: Context, kind: str) -> FieldValue:
    """``urgency`` or ``secrecy``: a line of the head that says this and nothing else."""
    view = context.view
    names = _URGENCY if kind == "urgency" else _SECRECY
    first = view.lines[0].page if view.lines else 0
    head = [i for i, line in enumerate(view.lines) if not line.blank][:_FIRST_LINES]
    pieces = [(p.start, p.end) for p in context.header_pieces()]
    spans = [*pieces, *((view.lines[i].start, view.lines[i].end) for i in head)]
    for start, end in spans:
        text = view.text[start:end]
        value = names.get(" ".join(view.folded[start:end].strip(_FRAME).split()))
        if value is None or not mostly_upper(text) or view.lines[view.line_at(start)].page != first:
            continue
        return make_field(view, start, end, value, f"header.{kind}", reliability=0.96,
                          accept=context.accept, closed=True)  # fmt: skip
    return ABSENT


def extract_incoming(pages: Sequence[PageText]) -> Incoming:
    """The incoming stamp of the first page, as far as it can be read.

    What the recogniser read in the stamp alone, with two engines, goes before the lines of the
    page.
    """
    printed = _printed(pages)
    for stamp in (stamp for page in pages[:1] for stamp in page.stamps):
        number = _slot(stamp.number, pages[0], "number")
        received = _slot(stamp.date, pages[0], "received")
        return Incoming(
            number=number if number.value else _better(printed.number, number),
            received=received if received.value else _better(printed.received, received),
            office=printed.office,
        )
    return printed


def _better(printed: FieldValue, slot: FieldValue) -> FieldValue:
    """Where two engines read nothing alike, one line's reading is a candidate, no value."""
    if printed.value is None or any(a.value == printed.value for a in slot.alternatives):
        return slot
    other = Alternative(value=printed.value, confidence=0.1, origin="stamp")
    return slot.model_copy(update={"alternatives": (*slot.alternatives, other)})


def _slot(slot: StampValue, page: PageText, name: str) -> FieldValue:
    """A slot of the stamp: proposed where the engines agree, else open with what they read."""
    if slot.value is None and not slot.raw and not slot.alternatives:
        return ABSENT
    evidence = Evidence(page=page.page, bbox=slot.bbox, text=slot.raw[:400], origin="stamp")
    return FieldValue(
        value=slot.value,
        raw=slot.raw,
        confidence=_BELIEVED[page.read_by] if slot.value is not None else 0.0,
        status=slot.status,
        alternatives=tuple(
            Alternative(value=nfc(other), confidence=0.1, origin="stamp")
            for other in slot.alternatives
            if other
        ),
        evidence=(evidence,),
        rule=f"stamp.{name}",
    )


def _printed(pages: Sequence[PageText]) -> Incoming:
    """The stamp from lines of the page that the layout kept apart."""
    for page in pages[:1]:
        for lines in _stamps(page):
            number = received = office = ABSENT
            for index, line in enumerate(lines):
                folded = fold(line.text)
                if _ARRIVED.match(folded) and index and mostly_upper(lines[index - 1].text):
                    office = _read(lines[index - 1], page, nfc(lines[index - 1].text), "office")
                found = _NUMBER.search(folded)
                if found and number.status == "absent":
                    number = _read(line, page, found[1], "number")
                day = _DAY.search(folded)
                if day and received.status == "absent":
                    value = _day(folded, day.end())
                    received = _read(line, page, value, "received") if value else ABSENT
            return Incoming(number=number, received=received, office=office)
    return Incoming()


def _stamps(page: PageText) -> Iterator[list[Line]]:
    """Blocks of overlaid lines that hold "ĐẾN" in capitals."""
    for block in page.blocks:
        arrived = [
            line
            for line in block.lines
            if _ARRIVED.match(fold(line.text)) and "ĐẾN" in line.text.upper()
        ]
        if block.kind == "overlay" and any(any(c.isupper() for c in a.text) for a in arrived):
            yield [line for line in block.lines if line.words]


def _day(folded: str, at: int) -> str | None:
    match = DATE.match(folded, at)
    found = read_date(match) if match else None
    if found is not None and found.full:
        return found.value
    short = _SHORT_DAY.match(folded, at)
    return edtf(2000 + int(short[3]), int(short[2]), int(short[1])) if short else None


_BELIEVED: dict[ReadBy, float] = {"ocr": 0.4, "text_layer": 0.9, "text": 0.9, "person": 1.0}


def _read(line: Line, page: PageText, value: str, name: str) -> FieldValue:
    evidence = Evidence(page=page.page, bbox=line.bbox, text=line.text[:400], origin="stamp")
    return FieldValue(
        value=value, raw=line.raw_text, confidence=_BELIEVED[page.read_by], status="review",
        evidence=(evidence,), rule=f"stamp.{name}",
    )  # fmt: skip


def signature_facts(source: SourceDocument) -> tuple[SignatureFact, ...]:
    """Signatures of the file, each moment and signer once."""
    out: list[SignatureFact] = []
    seen: set[tuple[str | None, str | None, str | None]] = set()
    for signature in source.signatures:
        key = (signature.signer, signature.organisation, signature.signed_at)
        if key in seen or key == (None, None, None):
            continue
        seen.add(key)
        place = Evidence(
            page=signature.page, bbox=signature.bbox,
            text=" ".join(signature.stamp_text.split())[:400], origin="digital_signature",
        )  # fmt: skip
        out.append(
            SignatureFact(
                signer=signature.signer, organisation=signature.organisation,
                signed_at=signature.signed_at, evidence=(place,),
            )
        )  # fmt: skip
    return tuple(out)
