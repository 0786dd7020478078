"""Where the parts of a document are: header, type line, Kính gửi, body, Nơi nhận, signature.

Cells of Decree 30/2020/ND-CP, Annex I. Blocks named by the recogniser are believed; where two
columns run together on one line they are cut at the national motto, the dateline, or a wide gap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz

from models.codes import FOLDED_TYPES
from pipeline.extract.anchors import DATELINE, KINH_GUI
from pipeline.extract.grammar import UPPER, mostly_upper
from pipeline.extract.view import View

_MOTTO_TEXT = "cong hoa xa hoi chu nghia viet nam"
_MOTTO = re.compile(r"c[oô]ng hoa xa h[oôu]i chu nghi?a|dang cong san viet nam")
INDEPENDENCE = re.compile(r"[a-z]{1,2}c l[a-z]p\s?[-.~]?\s?t[a-z] do\s?[-.~]?\s?h[a-z]nh ph")
NUMBER_LINE = re.compile(
    r"\W{0,3}s[o06]\s{0,3}(?:[:;]|(?=[\d/.…_-])|(?=\S{1,6}\s{0,2}-\s?[a-z]{1,4}\s?/))"
)
SUBJECT_LINE = re.compile(r"\W{0,3}(?:v\s?/\s?v\b|ve\s?viec\b|ve huong dan\b)")
NOI_NHAN = re.compile(
    r"\W{0,3}(?:n[o0]i\s?nh[a-z]n\s{0,2}[:;.]?(?=\W|$)|\w{0,2}[o0]i\s?nh[a-z]n\s?:)"
)
ATTACHMENT = re.compile(
    r"\W{0,3}(?:phu\s+luc|phu$|danh\s+muc|danh$|file\b|mau so|bieu mau|bang\b|thu$|ghi chu\b)"
)
BODY_START = re.compile(
    r"\W{0,3}(?:can cu|thuc hien|thi hanh|tiep theo|tren co so|xet\b|theo\b|ngay \d|nham\b"
    r"|dieu \d|trong thoi gian|sau khi|qua\b|hien nay|de\b|vua qua|thoi gian qua|i\. |1\. "
    r"|tu ngay|hoi \d|phan \w\b|chuong \w\b)"
)
AUTHORITY = re.compile(
    rf"(?:(?:TM|KT|TL|TUQ|Q)\s?[.]|(?:TM|KT|TL|TUQ),(?=\s)|T/M|K/T|T/L|TUQ|(?:TM|KT|TL)(?=\s))\s?[{UPPER}]{{2,}}"
)
_GAP = 0.055
_LABEL_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one line, after columns were cut apart."""

    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True)
class Zones:
    """Line numbers; ``-1`` where the document lacks the part. Ends are exclusive."""

    header: tuple[int, int]
    motto: int
    type_line: int
    type_lines: int
    kinh_gui: int
    noi_nhan: int
    end: int


def is_motto(view: View, index: int, *, fuzzy: bool = False) -> bool:
    """A line with the national title, in capitals (a sentence that names the State is none)."""
    folded = view.folded_line(index)
    if len(folded) > 200 or len(folded) < 15:
        return False
    if _MOTTO.search(folded):
        return mostly_upper(view.of_line(index))
    if not fuzzy or len(folded) < 28 or not mostly_upper(view.of_line(index)):
        return False
    return fuzz.partial_ratio(_MOTTO_TEXT, folded) >= 80


def _motto_lines(view: View) -> list[int]:
    found = [i for i in range(len(view.lines)) if is_motto(view, i)]
    if not found:
        filled = [i for i, line in enumerate(view.lines) if not line.blank][:15]
        found = [i for i in filled if is_motto(view, i, fuzzy=True)][:1]
    return found


def right_part(text: str, folded: str) -> int | None:
    """Where the right column begins on a header line that holds both."""
    starts = [m.start() for m in (_MOTTO.search(folded), INDEPENDENCE.search(folded)) if m]
    if not starts and len(folded) > 20 and mostly_upper(text):
        aligned = fuzz.partial_ratio_alignment(_MOTTO_TEXT, folded, score_cutoff=80)
        if aligned is not None and aligned.dest_end - aligned.dest_start > 20:
            starts.append(aligned.dest_start)
    dateline = DATELINE.search(folded)
    if dateline:
        starts.append(_place_start(text, dateline.start()))
    return min(starts) if starts else None


_PLACE_WORDS = re.compile(rf"(?:(?:TP\.?|[{UPPER}][^\W\d_{UPPER}]{{1,8}}\.?)[ -]{{0,3}}){{1,6}}$")


def _place_start(text: str, ngay: int) -> int:
    """Where the place before ", ngày" begins: a run of words in title case."""
    before = text[max(0, ngay - 60) : ngay].rstrip(" ,.")
    match = _PLACE_WORDS.search(before)
    return max(0, ngay - 60) + match.start() if match else ngay


def _gap_cut(view: View, start: int, end: int) -> int | None:
    """Where a wide gap parts the words of a line."""
    words = view.words_in(start, end)
    for left, right in pairwise(words):
        if left.bbox and right.bbox and right.bbox[0] - left.bbox[2] > _GAP:
            return right.start
    return None


def pieces(view: View, index: int, *, header: bool) -> list[Piece]:
    """A line cut into its columns."""
    line = view.lines[index]
    cut = None
    if header and line.end - line.start < 240:
        offset = right_part(view.of_line(index), view.folded_line(index))
        cut = line.start + offset if offset is not None else None
    if cut is None and line.kind not in {"header_left", "header_right"}:
        cut = _gap_cut(view, line.start, line.end)
        if cut is not None and cut - line.start <= _LABEL_LENGTH:
            cut = None  # "Số:" and a slot left empty are one cell
    if cut is None or cut <= line.start or cut >= line.end:
        return [Piece(line.start, line.end, index)] if not line.blank else []
    left_end = line.start + len(view.text[line.start : cut].rstrip())
    out = [Piece(line.start, left_end, index), Piece(cut, line.end, index)]
    return [piece for piece in out if piece.end > piece.start]


def _header_start(view: View, motto: int) -> int:
    """Back from the motto to the first line that can belong to the header."""
    page = view.lines[motto].page
    index = motto
    while index > 0 and motto - index < 25 and view.lines[index - 1].page == page:
        text = view.of_line(index - 1).strip()
        kind = view.lines[index - 1].kind
        if kind not in {"header_left", "header_right"} and (
            len(text) > 120 or text.endswith((".", ";"))
        ):
            break
        index -= 1
    return index


def type_at(view: View, index: int) -> int:
    """How many lines a type line at ``index`` takes; 0 where there is none."""
    text = view.of_line(index)
    if view.lines[index].blank or not mostly_upper(text) or len(text) > 300:
        return 0
    folded = " ".join(view.folded_line(index).strip(" .:-_*").split())
    if folded in FOLDED_TYPES:
        return 1
    if index + 1 < len(view.lines):
        joined = f"{folded} {view.folded_line(index + 1).strip(' .:-_')}"
        if joined in FOLDED_TYPES and mostly_upper(view.of_line(index + 1)):
            return 2
    if any(folded.startswith(f"{name} ") for name in FOLDED_TYPES):
        return 1
    # An official letter prints no type; what is nearly "CÔNG VĂN" is a stamp's "CÔNG VĂN ĐẾN".
    names = (name for name in FOLDED_TYPES if name != "cong van")
    if 6 <= len(folded) <= 24 and any(fuzz.ratio(folded, name) >= 88 for name in names):
        return 1
    return 0


def _header_end(view: View, start: int, motto: int) -> tuple[int, int, int]:
    """First line after the header, the type line in it (or -1) and its height."""
    filled = 0
    index = start
    seen_number = False
    while index < len(view.lines) and filled < 45:
        line = view.lines[index]
        folded = view.folded_line(index)
        if not line.blank:
            filled += 1
            seen_number = seen_number or bool(NUMBER_LINE.match(folded) or DATELINE.search(folded))
            if KINH_GUI.match(folded):
                return index, -1, 0
            in_header = line.kind in {"header_left", "header_right"}
            height = type_at(view, index) if (seen_number or index > motto >= 0) else 0
            if height and not in_header:
                return index, index, height
            body = BODY_START.match(folded) and not DATELINE.search(folded[:90])
            long = len(folded) > 150 and not SUBJECT_LINE.match(folded)
            if (body or long) and not in_header and index > motto:
                return index, -1, 0
        index += 1
    return index, -1, 0


def _document_end(view: View, mottos: list[int], header_end: int, noi_nhan: int) -> int:
    """Where the document's own text ends and attachments begin."""
    end = len(view.lines)
    for motto in mottos:
        if motto > header_end:
            end = _header_start(view, motto)
            break
    if noi_nhan >= 0:
        for index in range(noi_nhan + 1, min(end, len(view.lines))):
            after = view.folded_line(index)
            if ATTACHMENT.match(after) and mostly_upper(view.of_line(index)):
                return index
    return max(end, header_end)


def _same_header(view: View, motto: int, first_page: int) -> bool:
    """A right column that was read late is still the header of its page, no attachment's."""
    line = view.lines[motto]
    return line.kind == "header_right" and line.page == first_page


def find_zones(view: View) -> Zones:
    """Find the parts of the document."""
    mottos = _motto_lines(view)
    motto = mottos[0] if mottos else -1
    start = _header_start(view, motto) if motto >= 0 else 0
    header_end, type_line, height = _header_end(view, start, motto)
    noi_nhan = -1
    first_page = view.lines[start].page if view.lines else 0
    mottos = [m for m in mottos if m <= motto or not _same_header(view, m, first_page)]
    second = next((m for m in mottos if m > header_end), len(view.lines))
    for index in range(header_end, len(view.lines)):
        if NOI_NHAN.match(view.folded_line(index)):
            noi_nhan = index
            if index < second:
                break
    if noi_nhan > second:
        noi_nhan = -1
    kinh_gui = -1
    filled = 0
    for index in range(start, len(view.lines)):
        filled += not view.lines[index].blank
        if filled > 70 or index >= second or (noi_nhan >= 0 and index >= noi_nhan):
            break
        if KINH_GUI.match(view.folded_line(index)):
            kinh_gui = index
            break
    end = _document_end(view, mottos, header_end, noi_nhan)
    return Zones((start, header_end), motto, type_line, height, kinh_gui, noi_nhan, end)
