"""Who issues: unions at each level and a Party committee, their numbers, ranks and signers."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from samples.model import Citation, Signer
from samples.vocabulary import PROVINCES, SECTORS, UNITS, WORKPLACES, Campaign, person

CONFEDERATION = "Tổng Liên đoàn Lao động Việt Nam"
TYPE_CODES = {
    "Kế hoạch": "KH",
    "Quyết định": "QĐ",
    "Thông báo": "TB",
    "Báo cáo": "BC",
    "Hướng dẫn": "HD",
    "Tờ trình": "TTr",
    "Chương trình": "CTr",
}


#: Totals that each level sets: a workplace does not promise thousands.
SCALES = {
    "central": (20_000, 900_000),
    "province": (900, 9800),
    "district": (120, 1900),
    "sector": (150, 1500),
    "grassroots": (12, 180),
    "party": (900, 9800),
}


@dataclass(frozen=True)
class Office:
    """One issuer: full names, the tail of its symbols, its body, its place and its superiors."""

    level: str
    issuer: str
    parent: str | None
    tail: str
    body: str
    place: str
    head: str
    receivers: tuple[str, ...]
    superior: str
    superior_tail: str


def _top(rng: random.Random, province: str) -> Office:
    del rng, province
    return Office(
        "central", CONFEDERATION, None, "TLĐ", "Đoàn Chủ tịch Tổng Liên đoàn", "Hà Nội",
        "TM. ĐOÀN CHỦ TỊCH",
        (
            "Liên đoàn Lao động các tỉnh, thành phố trực thuộc Trung ương",
            "Công đoàn ngành Trung ương và tương đương",
            "Công đoàn Tổng Công ty trực thuộc Tổng Liên đoàn",
        ),
        "Ban Chấp hành Tổng Liên đoàn Lao động Việt Nam", "BCH",
    )  # fmt: skip


def _province(rng: random.Random, province: str) -> Office:
    del rng
    return Office(
        "province", f"Liên đoàn Lao động tỉnh {province}", CONFEDERATION, "LĐLĐ",
        "Ban Thường vụ Liên đoàn Lao động tỉnh", province, "TM. BAN THƯỜNG VỤ",
        (
            "Liên đoàn Lao động các huyện, thị xã, thành phố",
            "Các công đoàn ngành, Công đoàn Viên chức tỉnh",
            "Công đoàn các Khu công nghiệp",
            "Các công đoàn cơ sở trực thuộc Liên đoàn Lao động tỉnh",
        ),
        "Đoàn Chủ tịch Tổng Liên đoàn Lao động Việt Nam", "TLĐ",
    )  # fmt: skip


def _district(rng: random.Random, province: str) -> Office:
    unit = rng.choice(PROVINCES[province])
    return Office(
        "district", f"Liên đoàn Lao động {unit}", f"Liên đoàn Lao động tỉnh {province}", "LĐLĐ",
        f"Ban Thường vụ Liên đoàn Lao động {unit.split()[0]}"
        if unit.startswith("huyện")
        else f"Ban Thường vụ Liên đoàn Lao động {' '.join(unit.split()[:2])}",
        unit.split(" ", 1 if unit.startswith("huyện") else 2)[-1], "TM. BAN THƯỜNG VỤ",
        (
            "Các công đoàn cơ sở trực thuộc",
            "Công đoàn các xã, thị trấn",
            "Các nghiệp đoàn trên địa bàn",
        ),
        f"Ban Thường vụ Liên đoàn Lao động tỉnh {province}", "LĐLĐ",
    )  # fmt: skip


def _sector(rng: random.Random, province: str) -> Office:
    sector = rng.choice(list(SECTORS))
    return Office(
        "sector", f"Công đoàn ngành {sector} {province}", f"Liên đoàn Lao động tỉnh {province}",
        SECTORS[sector], "Ban Thường vụ Công đoàn ngành", province, "TM. BAN THƯỜNG VỤ",
        ("Các công đoàn cơ sở trực thuộc Công đoàn ngành", "Các nghiệp đoàn trực thuộc"),
        f"Ban Thường vụ Liên đoàn Lao động tỉnh {province}", "LĐLĐ",
    )  # fmt: skip


def _grassroots(rng: random.Random, province: str) -> Office:
    unit = rng.choice(PROVINCES[province])
    return Office(
        "grassroots", f"Công đoàn cơ sở {rng.choice(WORKPLACES)}", f"Liên đoàn Lao động {unit}",
        "CĐCS", "Ban Chấp hành Công đoàn cơ sở",
        unit.split(" ", 1 if unit.startswith("huyện") else 2)[-1], "TM. BAN CHẤP HÀNH",
        ("Các công đoàn bộ phận", "Các tổ công đoàn trực thuộc"),
        f"Ban Thường vụ Liên đoàn Lao động {unit}", "LĐLĐ",
    )  # fmt: skip


def _party(rng: random.Random, province: str) -> Office:
    del rng
    return Office(
        "party", f"Tỉnh ủy {province}", None, "TU", "Ban Thường vụ Tỉnh ủy", province,
        "T/M BAN THƯỜNG VỤ",
        (
            "Ban cán sự đảng Ủy ban nhân dân tỉnh",
            "Đảng đoàn Liên đoàn Lao động tỉnh",
            "Các huyện ủy, thị ủy, thành ủy, đảng ủy trực thuộc Tỉnh ủy",
        ),
        "Ban Bí thư Trung ương Đảng", "TW",
    )  # fmt: skip


LEVELS = {
    "central": _top,
    "province": _province,
    "district": _district,
    "sector": _sector,
    "grassroots": _grassroots,
    "party": _party,
}


def office(rng: random.Random, level: str) -> Office:
    return LEVELS[level](rng, rng.choice(list(PROVINCES)))


def symbol_of(rng: random.Random, issuer: Office, doc_type: str) -> str:
    """``KH-LĐLĐ``; for letters the bare tail or the tail and the drafting unit; Party ``CV/TU``."""
    if issuer.level == "party":
        return f"{'CV' if doc_type == 'Công văn' else TYPE_CODES[doc_type]}/{issuer.tail}"
    if doc_type != "Công văn":
        return f"{TYPE_CODES[doc_type]}-{issuer.tail}"
    if issuer.level == "grassroots":
        return rng.choice(("CV-CĐCS", "CĐCS"))
    return issuer.tail if rng.random() < 0.6 else f"{issuer.tail}-{rng.choice(UNITS[:4])}"


def signer_of(rng: random.Random, issuer: Office) -> Signer:
    """A chief, a deputy (KT.), an acting chief (Q.) or the head of the office by order (TL.)."""
    name = person(rng)
    if issuer.level == "party":
        return Signer(name, issuer.head, rng.choice(("PHÓ BÍ THƯ", "PHÓ BÍ THƯ THƯỜNG TRỰC")))
    form = rng.randrange(6)
    if form <= 1:
        return Signer(name, issuer.head, "CHỦ TỊCH")
    if form == 2:
        return Signer(name, issuer.head, rng.choice(("PHÓ CHỦ TỊCH", "PHÓ CHỦ TỊCH THƯỜNG TRỰC")))
    if form == 3:
        return Signer(name, issuer.head, "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH")
    if form == 4:
        return Signer(name, issuer.head, "Q. CHỦ TỊCH")
    collective = issuer.head.removeprefix("TM. ")
    return Signer(name, f"TL. {collective}", rng.choice(("CHÁNH VĂN PHÒNG", "TRƯỞNG BAN")))


def superior_citation(
    rng: random.Random, issuer: Office, issued: date, campaign: Campaign, relation: str
) -> tuple[Citation, str]:
    """A document of the level above, 5 to 150 days older, and what it is about."""
    del campaign
    doc_type = rng.choice(("Kế hoạch", "Chương trình", "Hướng dẫn"))
    code, serial = TYPE_CODES[doc_type], rng.randint(2, 390)
    day = issued - timedelta(days=rng.randint(5, 150))
    if issuer.level == "party":
        number, doc_type = f"{serial % 60 + 2:02d}-CT/TW", "Chỉ thị"
    elif rng.random() < 0.25:
        number, doc_type = f"{serial:02d}/{issuer.superior_tail}", "Công văn"
    else:
        number = f"{serial:02d}/{code}-{issuer.superior_tail}"
    return Citation(number, doc_type, day, issuer.superior, relation), "về việc"
