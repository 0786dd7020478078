"""Personal data, marked so that exports can mask it (Law 91/2025/QH15)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.finding import Evidence, Finding
from pipeline.check.lines import CheckLine

_EMAIL = re.compile(r"(?<![\w.@+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}(?![\w@])")
_PHONE = re.compile(r"(?<![\d/.,-])(?:\+84[ .]?|0)\d{1,3}(?:[ .]?\d{3,4}){2}(?![\d/]|[.,]\d)")
_IDENTITY = re.compile(
    r"(?:cccd|cmnd|can\s+cuoc(?:\s+cong\s+dan)?|chung\s+minh(?:\s+nhan\s+dan)?|dinh\s+danh)"
    r"[^\d\n]{0,20}(?P<id>\d{12}|\d{9})(?!\d)"
)


def personal_data(lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """E-mail addresses, telephone and identity numbers; the evidence holds the exact text."""
    for line in lines:
        for code, name, pattern, text in (
            ("pii.email", "An e-mail address", _EMAIL, line.text),
            ("pii.phone", "A telephone number", _PHONE, line.text),
            ("pii.identity_number", "An identity number", _IDENTITY, line.folded),
        ):
            for match in pattern.finditer(text):
                digits = sum(c.isdigit() for c in match[0])
                if code == "pii.phone" and not 9 <= digits <= 12:
                    continue
                span = match.span("id") if code == "pii.identity_number" else match.span()
                evidence = Evidence(
                    page=line.page, bbox=line.line.bbox, text=line.text[span[0] : span[1]],
                    origin=line.origin,
                )  # fmt: skip
                yield Finding(
                    code=code, severity="info", message=f"{name} is named.", evidence=(evidence,)
                )
