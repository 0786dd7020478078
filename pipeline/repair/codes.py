"""Abbreviations of union and State offices, and the Đ that engines lose inside them.

Sources: the abbreviation tables of Decree 30/2020/NĐ-CP (Annex III) and the usage of the Vietnam
General Confederation of Labour. Only forms whose Đ-less spelling is nothing else are restored:
``HD`` (hướng dẫn or hợp đồng) is not, ``LDLD`` is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

#: Codes with Đ whose damaged spelling has one reading only.
_RESTORABLE_LIST: Final = """
LĐLĐ TLĐ TLĐLĐ TLĐLĐVN LĐLĐVN CĐCS CĐCSTV CĐCTCS CĐN CĐNTW CĐVC CĐVCVN CĐGD CĐYT CĐCT CĐXD
CĐVN CĐKCN CĐKKT CĐGTVT NĐCS ĐHCĐ BCĐ HĐND HĐLĐ NLĐ NSDLĐ CNLĐ CNVCLĐ CBCCVCLĐ CBNGNLĐ CBCĐ
ĐVCĐ ATVSLĐ ATLĐ BHLĐ TNLĐ QHLĐ LĐTBXH BLĐTBXH SLĐTBXH BLLĐ CSTĐ LĐTT TĐKT HĐTĐKT SGDĐT PGDĐT
BGDĐT GDĐT QĐ TTCĐ TCCĐ KPCĐ ĐPCĐ TƯLĐTT TULĐTT ĐVTN TCLĐ
"""
_RESTORABLE: Final = tuple(_RESTORABLE_LIST.split())

#: Known codes as they are. None of these is ever read as a word.
_KNOWN_LIST: Final = """
UBND UBKT UBMTTQ MTTQ MTTQVN HND HPN LHPN CCB TW TƯ BCT BBT QH CP VPCP TTG BCH BTV ĐCT BQL
BTC BNV BTP BYT BCA BQP BXD BTG BDV VP VT TU HU ĐU VPHU VPTU CVP PCVP CSPL TGNC TG NC NQ QĐ CT
KH HD TB BC TT TTR CTR CV TTLT NĐ NQTW KHLT HDLT TM KT TL TUQ SY SL TNHH MTV CTCP HTX FDI DN
DNNN SXKD KHKT KHCN CNTT CNH HĐH XHCN BHXH BHYT BHTN CNVC CBCNV CBCC CBCCVC CB CC CN CNLĐ PCT
TX TP TPHCM HCM BR THCS THPT GDTX GDPT GTVT NN PTNT TNMT TTHC TTTT TTĐT KPI ISO PCD PCTN THTK
CLP STT ĐT DĐ CCCD CMND PV COVID VT SNV SYT SCT SGD LĐ CĐ ĐH TĐ ĐV QPPL VBHC VBQPPL ATTP PCCC
ANTT QP AN XSP USD VNĐ VND EU WHO WTO ASEAN HIV AIDS SARS
"""
_KNOWN: Final = frozenset(_KNOWN_LIST.split()) | frozenset(_RESTORABLE)


#: Codes with Đ that official texts use and whose Đ-less spelling they do not: one a line, most
#: frequent first, mined from the corpora by ``train`` (counts of tokens, no text).
MINED_FILE: Final = Path(__file__).parent / "model" / "codes.txt"

#: Parts of a document's symbol (``103/2024/ND-CP``) that are too short to be told apart elsewhere.
#: Types and offices of Decree 30/2020, Annex III, and of the Party and the unions.
_IN_SYMBOLS: Final = {"ND": "NĐ", "QD": "QĐ", "CD": "CĐ", "LD": "LĐ", "DA": "ĐA", "DU": "ĐU"}
#: ... the same two letters where they do stand alone in symbols of another kind.
_NEVER_LAST: Final = frozenset({"CD", "DA", "ND"})


@lru_cache(maxsize=1)
def _mined() -> tuple[str, ...]:
    try:
        return tuple(MINED_FILE.read_text(encoding="utf-8").split())
    except OSError:
        return ()


def _damaged_forms(code: str, for_d: str) -> set[str]:
    """Spellings with at least one Đ read as another letter, or Ư as U."""
    forms = {""}
    for char in code:
        options = {"Đ": for_d + "Đ", "Ư": "UƯ"}.get(char, char)
        forms = {form + option for form in forms for option in options}
    return forms - {code}


@lru_cache(maxsize=2)
def _restorations(foreign: bool) -> dict[str, str]:
    """From damaged spellings to codes, those left out that two codes share.

    P for Đ is believed only where two letters of LĐLĐ are left to tell it from another code
    (GDPT is giáo dục phổ thông, not GDĐT), or where the whole text was read by an engine without
    Đ, and then only in long codes.
    """
    every = tuple(dict.fromkeys((*_RESTORABLE, *_mined())))
    table: dict[str, str] = {}
    clashes: set[str] = set()
    for code in every:
        far = "LĐLĐ" in code or (foreign and len(code) > 3)
        for form in _damaged_forms(code, "DP" if far else "D"):
            if form in _KNOWN or table.get(form, code) != code:
                clashes.add(form)
            table[form] = code
    return {form: code for form, code in table.items() if form not in clashes}


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return _KNOWN | frozenset(_mined())


def is_known(part: str) -> bool:
    """Whether an all-capital part is a known code (compared in capitals)."""
    return part.upper() in _known()


def restore(part: str, *, foreign: bool = False) -> str | None:
    """The code that a part in capitals was, or ``None``: ``LDLD`` -> ``LĐLĐ``."""
    return _restorations(foreign).get(part) if part.isupper() else None


_CODE_PART: Final = re.compile(r"[A-ZĐƯƠÐ]{2,}")
#: A document's number with its symbol, whole or the part after a line break.
_SYMBOL: Final = re.compile(r"^\W*\d[\d.]*(?:/\d{4})?[/-]|^\W*[A-ZĐ]{2,}-(?:CP|TTg|UBND|TW)\b")


def restore_in(token: str, *, foreign: bool = False) -> str:
    """The token with its damaged codes restored; everything else stays, letter for letter.

    ``foreign``: the text was read by an engine that has no Đ, so that a D says nothing.
    """
    symbol = _SYMBOL.match(token) is not None

    def restored(match: re.Match[str]) -> str:
        part = match.group().replace("Ð", "Đ")
        if symbol and foreign and part in _IN_SYMBOLS:
            followed = token[match.end() : match.end() + 2]
            if part not in _NEVER_LAST or re.match(r"[-/&](?:$|[A-ZĐ])", followed):
                return _IN_SYMBOLS[part]
        return restore(part, foreign=foreign) or match.group()

    return _CODE_PART.sub(restored, token)
