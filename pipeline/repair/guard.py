"""The guard: tokens whose characters no model may touch.

It is a set of plain rules, asked before any candidate is made and once more when an edit is
written, so that no probability however high can change a digit. What it keeps, it keeps whole.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from pipeline.repair import codes

Verdict = Literal["free", "number", "code", "address", "mixed", "glued"]

_ADDRESS: Final = re.compile(
    r"\w@\w[\w-]*\.\w|^\W*(?:https?:|www\.)|\w\.(?:vn|com|net|org|gov|edu|info)\b",
    re.IGNORECASE,
)
_ROMAN: Final = re.compile(r"^[IVXLCDM]+$")
#: A word of small letters with one digit in it, of those that engines print for letters
#: (ố, ộ -> 6; á, ã -> 4; l, i -> 1): ``s6``, ``c4``, ``1am``, ``Chu6ng``.
_DAMAGED_WORD: Final = re.compile(
    r"^(?:[^\W\d_][^\W\d_A-Z]*[146][^\W\d_A-Z]*|[146][^\W\d_A-Z]{2,})$"
)
#: ... unless it is a measure, a point of a list or an ordinal.
_MEASURE: Final = re.compile(
    r"^(?:\d(?:km|cm|mm|dm|kg|mg|ml|ha|tr|tỷ|tấn|lít|ngày|tháng|năm|giờ|phút|lần|người|đồng|nghìn|"
    r"triệu|th|st|nd|rd|hp|kv|kw|gb|mb|tb|ph)|co\d|h\d|p\d|q\d|[kcdm]?m\d|[abekmn]\d)$"
)
#: In a text that an engine without Vietnamese read, the same and more: a capital before the digit
#: (``B6``, ``S6`` for Bộ, Số), a sign that stands for a letter (``$6``, ``¢6``), a digit first
#: (``1a``, ``4p`` for là, áp). Still at least one letter or such sign, at most two digits.
_DAMAGED_FREELY: Final = re.compile(
    r"^(?=\D*\d\D*\d?\D*$)(?=.*[^\W\d_]|[$€¢£§&])(?:[^\W\d_]|[$€¢£§&]|[014689])+$"
)
#: Engines print 6 for ố, ộ, ồ, ô; after these letters that is commoner than a paper size.
_O_LIKE: Final = re.compile(r"^[bBhHsScCtTmMkKnNdDlLđĐvV]6$")
_SIZES: Final = re.compile(
    r"^(?:(?!1[ay]$|[46][inpt]$)\d{1,3}[a-zđ]|[AB]\d|[A-Z]\d{2}|[A-Z]{2,}\d+|\d[A-Z]|[KQTPHM][1-57-9])$"
)
#: A number that lost the blank before the word that follows it: ``01tridu``.
_GLUED: Final = re.compile(r"^(\d{2,})[^\W\d_A-Z]{3,}$")
_CODE_SHAPE: Final = re.compile(r"^[A-ZĐƯƠÂĂÊÔÐ]+(?:[-/&.][A-ZĐƯƠÂĂÊÔÐ][\wĐđ]*)+$")
_VOWELS: Final = frozenset(
    "AEIOUYÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
)
_EDGES: Final = "()[]{}“”\"'‘’«»,.;:!?*…-–—/"
_DIGIT: Final = re.compile(r"\d")


def judge(token: str, *, foreign: bool = False) -> Verdict:
    """What a token between blanks is.

    ``number``, ``code`` and ``address`` keep their characters; ``glued`` keeps its digits.
    ``foreign``: in a text that was read by an engine without Vietnamese, where letters with a digit
    among them are damaged words unless they look like a measure.
    """
    core = token.strip(_EDGES)
    if not core:
        return "free"
    if _ADDRESS.search(token):
        return "address"
    if _DIGIT.search(core):
        if _GLUED.match(core) and not _MEASURE.match(core[1:].lower()):
            return "glued"
        return "mixed" if is_damaged_word(core, foreign=foreign) else "number"
    if core.isupper() and is_code(core):
        return "code"
    if _CODE_SHAPE.match(core) and any(is_code(part) for part in re.split(r"[-/&.]", core)):
        return "code"
    return "free"


def is_damaged_word(core: str, *, foreign: bool = False) -> bool:
    """Whether letters with a digit among them are a misread word rather than a code or measure."""
    if foreign and _DAMAGED_FREELY.match(core):
        measure = _MEASURE.match(core.lower()) and not _O_LIKE.match(core)
        return not measure and not (_SIZES.match(core) and not _O_LIKE.match(core))
    return bool(_DAMAGED_WORD.match(core)) and not _MEASURE.match(core.lower())


def is_code(part: str) -> bool:
    """Whether a word in capitals is a known code, a roman number or cannot be pronounced."""
    if not part.isupper():
        return False
    if codes.is_known(part) or codes.restore(part) is not None or _ROMAN.match(part):
        return True
    return part.isalpha() and not _VOWELS.intersection(part)


def digits(text: str) -> str:
    """The digits of a text, in order."""
    return "".join(_DIGIT.findall(text))


def _leading_digits(token: str) -> str:
    return token[: next((i for i, c in enumerate(token) if c.isalpha()), 0)]


def allows(raw: str, repaired: str, *, foreign: bool = False) -> bool:
    """The last word on an edit of a whole token: nothing guarded is lost, changed or added."""
    verdict = judge(raw, foreign=foreign)
    if verdict == "free":
        return not _DIGIT.search(repaired)
    if verdict == "mixed":
        return len(digits(repaired)) <= 1 and digits(repaired) in digits(raw)
    if verdict == "glued":
        return digits(repaired) == digits(raw) and _leading_digits(raw) == _leading_digits(repaired)
    if verdict == "code":
        return repaired == codes.restore_in(raw, foreign=foreign)
    if verdict == "number":
        restored = codes.restore_in(raw, foreign=foreign)
        return digits(repaired) == digits(raw) and repaired == restored
    return repaired == raw
