"""Personal data, marked so that exports can mask it (Law 91/2025/QH15).

The evidence of a finding holds the exact text: :func:`models.personal.masked` takes it out again.
Tax codes and document numbers are as long as telephone numbers and are no personal data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.finding import Evidence, Finding
from pipeline.check.lines import CheckLine

_DOMAIN = r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}(?![\w@])"
_EMAIL = re.compile(rf"(?<![\w.@+-])[\w.+-]{{1,64}}@{_DOMAIN}")
#: An engine may part the address behind its sign.
_EMAIL_READ = re.compile(rf"(?<![\w.@+-])[\w.+-]{{1,64}}@\s?{_DOMAIN}")
_PHONE = re.compile(
    r"(?<![\d/.,-])(?:\(?(?:\+\s?84|0)\)?[ .-]?\d{1,3}\)?(?:[ .-]?\d{3,4}){2}|"
    r"\(0\d{1,3}\)\s?\d{3}[ .-]?\d{3,4}|0\d{3}[ .-]\d{2}[ .-]\d{2}[ .-]\d{2})"
    r"(?![\d/]|[.,]\d|-?[A-ZĐ])"
)
_IDENTITY = re.compile(
    r"(?:cccd|cmnd|cmtnd|can\s+cuoc(?:\s+cong\s+dan)?|chung\s+minh(?:\s+(?:nhan\s+dan|thu))?|"
    r"(?:so|ma)\s+dinh\s+danh(?:\s+ca\s+nhan)?|ho\s+chieu|so\s+(?:so\s+)?bhxh|bao\s+hiem\s+xa\s+hoi\s+so)"
    r"[^\d\n]{0,20}?(?<!\w)(?P<id>[a-z]?\d{7,8}|\d{3}\s?\d{3}\s?\d{3}(?:\s?\d{3})?|\d{12}|\d{10})(?!\d)"
)
_ACCOUNT = re.compile(
    r"(?:(?:so\s+)?tai\s+khoan(?:\s+so)?|stk|so\s+tk)\s{0,3}[:.]?\s{0,3}"
    r"(?P<id>\d[\d .-]{4,22}\d)(?![\d/])"
)
_NO_PHONE = re.compile(
    r"(?:ma\s+so(?:\s+thue)?|mst|tai\s+khoan|stk|so\s+tk|cccd|cmnd|so\s*:?)\W{0,4}\w{0,12}\W{0,3}$"
)
_REACH = 40
#: A line of numbers is a table's or noise; comparing all of them with each other takes long.
_MOST_IN_A_LINE = 200
_KINDS = (
    ("pii.email", "An e-mail address", _EMAIL),
    ("pii.identity_number", "An identity number", _IDENTITY),
    ("pii.bank_account", "A bank account", _ACCOUNT),
    ("pii.phone", "A telephone number", _PHONE),
)


def personal_data(lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """E-mail addresses, telephone and identity numbers, bank accounts, each place once."""
    previous = ""
    for line in lines:
        above, previous = previous, line.folded
        taken: list[tuple[int, int]] = []
        for code, name, pattern in _KINDS:
            for match in _matches(pattern, line):
                span = match.span("id") if "id" in pattern.groupindex else match.span()
                if len(taken) >= _MOST_IN_A_LINE:
                    break
                if any(span[0] < e and s < span[1] for s, e in taken):
                    continue
                if code == "pii.phone" and not _is_phone(above, line.folded, match):
                    continue
                taken.append(span)
                evidence = Evidence(
                    page=line.page, bbox=line.line.bbox, text=line.text[span[0] : span[1]],
                    origin=line.origin,
                )  # fmt: skip
                yield Finding(
                    code=code, severity="info", message=f"{name} is named.", evidence=(evidence,)
                )


def _matches(pattern: re.Pattern[str], line: CheckLine) -> Iterator[re.Match[str]]:
    if pattern is not _EMAIL:
        return pattern.finditer(line.folded)
    return (_EMAIL_READ if line.origin == "ocr" else _EMAIL).finditer(line.text)


def _is_phone(above: str, folded: str, match: re.Match[str]) -> bool:
    """Nine to twelve digits, and no other number's name before them, on the line above neither."""
    digits = sum(c.isdigit() for c in match[0])
    before = folded[max(0, match.start() - _REACH) : match.start()]
    if len(before) < _REACH:
        before = f"{above[-_REACH:]} {before}"
    return 9 <= digits <= 12 and _NO_PHONE.search(before) is None
