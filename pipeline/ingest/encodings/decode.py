"""From bytes or suspicious text to Unicode in NFC, with findings that say what was done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from models.base import Origin
from models.finding import Evidence, Finding
from models.vietnamese import LETTERS, nfc
from pipeline.errors import BadInput, Unsupported
from pipeline.ingest.encodings.detect import VIQR, VIQR_TITLE, Found, Lines, find
from pipeline.ingest.encodings.likelihood import bare, is_possible
from pipeline.ingest.encodings.tables import ENCODINGS, MOJIBAKE, TCVN3, VNI, held
from pipeline.ingest.encodings.unicode_form import compose, with_d_stroke

_TITLES: Final = {**{e.name: e.title for e in ENCODINGS}, VIQR: VIQR_TITLE}
#: Blanks that part words. Not all that Python takes for blanks: VISCII has letters among them.
_BLANKS: Final = re.compile(r"([ \t\n\r\f\v]+)")


@dataclass(frozen=True)
class Decoded:
    """A text in Unicode, NFC, and what had to be done for it. ``encodings`` by name."""

    text: str
    findings: tuple[Finding, ...] = ()
    encodings: tuple[str, ...] = ()


def decode_tokens(
    lines: Lines, *, expected: frozenset[str] = frozenset(), origin: Origin = "text_layer"
) -> tuple[Lines, tuple[Finding, ...], bool]:
    """Words of a text layer, as many as there were; the third value says whether they are whole.

    They are not where ư was dropped on the way: such a page is better read from its image.
    """
    found = find(lines, expected=expected)
    pieces = dstrokes = 0
    out: Lines = []
    for line in found.lines:
        out.append([])
        for token in line:
            whole, in_pieces = compose(token)
            made, mended = with_d_stroke(whole)
            out[-1].append(made)
            pieces, dstrokes = pieces + in_pieces, dstrokes + mended
    letters = sum(1 for line in out for token in line for c in token if c.isalpha())
    return out, _findings(found, letters, pieces, dstrokes, origin), not found.lost_horns


def decode_text(text: str) -> Decoded:
    """Text that may hold legacy runs, letters in pieces or look-alikes; blanks are kept."""
    return _decode(text, find)


def _decode(text: str, find_in: Callable[[Lines], Found]) -> Decoded:
    whole, pieces = compose(text)
    if len(_MOJIBAKE_SIGNS.findall(whole)) >= _SIGNS:
        whole = _HARD_BLANK.sub("\u00a0", whole)
    lines, frame = _tokens(whole)
    found = find_in(lines)
    if MOJIBAKE.name in found.encodings:
        found.lines = [[_parted(token) for token in line] for line in found.lines]
    if found.encodings:
        whole = nfc(_joined(found.lines, frame))
    made, dstrokes = with_d_stroke(whole)
    letters = sum(map(str.isalpha, made))
    return Decoded(
        made, _findings(found, letters, pieces, dstrokes, "text"), tuple(found.encodings)
    )


#: "à" of UTF-8 taken for Western characters ends in a hard blank, which programs make a plain one.
_HARD_BLANK: Final = re.compile("(?<=[A-Za-z]\u00c3) |(?<=[A-Za-z]\u00c3\u00a1\u00ba) ")
#: Beginnings of the commonest letters (ạ…ỹ, ơ, ư, đ) in such a text, and how many prove it one.
_MOJIBAKE_SIGNS: Final = re.compile(
    "\u00e1[\u00ba\u00bb]|\u00c6[\u00b0\u00a1]|\u00c4[\u2018\u0090]"
)
_SIGNS: Final = 3


def _parted(token: str) -> str:
    """``token`` with blanks behind its à, where they were lost with the hard blank of the à."""
    if "à" not in token or len(token) > _LONGEST_GLUED or is_possible(token):
        return token
    return _cut(token) or token


_LONGEST_GLUED: Final = 80


def _cut(token: str) -> str | None:
    """``token`` cut behind one à or more into possible syllables; ``None`` where that fails."""
    for found in re.finditer("à", token):
        head, rest = token[: found.end()], token[found.end() :]
        if rest and is_possible(head):
            tail = rest if is_possible(rest) else _cut(rest)
            if tail is not None:
                return f"{head} {tail}"
    return None


def decode_bytes(data: bytes) -> Decoded:
    """The text of a file.

    :raises BadInput: where the bytes say that they are UTF-16 and are not
    :raises Unsupported: where they are in no encoding that can be told
    """
    wide = _wide(data)
    if wide is not None:
        return decode_text(wide)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _decode_legacy(data, error)
    if _CHANCE_UTF8.search(text):
        return _decode_legacy(data, None)
    return decode_text(text)


#: "ươ" and the like in VISCII are UTF-8 for a letter of West Africa, by chance.
_CHANCE_UTF8: Final = re.compile("[\u07c0-\u07ff]")


def _wide(data: bytes) -> str | None:
    """UTF-16 and UTF-32 by their mark, UTF-16 also by its zero bytes."""
    for mark, name in (
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(name)
            except UnicodeDecodeError as error:
                raise BadInput(
                    f"The file starts as {name.upper()} but is damaged.", detail=str(error)
                ) from None
    unmarked = unmarked_utf16(data)
    if unmarked is None:
        return None
    try:
        return data.decode(unmarked)
    except UnicodeDecodeError:
        return None


def unmarked_utf16(data: bytes) -> str | None:
    """Which UTF-16 ``data`` is by its zero bytes: those of ASCII letters lie all on one side."""
    head = data[: min(len(data), 4096) & ~1]
    for name, high, low in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        if len(head) >= _WIDE_BYTES and 3 * high.count(0) >= len(high) and low.count(0) == 0:
            return name
    return None


_WIDE_BYTES: Final = 16


_Kind = Literal["ascii", "utf-8", "damaged", "held"]


def _decode_legacy(data: bytes, error: UnicodeDecodeError | None) -> Decoded:
    """Bytes that are no UTF-8, or not in every line."""
    lines = [_line(line) for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    kinds = {kind for _, kind in lines}
    damaged = [number for number, (_, kind) in enumerate(lines, start=1) if kind == "damaged"]

    def find_in(tokens: Lines) -> Found:
        if "held" not in kinds:
            return find(tokens)
        # Beside lines in UTF-8 some words may be right as they stand.
        found = find(
            tokens,
            expected=frozenset(_TITLES),
            must_be_legacy=kinds.isdisjoint({"utf-8", "damaged"}),
        )
        _refuse_unread(found, str(error or ""))
        return found

    done = _decode("\n".join(text for text, _ in lines), find_in)
    findings = (_damaged(damaged),) if damaged else ()
    return Decoded(done.text, (*findings, *done.findings), done.encodings)


def _line(line: bytes) -> tuple[str, _Kind]:
    """A line as UTF-8 where it is, also where single bytes of it are damaged; else held."""
    if line.isascii():
        return line.decode("ascii"), "ascii"
    text = line.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    if _CHANCE_UTF8.search(text) or sum(c in _MARKED for c in text) < _UNDAMAGED * lost:
        return held(line), "held"
    return text, "damaged" if lost else "utf-8"


#: Letters in sound UTF-8 for each byte that is none, for a line to be damaged UTF-8.
_UNDAMAGED: Final = 5
_MARKED: Final = frozenset(LETTERS)


def _damaged(lines: list[int]) -> Finding:
    shown = ", ".join(map(str, lines[:10])) + (", …" if len(lines) > 10 else "")
    return Finding(
        code="ingest.letters_lost",
        message=f"The text is damaged in line {shown}: bytes that are no letters stand as \ufffd.",
    )


def _refuse_unread(found: Found, detail: str) -> None:
    """Raise where words that are no ASCII are still no Vietnamese: nothing is guessed."""
    tokens = {t for line in found.lines for t in line if not bare(t).isascii()}
    words = [t for t in tokens if any(map(str.isalpha, t))]
    if not words and not found.doubtful:
        return  # nothing but quotes and dashes, which these encodings have in common
    read = sum(map(is_possible, words))
    if found.doubtful or read < _READ * len(words) or not (found.encodings or read >= _ALONE):
        could_be = f" It could be {' or '.join(found.doubtful)}." if found.doubtful else ""
        raise Unsupported(
            "The text is in an encoding that is not recognised." + could_be,
            advice="Save the text as UTF-8 (Unicode) and ingest that file.",
            detail=detail,
        )


#: Share of the different words with marks that must be syllables, and how many of them prove a
#: text right that was read as Western characters.
_READ: Final = 0.7
_ALONE: Final = 8


def _tokens(text: str) -> tuple[Lines, list[list[str]]]:
    """The words of each line, and the blanks around them."""
    lines: Lines = []
    frame: list[list[str]] = []
    for line in text.split("\n"):
        parts = _BLANKS.split(line)
        lines.append([part for part in parts[::2] if part])
        frame.append(parts)
    return lines, frame


def _joined(lines: Lines, frame: list[list[str]]) -> str:
    out = []
    for words, parts in zip(lines, frame, strict=True):
        left = iter(words)
        out.append(
            "".join(part if i % 2 or not part else next(left) for i, part in enumerate(parts))
        )
    return "\n".join(out)


def _findings(
    found: Found, letters: int, pieces: int, dstrokes: int, origin: Origin
) -> tuple[Finding, ...]:
    made = []
    share = 100 * found.letters_changed / max(1, letters)
    example = (
        (Evidence(text=f"{found.example[0]} → {found.example[1]}", origin=origin),)
        if found.example[0]
        else ()
    )
    if found.encodings:
        names = " and ".join(_TITLES[name] for name in found.encodings)
        message = (
            f"The text was in {names} and was turned into Unicode; "
            f"{found.letters_changed:,} letters changed ({share:.0f} %)."
        )
        if TCVN3.name in found.encodings:
            message += " Capitals that only a font showed (.VnTimeH) are small letters now."
        made.append(
            Finding(
                code="ingest.legacy_encoding", severity="info", message=message, evidence=example
            )
        )
    if found.lost_horns:
        made.append(
            Finding(
                code="ingest.letters_lost",
                message="The letter ư is nowhere in the text: a program dropped it. Compare the "
                "text with the original.",
            )
        )
    if found.doubtful and not found.encodings:
        made.append(
            Finding(
                code="ingest.encoding_doubtful",
                message=f"Parts of the text may be in {' or '.join(found.doubtful)}; "
                "they were left as they stand.",
            )
        )
    for count, what in (
        (pieces, "letters were written in pieces (letter and mark apart)"),
        (dstrokes, "letters that only look like Đ or đ stood for it"),
    ):
        if count:
            made.append(
                Finding(
                    code="ingest.unicode_form",
                    severity="info",
                    message=f"{count:,} {what}; they were set right.",
                )
            )
    return tuple(made)


def font_encodings(fonts: Iterable[str]) -> frozenset[str]:
    """Names of the encodings that the names of a page's fonts speak for."""
    names = [font.rsplit("+", 1)[-1].lstrip("/").lower() for font in fonts]
    return frozenset(
        {TCVN3.name for name in names if name.startswith((".vn", "vntime", "vnarial"))}
        | {VNI.name for name in names if name.startswith("vni")}
    )
