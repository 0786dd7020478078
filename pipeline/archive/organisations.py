"""Who issues and who is told: bodies by name, with kind, level and province.

A body is a pure function of a name and of the province it is said in: the same name is the same
body in every archive, whatever came first. Names that repeat from province to province ("Công đoàn
cơ sở trực thuộc", "huyện Châu Thành") are bodies of the province of the document that says them.
Levels are those of the union until 30 June 2025 (Law on Trade Unions 2012) and since (Law
97/2025/QH15), and of the State's administration.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, Literal

from sqlalchemy import Connection, insert, select

from models.codes import issuer_of_code, restore_d
from models.directive import Campaign, Citation, Directive
from models.orgs import BODY_HEAD, proper_name
from models.places import CITIES
from models.units import (
    SUCCESSOR,
    parent_of_union,
    province_in,
    province_of_district,
    with_unit,
)
from models.vietnamese import fold, nfc
from pipeline.archive import bulk
from pipeline.archive.dialects import without_nul
from pipeline.archive.schema import campaign_names, campaigns, organisations
from pipeline.archive.words import key

Kind = Literal["union", "party", "state", "other"]
Level = Literal["central", "province", "district", "commune", "sector", "grassroots", "unknown"]

#: Longer names are sentences that a damaged page left among the recipients.
_LONGEST: Final = 200
_LONGEST_ID: Final = 96
#: A day under the levels that had districts; parents of those bodies are as they were then.
_BEFORE_REFORM: Final = date(2021, 6, 1)


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation. ``province`` is as it was named at the time, ``province_now`` as today."""

    id: str
    name: str
    key: str
    kind: Kind
    level: Level
    province: str | None
    province_now: str | None
    parent: Body | None

    @property
    def is_one(self) -> bool:
        """Whether no other body of the country can be meant by it."""
        if self.province is None:
            return self.kind != "other" and self.level in {"central", "province", "sector"}
        return True


#: No bodies: the registry's copy, a repeated address.
_NO_BODY: Final = re.compile(r"(?:luu|nhu tren|nhu kinh gui|nhu dieu|noi nhan|kinh gui|vt)(?!\w)")
_NOTE: Final = re.compile(r"\s*\([^()]{0,60}\)?\s*$")
#: Organs and offices that speak for a body: what follows them is the body.
_ORGAN: Final = re.compile(
    r"(?:(?:thuong truc|ban thuong vu|doan chu tich|ban chap hanh|chu tich|pho chu tich|lanh dao|"
    r"tt|btv|bch|giam doc|bi thu)(?:\s|\.\s?))+"
)
_CONFEDERATION: Final = re.compile(r"tong lien doan(?: lao dong)?(?: viet nam)?")
_SHORT_NAMES: Final = {"thu tuong": "Thủ tướng Chính phủ"}
_CONFEDERATION_NAME: Final = "Tổng Liên đoàn Lao động Việt Nam"


def _rules(
    *rows: tuple[str, Kind, Level | None],
) -> list[tuple[re.Pattern[str], Kind, Level | None]]:
    return [(re.compile(rf"(?:{pattern})(?!\w)"), kind, level) for pattern, kind, level in rows]


#: Kind and level by the beginning of the folded name; the first that fits. No level: the unit in
#: the name tells it ("tỉnh", "huyện").
_BEGINS: Final = _rules(
    (r"(?:ban .{1,60} |van phong |co quan )?tong lien doan", "union", "central"),
    (r"(?:cac )?(?:ldld|lien doan lao dong)", "union", None),
    (r"(?:cac )?cong doan cap tren(?: truc tiep)? co so", "union", "district"),
    (r"(?:cac )?(?:cong doan co so|nghiep doan|to cong doan|cong doan bo phan)", "union",
     "grassroots"),
    (r"(?:cac )?cong doan (?:nganh|cac khu|khu|vien chuc|tong cong ty|tap doan|giao duc|y te|"
     r"cong thuong|xay dung|giao thong van tai|nong nghiep|ngan hang|dau khi|dien luc|than|"
     r"det may|cao su|duong sat|hang hai|hang khong|quoc phong|cong an|thong tin)", "union",
     "sector"),
    (r"(?:cac )?cong doan (?:xa|phuong|thi tran|dac khu)", "union", "commune"),
    (r"(?:cac )?cong doan (?:co quan|cong ty|doanh nghiep|so|truong|benh vien|trung tam)", "union",
     "grassroots"),
    (r"(?:cac )?(?:cong doan|doan vien)", "union", None),
    (r"bo chinh tri|ban bi thu|(?:van phong |ban .{1,40} )?trung uong(?: dang)?|"
     r"ban chap hanh trung uong", "party", "central"),
    (r"(?:van phong |ban .{1,40} )?tinh uy", "party", "province"),
    (r"(?:van phong |ban .{1,40} )?(?:huyen uy|quan uy|thi uy)", "party", "district"),
    (r"(?:van phong |ban .{1,40} )?thanh uy", "party", None),
    (r"dang uy (?:xa|phuong|thi tran)", "party", "commune"),
    (r"(?:cac )?(?:chi bo|dang bo|dang uy)", "party", "grassroots"),
    (r"(?:van phong )?(?:chinh phu|thu tuong|quoc hoi|chu tich nuoc|uy ban thuong vu quoc hoi)|"
     r"bo(?! phan| chi huy)|cac bo|ngan hang nha nuoc|thanh tra chinh phu|uy ban dan toc|"
     r"kiem toan nha nuoc|tong cuc", "state", "central"),
    (r"(?:cac )?(?:uy ban nhan dan|hoi dong nhan dan|ubnd|hdnd|cong an|bo chi huy|thanh tra|"
     r"toa an nhan dan|vien kiem sat nhan dan|bao hiem xa hoi|kho bac nha nuoc|"
     r"thi hanh an|cuc thue|cuc hai quan|cuc)", "state", None),
    (r"(?:cac )?so", "state", "province"),
    (r"(?:cac )?phong", "state", "district"),
)  # fmt: skip
_UNIT: Final = re.compile(
    r"(?<!\w)(tỉnh|thành phố|huyện|quận|thị xã|xã(?! hội)|phường|thị trấn|đặc khu)(?!\w)\s*(.*)$"
)
_LEVEL_OF_UNIT: Final[dict[str, Level]] = {
    "tỉnh": "province", "huyện": "district", "quận": "district", "thị xã": "district",
    "xã": "commune", "phường": "commune", "thị trấn": "commune", "đặc khu": "commune",
}  # fmt: skip
_CITIES: Final = frozenset(key(city) for city in CITIES)


@lru_cache(maxsize=65_536)
def body_of(name: str | None, around: str | None = None) -> Body | None:
    """The body that ``name`` means in a document of the province ``around``.

    ``None`` where it names none: nothing, the registry's copy, a sentence.
    """
    full = _full_name(name or "")
    folded = key(full)
    if not folded or len(full) > _LONGEST or _NO_BODY.match(folded):
        return None
    if _is_national(folded):
        around = None
    kind, level = _kind_and_level(folded, full, around)
    told = None if level == "central" else _province_told(full, folded)
    full = _completed(full, folded, level, told or around)
    folded = key(full)
    told = told or (None if level == "central" else _province_told(full, folded))
    lent = None if level in {"central", "unknown"} or told is not None else around
    province = told or lent
    return Body(
        id=_id(folded, lent),
        name=full,
        key=folded,
        kind=kind,
        level=level,
        province=province,
        province_now=SUCCESSOR.get(province, province) if province else None,
        parent=_parent(full, kind, province),
    )


#: Sector unions and others of the whole country, said in a document of one province.
_NATIONAL: Final = re.compile(r"(?<!\w)(?:viet nam|trung uong|toan quoc|tong lien doan)(?!\w)")
_COMMITTEE: Final = re.compile(r"(?:huyen|quan|thi|thanh) uy (.+)")


def _is_national(folded: str) -> bool:
    """Whether a folded name says that its body is no province's."""
    return _NATIONAL.search(folded) is not None


def _province_told(full: str, folded: str) -> str | None:
    committee = _COMMITTEE.search(folded)
    return province_in(full) or (province_of_district(committee[1]) if committee else None)


def _completed(full: str, folded: str, level: Level, province: str | None) -> str:
    """The name with the province that it leaves out, where there is one such body a province.

    "UBND tỉnh", "Công đoàn ngành Y tế" and "Công đoàn ngành Y tế Đồng Tháp" are whole then.
    """
    if province is None or folded.startswith("cac ") or " cac tinh" in folded:
        return full
    if level == "province" and folded.endswith(("tinh uy", "thanh uy")):
        return f"{full} {province}"
    if level == "province" and folded.endswith((" tinh", " thanh pho")):
        base = full.rsplit(" ", 1 if folded.endswith(" tinh") else 2)[0]
        return f"{base} {with_unit(province)}"
    if level == "sector" or (level == "province" and folded.startswith("so ")):
        own = rf" (?:(?:tinh|thanh pho|tp) )?{key(province)}$| (?:tinh|thanh pho)$"
        words = full.split(" ")
        tail = re.search(own, fold(full)) if len(fold(full)) == len(full) else None
        base = full[: tail.start()] if tail and tail.start() else " ".join(words)
        return f"{base} {with_unit(province)}"
    return full


def _full_name(name: str) -> str:
    """In proper case and written out, without notes and without the organ that speaks for it."""
    text = _NOTE.sub("", " ".join(nfc(name).split())).strip(" .,;:-–")
    full = proper_name(text) if text else ""
    folded = fold(full)
    organ = _ORGAN.match(folded) if len(folded) == len(full) else None
    if organ and BODY_HEAD.match(folded, organ.end()):
        full, folded = full[organ.end() :], folded[organ.end() :]
    if _CONFEDERATION.fullmatch(folded):
        return _CONFEDERATION_NAME
    return _SHORT_NAMES.get(folded, full)


def _kind_and_level(folded: str, full: str, around: str | None) -> tuple[Kind, Level]:
    for pattern, kind, level in _BEGINS:
        if pattern.match(folded):
            if folded.endswith("thanh uy"):
                return kind, "province" if around in CITIES else "district"
            return kind, level or _level_of_unit(full, around)
    return "other", _level_of_unit(full, around)


def _level_of_unit(full: str, around: str | None) -> Level:
    """By the first unit in the name; a city is a province of its own or one of a province's."""
    unit = _UNIT.search(full.lower())
    if unit is None:
        return "unknown"
    if unit[1] != "thành phố":
        return _LEVEL_OF_UNIT[unit[1]]
    named = key(unit[2])
    if named:
        return "province" if named in _CITIES else "district"
    return "province" if around in CITIES else "district"


def _id(folded: str, lent: str | None) -> str:
    slug = folded.replace(" ", "-") + (f".{key(lent).replace(' ', '-')}" if lent else "")
    if len(slug) <= _LONGEST_ID:
        return slug
    return f"{slug[: _LONGEST_ID - 9]}-{hashlib.sha256(slug.encode()).hexdigest()[:8]}"


def _parent(full: str, kind: Kind, province: str | None) -> Body | None:
    if kind != "union":
        return None
    above = parent_of_union(full, province, _BEFORE_REFORM)
    return body_of(above, province) if above is not None and above != full else None


# -- the bodies of a directive -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bodies:
    """What a directive's names mean, in the order of its lists."""

    issuer: Body | None
    parent: Body | None
    recipients: tuple[Body | None, ...]
    copied_to: tuple[Body | None, ...]
    cited: tuple[Body | None, ...]

    def every(self) -> list[Body]:
        """All of them with their parents, each before those below it."""
        found: dict[str, Body] = {}

        def add(body: Body | None) -> None:
            if body is not None and body.id not in found:
                add(body.parent)
                found[body.id] = body

        for body in (self.issuer, self.parent, *self.recipients, *self.copied_to, *self.cited):
            add(body)
        return list(found.values())

    def columns(self, pks: Mapping[str, int]) -> dict[str, int | None]:
        """What the directive's row says of them; ``pks`` are their row numbers by id."""
        named = {"issuer_org": self.issuer, "parent_org": self.parent}
        return {column: pks[body.id] if body else None for column, body in named.items()}


def bodies_of(directive: Directive) -> Bodies:
    """The bodies that a directive names, each in the province of the directive."""
    place = province_in(directive.place.value)
    parent = body_of(directive.parent_issuer.value, place)
    issuer = body_of(directive.issuer.value, parent.province if parent else place)
    around = issuer.province if issuer else parent.province if parent else None
    return Bodies(
        issuer=issuer,
        parent=parent,
        recipients=tuple(body_of(field.value, around) for field in directive.recipients),
        copied_to=tuple(body_of(field.value, around) for field in directive.copied_to),
        cited=tuple(_cited_body(citation, around) for citation in directive.citations),
    )


def _cited_body(citation: Citation, around: str | None) -> Body | None:
    """Who issued a cited document: as the text says or as its symbol implies.

    ``None`` where the two contradict each other.
    """
    named = body_of(citation.issuer.value, around)
    implied = _body_of_symbol((citation.number.value or "").rpartition("/")[2].strip())
    if named is None or implied is None:
        return named or implied
    return named if named.id == implied.id else None


@lru_cache(maxsize=4096)
def _body_of_symbol(symbol: str) -> Body | None:
    """Who issues what has ``symbol``, where that tells."""
    issuer = issuer_of_code("-".join(restore_d(part) or part for part in symbol.split("-")))
    return body_of(issuer) if issuer else None


# -- rows ----------------------------------------------------------------------------------------


def register(
    connection: Connection, bodies: Iterable[Body], before: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Row numbers of ``bodies`` by id, made where missing; parents come before children.

    ``before`` has row numbers that are known already, of parents too.
    """
    wanted = {body.id: body for body in bodies}
    if not wanted:
        return {}
    known_before = before or {}
    known = select(organisations.c.id, organisations.c.pk).where(organisations.c.id.in_(wanted))
    pks = dict(known_before) | {row.id: int(row.pk) for row in connection.execute(known)}
    new = [body for id_, body in wanted.items() if id_ not in pks]
    rows: list[tuple[Any, ...]] = []
    numbers = bulk.reserved(connection, organisations.name, "pk", len(new)) if new else []
    for pk, body in zip(numbers, new, strict=True):
        parent = pks[body.parent.id] if body.parent is not None else None
        rows.append((pk, parent, *(fact and without_nul(fact) for fact in _facts(body))))
        pks[body.id] = pk
    bulk.insert(connection, organisations.name, ("pk", "parent", *_COLUMNS), rows)
    return pks


_COLUMNS: Final = ("id", "name", "key", "kind", "level", "province", "province_now")
_facts: Final = attrgetter(*_COLUMNS)


def register_campaigns(connection: Connection, found: Iterable[Campaign | None]) -> None:
    """As :func:`register_campaign`, asking once for what is spelt alike."""
    once = {(c.id, c.name, *(e.text for e in c.evidence)): c for c in found if c is not None}
    for campaign in once.values():
        register_campaign(connection, campaign)


def register_campaign(connection: Connection, campaign: Campaign | None) -> None:
    """Note a campaign and how this document spells it."""
    if campaign is None:
        return
    known = select(campaigns.c.id).where(campaigns.c.id == campaign.id)
    if connection.scalar(known) is None:
        connection.execute(insert(campaigns).values(id=campaign.id, name=campaign.name))
    spelled = (campaign.name, *(e.text for e in campaign.evidence))
    names = {key(name): nfc(name) for name in reversed(spelled) if len(name) <= _LONGEST}
    names.pop("", None)
    of_this = campaign_names.c.campaign_id == campaign.id
    known_names = select(campaign_names.c.key).where(of_this, campaign_names.c.key.in_(names))
    for spelling in names.keys() - set(connection.scalars(known_names)):
        row = {"campaign_id": campaign.id, "key": spelling, "name": names[spelling]}
        connection.execute(insert(campaign_names).values(row))
