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
    r"@\w|^\W*(?:https?:|www\.)|\w\.(?:vn|com|net|org|gov|edu|info)\b", re.IGNORECASE
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
#: A number that lost the blank before the word that follows it: ``01tridu``.
_GLUED: Final = re.compile(r"^(\d{2,})[^\W\d_A-Z]{3,}$")
_CODE_SHAPE: Final = re.compile(r"^[A-ZĐƯƠÂĂÊÔÐ]+(?:[-/&.][A-ZĐƯƠÂĂÊÔÐ][\wĐđ]*)+$")
_VOWELS: Final = frozenset(
    "AEIOUYÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
)
_EDGES: Final = "()[]{}“”\"'‘’«»,.;:!?*…-–—/"
_DIGIT: Final = re.compile(r"\d")


def judge(token: str) -> Verdict:
    """What a token between blanks is.

    ``number``, ``code`` and ``address`` keep their characters; ``glued`` keeps its digits.
    """
    core = token.strip(_EDGES)
    if not core:
        return "free"
    if _ADDRESS.search(token):
        return "address"
    if _DIGIT.search(core):
        if _GLUED.match(core) and not _MEASURE.match(core[1:].lower()):
            return "glued"
        return "mixed" if is_damaged_word(core) else "number"
    if core.isupper() and is_code(core):
        return "code"
    if _CODE_SHAPE.match(core) and any(is_code(part) for part in re.split(r"[-/&.]", core)):
        return "code"
    return "free"


def is_damaged_word(core: str) -> bool:
    """Whether letters with a digit among them are a misread word rather than a code or measure."""
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


def allows(raw: str, repaired: str) -> bool:
    """The last word on an edit of a whole token: nothing guarded is lost, changed or added."""
    verdict = judge(raw)
    if verdict == "free":
        return not _DIGIT.search(repaired)
    if verdict == "mixed":
        return len(digits(repaired)) <= 1 and digits(repaired) in digits(raw)
    if verdict == "glued":
        return digits(repaired) == digits(raw) and _leading_digits(raw) == _leading_digits(repaired)
    if verdict == "code":
        return repaired == codes.restore_in(raw)
    if verdict == "number":
        return digits(repaired) == digits(raw) and repaired == codes.restore_in(raw)
    return repaired == raw
