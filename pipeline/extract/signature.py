"""Who signs, in what capacity (Decree 30, Annex I, II.7).

``authority`` is the line with TM., TL. or TUQ.; ``position`` the lines with KT., Q. and the titles,
joined with `` / ``. A missing position is not inferred.
"""

from __future__ import annotations

import re
from itertools import pairwise

from models.directive import ABSENT, FieldStatus, FieldValue, Signer
from models.finding import Evidence
from models.source import DigitalSignature, SourceDocument
from models.vietnamese import fold, nfc
from pipeline.extract.context import Context
from pipeline.extract.fields import make_field, unreadable
from pipeline.extract.grammar import mostly_upper
from pipeline.extract.names import (
    family_exact,
    family_known,
    looks_like_name,
    with_family_marks,
    without_titles,
)
from pipeline.extract.recipients import CopyList
from pipeline.extract.titles import confirmed_authority, confirmed_position, may_lack_words
from pipeline.extract.zones import AUTHORITY, Piece, pieces

_AUTHORITY = re.compile(r"(?:tm|tl|tuq|t/m|t/l)\s{0,2}[./]?\s")
_DEPUTY = re.compile(r"(?:kt|k/t|q)\s{0,2}[./,]?(?:\s|$)")
_POSITION = re.compile(
    r"(?:kt\.?\s?|q\.?\s?)?(?:pho\s+|quyen\s+)?(?:chu tich|chanh|pho chanh|truong ban|truong phong|"
    r"giam doc|bo truong|thu truong|cuc truong|vu truong|hieu truong|chu nhiem|thu tuong|bi thu|"
    r"tong giam doc|tong cuc truong|truong doan|uy vien|vien truong|chanh an|tong thanh tra|"
    r"thong doc|pho truong|phu trach|to truong|doi truong|thong ke truong)"
)
_CONTINUED = re.compile(
    r"(?:thuong truc|ban\b|phong\b|so\b|lien doan|cong doan|van phong|uy ban|vien\b|tinh\b|huyen)"
)
_SKIP = re.compile(
    r"\W{0,3}(?:\(?da ky\)?|ky boi|nguoi ky|thoi gian ky|email|co quan|ngay ky|\(?ky\b)"
)
_STRAY = re.compile(r"(?<=\w)\s+\d{1,2}$")
_MAX_LINES = 16
#: Below this a word beside a title may be anything.
_UNSURE = 0.6


def extract_signer(context: Context, copies: CopyList) -> Signer:
    """Name, authority and position."""
    for candidate in _zones(context, copies):
        signer = _parse(context, candidate)
        if signer.name.status != "absent" or signer.position.status != "absent":
            return signer
    return Signer()


def witnessed(signer: Signer, source: SourceDocument) -> Signer:
    """The name with what personal digital signatures of the file say of it.

    A second witness accepts a name that was read with doubt. Where none was read, the one person
    who signed is proposed: it may have been a clerk.
    """
    persons = {
        nfc(s.signer): s
        for s in source.signatures
        if s.signer and looks_like_name(s.signer) and family_exact(nfc(s.signer))
    }
    name = signer.name
    found = {p: s for p, s in persons.items() if fold(p) == fold(name.value or "")}
    if name.status == "review" and len(found) == 1:
        value, signature = next(iter(found.items()))
        update = {
            "value": value, "status": "accepted", "confidence": max(name.confidence, 0.97),
            "evidence": (*name.evidence, _signed(signature)), "rule": f"{name.rule}.signed",
        }  # fmt: skip
        return signer.model_copy(update={"name": name.model_copy(update=update)})
    if name.value is None and len(persons) == 1:
        value, signature = next(iter(persons.items()))
        proposed = FieldValue(
            value=value, raw=name.raw, confidence=0.6, status="review",
            evidence=(*name.evidence, _signed(signature)), rule="digital_signature.name",
        )  # fmt: skip
        return signer.model_copy(update={"name": proposed})
    return signer


def _signed(signature: DigitalSignature) -> Evidence:
    return Evidence(
        page=signature.page, bbox=signature.bbox, text=signature.signer or "",
        origin="digital_signature",
    )  # fmt: skip


def _zones(context: Context, copies: CopyList) -> list[list[Piece]]:
    """Where a signature may stand, best first."""
    view, zones = context.view, context.zones
    out: list[list[Piece]] = []
    blocks = [
        i
        for i in range(zones.header[1], min(zones.end, len(view.lines)))
        if view.lines[i].kind == "signature"
    ]
    if blocks:
        last_block = view.lines[blocks[-1]].block
        first_of_run = blocks[-1]
        while first_of_run - 1 in blocks:
            first_of_run -= 1
        chosen = [i for i in blocks if i >= first_of_run or view.lines[i].block == last_block]
        out.append(_all_pieces(context, chosen))
    if copies.right:
        after = range(copies.end, min(zones.end, copies.end + 8))
        out.append([*copies.right, *_all_pieces(context, list(after))])
    if copies.end >= 0:
        out.append(_after(context, copies.end))
        before = range(max(zones.header[1], zones.noi_nhan - 8), zones.noi_nhan)
        out.append(_marked(context, list(before)))
    else:
        filled = [i for i in range(zones.header[1], zones.end) if not view.lines[i].blank][-12:]
        out.append(_marked(context, filled))
    return out


def _all_pieces(context: Context, indices: list[int]) -> list[Piece]:
    out: list[Piece] = []
    for index in indices:
        line = context.view.lines[index]
        if not line.blank:
            out.append(Piece(line.start, line.end, index))
    return out


def _after(context: Context, start: int) -> list[Piece]:
    """Lines after the copy list; the signature is the next group of lines that holds one."""
    view, end = context.view, context.zones.end
    out: list[Piece] = []
    gaps = 0
    for index in range(start, min(end, start + 40)):
        line = view.lines[index]
        if line.blank:
            gaps += 1
            if gaps > 8 or (out and _has_name(context, out)):
                break
            continue
        if len(out) >= _MAX_LINES or line.end - line.start > 120:
            break
        gaps = 0
        out.extend(pieces(view, index, header=False)[-1:])
    return out


def _has_name(context: Context, found: list[Piece]) -> bool:
    return looks_like_name(context.view.plain(found[-1].start, found[-1].end))


def _marked(context: Context, indices: list[int]) -> list[Piece]:
    """Lines from the first authority or position in capitals; none without such a mark."""
    view = context.view
    for offset, index in enumerate(indices):
        text = view.of_line(index)
        if view.lines[index].blank or not mostly_upper(text) or len(text) > 80:
            continue
        if AUTHORITY.match(text) or _POSITION.match(view.folded_line(index)):
            return _all_pieces(context, indices[offset:])
    return []


def _parse(context: Context, found: list[Piece]) -> Signer:
    view = context.view
    authority: list[Piece] = []
    position: list[Piece] = []
    name: list[Piece] = []
    for piece in _split_marks(context, found):
        text = view.plain(piece.start, piece.end)
        folded = fold(text).lstrip(" .,'’`*“\"")
        if _SKIP.match(folded) or not any(c.isalpha() for c in text):
            continue
        titled = mostly_upper(text) and len(text) < 110
        named = looks_like_name(without_titles(text)) and family_exact(without_titles(text))
        if titled and _AUTHORITY.match(folded) and not position:
            authority.append(piece)
        elif not named and not name and _is_position(text, folded, titled=titled):
            position.append(piece)
        elif titled and (authority or position) and not name and len(text) > 3:
            if not _is_noise(context, piece):
                (position or authority).append(piece)
        elif looks_like_name(without_titles(text)) or _half_name(text, name):
            name.append(piece)
            if len(name) >= 2:
                break
        elif name:
            break
    return _signer(context, authority, position, name)


def _is_noise(context: Context, piece: Piece) -> bool:
    """What an engine makes of a seal or a stroke of the pen: short, unsure, and no word of a title.

    Kept out of a title; the title itself stays.
    """
    view = context.view
    folded = fold(view.plain(piece.start, piece.end))
    if not view.is_ocr(piece.start) or _POSITION.search(folded) or _CONTINUED.search(folded):
        return False
    seen = view.confidences(piece.start, piece.end)
    words = folded.split()
    strange = any(not re.fullmatch(r"[a-z]{2,7}[.,]?", word) for word in words)
    return bool(seen) and min(seen) < _UNSURE and (strange or len(words) < 2)


def _is_position(text: str, folded: str, *, titled: bool) -> bool:
    if titled and (_DEPUTY.match(folded) or text.startswith("TRƯỞNG")):
        return True
    return text[:1].isupper() and _POSITION.match(folded) is not None


def _split_marks(context: Context, found: list[Piece]) -> list[Piece]:
    """Two marks on one line ("TL. CHỦ TỊCH KT. CHÁNH VĂN PHÒNG") part; edges lose their junk."""
    view = context.view
    out: list[Piece] = []
    for piece in found:
        marks = AUTHORITY.finditer(view.text, piece.start, piece.end)
        cuts = [m.start() for m in marks if m.start() > piece.start]
        for start, end in pairwise([piece.start, *cuts, piece.end]):
            while start < end and not view.text[start].isalnum():
                start += 1
            while start < end and not (view.text[end - 1].isalnum() or view.text[end - 1] in ".)"):
                end -= 1
            # A stroke of the pen or of the seal behind the words: no name or title ends in a digit.
            stray = _STRAY.search(view.text, start, end) if view.is_ocr(start) else None
            end = stray.start() if stray else end
            if start < end:
                out.append(Piece(start, end, piece.line))
    return out


def _half_name(text: str, name: list[Piece]) -> bool:
    """A name over two lines: "Phạm" / "Mạnh Cường", "Lê Hải" / "Hòa"."""
    words = text.split()
    lone = len(words) == 1 and words[0][:1].isupper() and words[0][1:].islower()
    return lone and words[0].isalpha() and (bool(name) or family_exact(text))


def _signer(
    context: Context, authority: list[Piece], position: list[Piece], name: list[Piece]
) -> Signer:
    view = context.view
    made_authority = _joined(context, authority, " ", "signature.authority")
    made_position = _position(context, position)
    whole = not may_lack_words(view, authority, position, name)
    made_authority = confirmed_authority(made_authority, whole=whole)
    made_position = confirmed_position(made_position, whole=whole)
    if not name:
        lost = ABSENT
        if position or authority:
            last = (position or authority)[-1]
            if view.is_ocr(last.start):
                lost = unreadable(view, last.start, last.end, "signature.name.not_found")
        return Signer(name=lost, authority=made_authority, position=made_position)
    made_name = _name(context, name, bool(position or authority))
    return Signer(name=made_name, authority=made_authority, position=made_position)


def _name(context: Context, found: list[Piece], titled: bool) -> FieldValue:
    view = context.view
    parts = [without_titles(view.plain(p.start, p.end)) for p in found]
    if len(found) == 2 and all(looks_like_name(part) for part in parts):
        two_names = len(parts[0].split()) > 2 or family_exact(parts[1])
        if two_names:  # the lower one belongs to another line of the page
            found, parts = found[:1], parts[:1]
    value = " ".join(parts)
    start, end = found[0].start, found[-1].end
    ocr = view.is_ocr(start)
    stray = re.search(r"\s[^\W\d_]$", view.text[start:end])
    if ocr and stray and len(value.split()) > 2:  # a stroke of the pen behind the name
        end = start + stray.start()
        value = value[:-2].rstrip()
    cap: FieldStatus | None = None
    if not family_known(value) or not looks_like_name(value):
        cap = "review"
    seen = view.confidences(start, end)
    restored = with_family_marks(value) if ocr else None
    if restored is not None and not family_exact(value):
        return make_field(
            view, start, end, restored, "signature.name.family_restored", reliability=0.85,
            accept=context.accept, cap="review",
        )  # fmt: skip
    if ocr and (not family_exact(value) or not seen or min(seen) < context.accept.confidence):
        cap = "review"
    return make_field(
        view, start, end, value, "signature.name" if titled else "signature.name.without_position",
        reliability=0.97 if titled else 0.92, accept=context.accept, cap=cap,
    )  # fmt: skip


def _position(context: Context, found: list[Piece]) -> FieldValue:
    """Titles joined with `` / ``; a title broken over two lines is one title."""
    if not found:
        return ABSENT
    view = context.view
    groups: list[list[Piece]] = []
    for piece in found:
        folded = fold(view.plain(piece.start, piece.end))
        previous = fold(view.plain(groups[-1][-1].start, groups[-1][-1].end)) if groups else ""
        goes_on = groups and (
            previous.endswith(",")
            or previous in {"kt.", "kt", "q."}
            or not (_POSITION.match(folded) or _DEPUTY.match(folded))
        )
        if goes_on:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    text = " / ".join(
        " ".join(view.plain(p.start, p.end) for p in group).strip(" .,;") for group in groups
    )
    return _joined(context, found, None, "signature.position", text)


def _joined(
    context: Context, found: list[Piece], glue: str | None, rule: str, text: str = ""
) -> FieldValue:
    if not found:
        return ABSENT
    view = context.view
    value = text or (glue or " ").join(view.plain(p.start, p.end) for p in found)
    value = re.sub(r"^(TM|TL|TUQ|KT|Q)\s?[.,]?\s+", r"\1. ", value.strip(" ,;"))
    first = found[0]
    known = bool(_POSITION.search(fold(value)) or _CONTINUED.search(fold(value)))
    made = make_field(view, first.start, first.end, value, rule,
                      reliability=0.96 if known else 0.85, accept=context.accept)  # fmt: skip
    if len(found) == 1:
        return made
    evidence = tuple(e for p in found for e in view.evidence(p.start, p.end))
    raw = "\n".join(view.raw(p.start, p.end) for p in found)
    if view.is_ocr(first.start):
        worst = min(
            make_field(view, p.start, p.end, value, rule, reliability=0.96 if known else 0.85,
                       accept=context.accept).confidence for p in found
        )  # fmt: skip
        status: FieldStatus = "accepted" if worst >= context.accept.confidence else "review"
        made = made.model_copy(update={"confidence": worst, "status": status})
    return made.model_copy(update={"evidence": evidence, "raw": raw})
