"""Pages as Decree 30 lays them out: two-column header, body, Nơi nhận beside the signature."""

from __future__ import annotations

from dataclasses import dataclass, field

from samples import fonts
from samples.lines import Line, Page, Piece, balanced, place, styled, words_of, wrap
from samples.model import COUNTRY, MOTTO, PARTY, Block, Document

WIDTH, HEIGHT = 595.28, 841.89
LEFT, RIGHT, TOP, BOTTOM = 85.0, 42.5, 62.0, 780.0
ROOM = WIDTH - LEFT - RIGHT
INDENT = 36.0
COLUMN_LEFT = (LEFT - 22, 212.0)
COLUMN_RIGHT = (LEFT + 198, 270.0)
OFFICE_BREAKS = (" TỈNH ", " HUYỆN ", " THỊ XÃ ", " THÀNH PHỐ ", " LAO ĐỘNG VIỆT NAM", " CÔNG TY ")
#: Room that is left for the pen, in points: a serial of up to four digits, a day of two.
SERIAL_GAP, DAY_GAP = 38.0, 22.0


@dataclass
class Layout:
    """Writes lines down the page and begins a new page where one is full."""

    size: float = 14.0
    leading: float = 1.27
    pages: list[Page] = field(default_factory=lambda: [Page()])
    y: float = TOP

    @property
    def page(self) -> Page:
        return self.pages[-1]

    def new_page(self) -> None:
        self.pages.append(Page())
        number = styled(str(len(self.pages)), 13)
        self.page.lines.append(
            Line(42, place(words_of(number), LEFT, ROOM, "centre"), "page_number")
        )
        self.y = TOP + self.size

    def need(self, height: float) -> None:
        if self.y + height > BOTTOM:
            self.new_page()

    def row(
        self, pieces: list[Piece], column: tuple[float, float], y: float, role: str,
        align: str = "centre", step: float = 15.5,
    ) -> float:  # fmt: skip
        """Wrapped lines in a column from baseline ``y``; gives the next free baseline."""
        for row in balanced(pieces, column[1]) if align == "centre" else wrap(pieces, column[1]):
            self.page.lines.append(Line(y, place(row, column[0], column[1], align), role))
            y += step
        return y

    def rule(self, x0: float, x1: float, y: float) -> None:
        self.page.rules.append((x0, x1, y))

    def rule_under(self, share: float) -> None:
        """A rule under the last line, ``share`` of its length, centred (Decree 30: 1/3 to 1/2)."""
        line = self.page.lines[-1]
        half, middle = (line.x1 - line.x0) * share / 2, (line.x0 + line.x1) / 2
        self.rule(middle - half, middle + half, line.y + 4.5)


def _header(out: Layout, doc: Document, hand: dict[str, bool]) -> None:
    """Left column first, then the right one; number and dateline share a baseline."""
    left = TOP
    if doc.parent_issuer:
        left = _office(out, doc.parent_issuer.upper(), left, "parent", bold=False)
    left = _office(out, doc.issuer.upper(), left, "issuer", bold=True)
    party = doc.style == "party"
    if party:
        left = out.row([Piece("*", fonts.face(), 13)], COLUMN_LEFT, left + 3, "star")
    else:
        out.rule_under(0.4)
    right_rows = 1 if party else 2
    base = max(left, TOP + right_rows * 15.5) + 9
    subject_y = out.row(_number(doc, hand), COLUMN_LEFT, base, "number") + 2
    if doc.is_letter:
        lead = "V/v" if not party else "Về việc"
        pieces = styled(f"{lead} {doc.subject}", 12, italic=party)
        subject_y = out.row(pieces, COLUMN_LEFT, subject_y, "subject", step=14.5)
    _right_header(out, doc, hand, base)
    out.y = max(subject_y, base + 16) + 12


def _office(out: Layout, name: str, y: float, role: str, bold: bool) -> float:
    """A name too long for its column is broken where a clerk breaks it, before its place."""
    room = COLUMN_LEFT[1]
    parts = [name]
    if fonts.width(name, fonts.face(bold), 12) > room:
        for key in OFFICE_BREAKS:
            head, found, tail = name.rpartition(key)
            halves = [head, (found + tail).strip()]
            if head and all(fonts.width(h, fonts.face(bold), 12) <= room for h in halves):
                parts = halves
                break
    for part in parts:
        y = out.row(styled(part, 12, bold=bold), COLUMN_LEFT, y, role)
    return y


def _right_header(out: Layout, doc: Document, hand: dict[str, bool], base: float) -> None:
    if doc.style == "party":
        out.row(styled(PARTY, 14, bold=True), COLUMN_RIGHT, TOP, "country")
        out.rule_under(1.0)
    else:
        out.row(styled(COUNTRY, 12, bold=True), COLUMN_RIGHT, TOP, "country")
        out.row(styled(MOTTO, 13, bold=True), COLUMN_RIGHT, TOP + 15.5, "motto")
        out.rule_under(1.0)
    out.row(_dateline(doc, hand), COLUMN_RIGHT, base, "dateline")


def _number(doc: Document, hand: dict[str, bool]) -> list[Piece]:
    font = fonts.face()
    party = doc.style == "party"
    rest = f"{'-' if party else '/'}{doc.symbol}"
    if not hand["serial"]:
        return styled(f"{'Số' if party else 'Số:'} {doc.serial}{rest}", 13)
    return [
        Piece("Số" if party else "Số:", font, 13),
        Piece(doc.serial, font, 13, hand=True, fixed=SERIAL_GAP),
        Piece(rest, font, 13, glued=True),
    ]


def _dateline(doc: Document, hand: dict[str, bool]) -> list[Piece]:
    day, month = f"{doc.issued.day:02d}", doc.issued.month
    months = f"{month:02d}" if month <= 2 else str(month)
    if not hand["day"]:
        text = f"{doc.place}, ngày {day} tháng {months} năm {doc.issued.year}"
        return styled(text, 13, italic=True)
    return [
        *styled(f"{doc.place}, ngày", 13, italic=True),
        Piece(day, fonts.face(italic=True), 13, hand=True, fixed=DAY_GAP),
        *styled(f"tháng {months} năm {doc.issued.year}", 13, italic=True),
    ]


def _title(out: Layout, doc: Document) -> None:
    """Type in capitals, subject under it, a short rule: every type but the công văn."""
    full = (LEFT, ROOM)
    out.y = out.row(styled(doc.doc_type.upper(), 14, bold=True), full, out.y + 8, "type", step=17)
    lead = f"{doc.subject_lead} " if doc.subject_lead else ""
    narrow = (LEFT + 30, ROOM - 60)
    out.y = out.row(styled(lead + doc.subject, 14, bold=True), narrow, out.y, "subject", step=17)
    out.rule_under(0.35)
    out.y += 14


def _addressed(out: Layout, doc: Document) -> None:
    if not doc.recipients:
        return
    out.y += 6
    if len(doc.recipients) == 1:
        words = f"Kính gửi: {doc.recipients[0]}."
        out.y = out.row(styled(words, 14), (LEFT + 20, ROOM - 40), out.y, "recipient", step=18)
    else:
        out.row(styled("Kính gửi:", 14), (LEFT + 75, 70), out.y, "recipient", "left")
        out.y += 18
        last = len(doc.recipients) - 1
        for i, name in enumerate(doc.recipients):
            text = f"- {name}{'.' if i == last else ';'}"
            out.y = out.row(
                styled(text, 14), (LEFT + 110, ROOM - 110), out.y, "recipient", "left", 18
            )
    out.y += 8


def _rows(block: Block, size: float) -> list[list[list[Piece]]]:
    text = f"- {block.text}" if block.kind == "item" else block.text
    strong, slanted = block.kind in ("heading", "centred"), block.kind == "basis"
    pieces = styled(text, size, bold=strong, italic=slanted)
    return wrap(pieces, ROOM, 0.0 if block.kind == "centred" else INDENT)


def _block(out: Layout, block: Block, keep: float = 0.0) -> None:
    """One paragraph; a line that does not fit goes to the next page, as in any word processor.

    ``keep`` is the height of what must stand on the same page as the paragraph's end.
    """
    step = out.size * out.leading
    rows = _rows(block, out.size)
    if keep:
        out.need(min(step * len(rows) + keep, BOTTOM - TOP - 30))
    out.need(step * (2 if block.kind in ("heading", "centred") else 0))
    for i, row in enumerate(rows):
        out.need(0)
        indent = INDENT if i == 0 and block.kind != "centred" else 0.0
        align = "left" if i == len(rows) - 1 else "justify"
        align = "centre" if block.kind == "centred" else align
        placed = place(row, LEFT + indent, ROOM - indent, align)
        out.page.lines.append(Line(out.y, placed, "body"))
        out.y += step
    out.y += 5


def _closing_height(doc: Document) -> float:
    if not doc.copied_to and not doc.signer.name:
        return 0.0
    return max(len(doc.copied_to) * 14 + 30.0, len(doc.signer.printed) * 16 + 92.0)


def _closing(out: Layout, doc: Document) -> None:
    """Nơi nhận at the left, and level with it at the right the signature block."""
    last = out.page.lines[-1]
    out.page.marks["body_end"] = (last.x1, last.y)
    height = _closing_height(doc)
    if not height:
        return
    out.need(height)
    top = out.y + 12
    if doc.copied_to:
        _recipients_below(out, doc, top)
    column = (LEFT + 215, 245.0)
    y = top
    for line in doc.signer.printed:
        y = out.row(styled(line, 13.5, bold=True), column, y, "signature", step=16.5)
    out.page.marks["signature"] = (column[0] + column[1] / 2, y + 28)
    if doc.signer.name:
        out.row(styled(doc.signer.name, 14, bold=True), column, y + 70, "name")


def _recipients_below(out: Layout, doc: Document, top: float) -> None:
    heading = styled("Nơi nhận:", 12, bold=True, italic=True)
    y = out.row(heading, (LEFT, 100), top, "copied_to", "left", 14.5)
    last = len(doc.copied_to) - 1
    for i, name in enumerate(doc.copied_to):
        text = f"- {name}{'.' if i == last else ';'}"
        y = out.row(styled(text, 11), (LEFT, 205), y, "copied_to", "left", 13.2)


def typeset(
    doc: Document, hand_serial: bool = False, hand_day: bool = False, size: float = 14.0
) -> list[Page]:
    """The pages of a document. Handwritten parts are left blank on paper and kept in the text."""
    fonts.register()
    out = Layout(size=size)
    _header(out, doc, {"serial": hand_serial, "day": hand_day})
    if not doc.is_letter:
        _title(out, doc)
    _addressed(out, doc)
    for i, block in enumerate(doc.blocks):
        _block(out, block, _closing_height(doc) if i == len(doc.blocks) - 1 else 0.0)
    _closing(out, doc)
    return out.pages
