"""An archive of any size to measure with: directives as offices write them, made from a seed.

Bodies are lines of real administrative text from the corpora beside the repository, so that
frequent and rare words are as frequent as they are; names, numbers, citations and claims are made.
The same seed and index give the same directive, whatever was made before.
"""

from __future__ import annotations

import hashlib
import lzma
import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

from benchmarks.common import need_shared
from models.directive import Citation, Directive, FieldValue
from models.finding import Evidence
from models.source import SourceDocument, SourcePage
from models.text import Block, Line, PageText, Word

PROVINCES = (
    "An Giang", "Bạc Liêu", "Bắc Giang", "Bến Tre", "Bình Dương", "Bình Định", "Cà Mau", "Cao Bằng",
    "Đắk Lắk", "Điện Biên", "Đồng Nai", "Đồng Tháp", "Gia Lai", "Hà Giang", "Hà Nam", "Hà Tĩnh",
    "Hải Dương", "Hậu Giang", "Hòa Bình", "Hưng Yên", "Khánh Hòa", "Kiên Giang", "Kon Tum",
    "Lai Châu", "Lạng Sơn", "Lâm Đồng", "Long An", "Nam Định", "Nghệ An", "Ninh Bình", "Phú Thọ",
    "Phú Yên", "Quảng Bình", "Quảng Nam", "Quảng Ngãi", "Quảng Ninh", "Quảng Trị", "Sóc Trăng",
    "Sơn La", "Tây Ninh", "Thái Bình", "Thái Nguyên", "Thanh Hóa", "Tiền Giang", "Trà Vinh",
    "Tuyên Quang", "Vĩnh Long", "Vĩnh Phúc", "Yên Bái",
)  # fmt: skip
_TYPES = (
    ("Công văn", "", 50), ("Kế hoạch", "KH", 18), ("Quyết định", "QĐ", 12), ("Báo cáo", "BC", 8),
    ("Thông báo", "TB", 6), ("Hướng dẫn", "HD", 4), ("Chương trình", "CTr", 2),
)  # fmt: skip
CAMPAIGNS = (
    ("01-trieu-sang-kien", "01 triệu sáng kiến"), ("75-nghin-sang-kien", "75 nghìn sáng kiến"),
    ("lao-dong-gioi-lao-dong-sang-tao", "Lao động giỏi, lao động sáng tạo"),
    ("xanh-sach-dep", "Xanh - Sạch - Đẹp"), ("mai-am-cong-doan", "Mái ấm Công đoàn"),
    ("tet-sum-vay", "Tết Sum vầy"),
)  # fmt: skip
_SUBJECTS = (
    "triển khai Chương trình", "báo cáo kết quả thực hiện Chương trình",
    "đẩy mạnh phong trào thi đua", "tổ chức sơ kết Chương trình", "hưởng ứng cuộc vận động",
    "đăng ký chỉ tiêu thực hiện", "phát động đợt thi đua", "khen thưởng tập thể, cá nhân trong",
)  # fmt: skip
_CONFEDERATION = "Tổng Liên đoàn Lao động Việt Nam"
_FIRST_DAY = date(2005, 1, 3)
_DAYS = 7300
_WORDS_A_LINE = 12
#: The share of documents of the confederation, of provinces and of districts.
_LEVELS = (0.04, 0.46)


@dataclass(frozen=True, slots=True)
class Made:
    """One directive with all that the archive is given."""

    path: str
    source: SourceDocument
    directive: Directive
    pages: tuple[PageText, ...]


@cache
def _corpus() -> tuple[Line, ...]:
    """Lines of real text; words and lines are shared by all directives that are made."""
    path = need_shared() / "corpora" / "administrative.txt.xz"
    return _lines(lzma.open(path, "rt", encoding="utf-8").read())


def _lines(text: str) -> tuple[Line, ...]:
    words = text.split()
    known = {word: Word(text=word) for word in set(words)}
    return tuple(
        Line(words=tuple(known[word] for word in words[at : at + _WORDS_A_LINE]))
        for at in range(0, len(words), _WORDS_A_LINE)
    )


@lru_cache(maxsize=1 << 16)  # names, types and days come again; making the models costs most
def _field(value: str | None, rule: str = "") -> FieldValue:
    if value is None:
        return FieldValue(status="absent")
    seen = Evidence(page=1, bbox=(0.1, 0.1, 0.5, 0.12), text=value, origin="ocr")
    return FieldValue(
        value=value, raw=value, confidence=0.97, status="accepted", evidence=(seen,), rule=rule
    )


@dataclass(frozen=True, slots=True)
class Office:
    """Who issues."""

    name: str
    parent: str | None
    code: str
    place: str


def office(chance: random.Random) -> Office:
    """One of some 550 offices on three levels."""
    drawn = chance.random()
    if drawn < _LEVELS[0]:
        return Office(_CONFEDERATION, None, "TLĐ", "Hà Nội")
    province = chance.choice(PROVINCES)
    provincial = f"Liên đoàn Lao động tỉnh {province}"
    if drawn < sum(_LEVELS):
        return Office(provincial, _CONFEDERATION, "LĐLĐ", province)
    return Office(_district(province, chance), provincial, "LĐLĐ", province)


def _district(province: str, chance: random.Random) -> str:
    """A body below a province; districts are numbered, for their names do not matter here."""
    return f"Liên đoàn Lao động huyện {province} {chance.randint(1, 10)}"


def _head(seed: int, index: int) -> tuple[random.Random, Office, str, str, date]:
    """What a citation of a directive needs to know: its maker, type, number, date."""
    chance = random.Random(f"{seed}/{index}")
    issuer = office(chance)
    kind, code, _ = chance.choices(_TYPES, [weight for *_, weight in _TYPES])[0]
    serial = chance.randint(1, 9999)
    number = f"{serial}/{code}-{issuer.code}" if code else f"{serial}/{issuer.code}"
    return chance, issuer, kind, number, _FIRST_DAY + timedelta(days=chance.randrange(_DAYS))


def _citations(seed: int, index: int, chance: random.Random) -> list[Citation]:
    """Three on average; most name a directive that was made before this one."""
    found = []
    for _ in range(chance.choice((1, 2, 3, 3, 4, 5))):
        if index and chance.random() < 0.8:
            # Few are cited often, as programmes of the confederation are.
            far = int(index * chance.random() ** 3)
            _, issuer, kind, number, day = _head(seed, far)
        else:
            issuer, kind = Office(_CONFEDERATION, None, "TLĐ", "Hà Nội"), "Kế hoạch"
            number, day = f"{chance.randint(1, 9999)}/KH-TLĐ", _FIRST_DAY
        found.append(
            Citation(
                number=_field(number), doc_type=_field(kind), issuer=_field(issuer.name),
                issued=_field(day.isoformat()),
                relation=chance.choice(("implements", "based_on", "mentions", "answers")),
                evidence=(Evidence(page=1, text=f"{kind} số {number}", origin="ocr"),),
            )
        )  # fmt: skip
    return found


def _claims(chance: random.Random, day: date) -> dict[str, Any]:
    quota = chance.randint(20, 9000)
    targets = [
        {
            "kind": kind, "text": f"{value} sáng kiến", "value": value, "comparator": ">=",
            "unit": "sáng kiến", "period": str(day.year), "status": "accepted", "confidence": 0.95,
            "evidence": [{"page": 1, "text": f"{value} sáng kiến", "from": "ocr"}],
        }
        for kind, value in (("quota", quota), ("result", int(quota * chance.uniform(0.3, 1.6))))
        if chance.random() < 0.35
    ]  # fmt: skip
    due = day + timedelta(days=chance.randint(10, 200))
    deadlines = [
        {
            "text": f"trước ngày {due:%d/%m/%Y}", "date": due.isoformat(), "operator": "before",
            "action": "báo cáo kết quả", "responsible": "các đơn vị", "status": "accepted",
            "evidence": [{"page": 1, "text": f"{due:%d/%m/%Y}", "from": "ocr"}],
        }
        for _ in range(chance.choice((0, 0, 1, 1, 2)))
    ]  # fmt: skip
    return {"targets": targets, "deadlines": deadlines}


def _pages(seed: int, index: int, title: str) -> tuple[PageText, ...]:
    """From 200 to 900 words: one to three pages."""
    chance = random.Random(f"{seed}/{index}/text")
    corpus = _corpus()
    # Lines one by one: stretches of a corpus this small would be near duplicates of each other.
    body = (*_lines(title), *chance.choices(corpus, k=chance.randint(16, 75)))
    return tuple(
        PageText.model_construct(
            page=number, read_by="text", blocks=(Block.model_construct(lines=body[at : at + 35]),)
        )
        for number, at in enumerate(range(0, len(body), 35), 1)
    )


def make(seed: int, index: int) -> Made:
    """The directive ``index`` of the archive ``seed``."""
    chance, issuer, kind, number, day = _head(seed, index)
    campaign = chance.choice(CAMPAIGNS) if chance.random() < 0.6 else None
    subject = f"{chance.choice(_SUBJECTS)} {campaign[1] if campaign else 'công tác công đoàn'}"
    subject += f" năm {day.year}"
    digest = hashlib.sha256(f"{seed}/{index}".encode()).hexdigest()
    serial, _, symbol = number.partition("/")
    pages = _pages(seed, index, f"{issuer.name} Số: {number} {subject}")
    below = [_district(issuer.place if issuer.parent else chance.choice(PROVINCES), chance)]
    record = {
        "id": f"vt-{digest[:16]}",
        "source": {
            "path": "", "sha256": digest, "media_type": "text/plain", "pages": len(pages),
            "kind": "text",
        },
        "issuer": _field(issuer.name, "issuer.header"),
        "parent_issuer": _field(issuer.parent, "issuer.header"),
        "number": _field(number, "number.line"), "serial": _field(serial),
        "symbol": _field(symbol), "place": _field(issuer.place),
        "issued": _field(day.isoformat(), "issued.dateline"), "doc_type": _field(kind),
        "subject": _field(subject),
        "campaign": {"id": campaign[0], "name": campaign[1]} if campaign else None,
        "recipients": [_field(name) for name in below],
        "copied_to": [_field("Thường trực Tỉnh ủy" if chance.random() < 0.5 else "Lưu: VT")],
        "citations": _citations(seed, index, chance),
        "findings": [
            {"code": "page.blank", "severity": "info", "message": "Page 2 is blank."}
        ] if chance.random() < 0.2 else [],
        "review": {"reasons": ["number: handwritten"] if chance.random() < 0.1 else []},
        **_claims(chance, day),
    }  # fmt: skip
    return Made(
        path=f"in/{day.year}/{index:07d}.txt",
        source=SourceDocument(
            sha256=digest, byte_size=4000, media_type="text/plain", kind="text",
            pages=tuple(SourcePage(number=page.page, kind="text") for page in pages),
        ),
        directive=Directive.model_validate(record),
        pages=pages,
    )  # fmt: skip
