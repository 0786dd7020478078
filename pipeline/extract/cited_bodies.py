"""Bodies that a document cites, by their full names.

"UBND tỉnh" and "Liên đoàn Lao động huyện" without a name are those of the document's own place in
the hierarchy: its own province, its own district.
"""

from __future__ import annotations

import re

from models.directive import Citation, FieldValue
from models.orgs import proper_name
from models.units import province_in, with_unit
from models.vietnamese import fold
from pipeline.extract.issuer import Issuers

#: A body's name that ends with the kind of its unit and lacks the unit's name.
_NAMELESS = re.compile(r"(?<!\w)(tinh|huyen|quan|thi xa|thanh pho)$")
_DISTRICT = re.compile(r"(?<!\w)((huyện|quận|thị xã|thành phố) .+)$")
_UNIT = {"huyen": "huyện", "quan": "quận", "thi xa": "thị xã", "thanh pho": "thành phố"}
#: Heads of bodies that a unit has one of; "các sở, ngành tỉnh" names none.
_HEAD = re.compile(
    r"(?:chu tich |ban thuong vu |ban chap hanh |giam doc )?(?:uy ban nhan dan|hoi dong nhan dan|"
    r"lien doan lao dong|tinh uy|huyen uy|uy ban mat tran)"
)


def resolve_issuers(
    citations: tuple[Citation, ...], issuers: Issuers, place: FieldValue
) -> tuple[Citation, ...]:
    """Citations with their issuers' full names, as far as the document tells them."""
    own = issuers.issuer.value or ""
    province = next(
        (p for p in map(province_in, (issuers.parent.value, own, place.value)) if p), None
    )
    district = _DISTRICT.search(own)
    return tuple(
        cited.model_copy(update={"issuer": _named(cited.issuer, province, district)})
        if cited.issuer.value
        else cited
        for cited in citations
    )


def _named(issuer: FieldValue, province: str | None, district: re.Match[str] | None) -> FieldValue:
    full = proper_name(issuer.value or "")
    folded = fold(full)
    nameless = _NAMELESS.search(folded)
    if not nameless or not _HEAD.match(folded):
        return issuer.model_copy(update={"value": full}) if full != issuer.value else issuer
    unit = None
    if nameless[1] == "tinh" and province is not None:
        unit = with_unit(province)
    elif nameless[1] != "tinh" and district is not None:
        unit = district[1] if district[2] == _UNIT[nameless[1]] else None
    if unit is None or len(folded) != len(full):
        # Which province or district is not said: never more than a proposal.
        status = "review" if issuer.status == "accepted" else issuer.status
        return issuer.model_copy(update={"value": full, "status": status})
    return issuer.model_copy(
        update={
            "value": full[: nameless.start()] + unit,
            "confidence": round(0.9 * issuer.confidence, 4),
            "status": "review",
            "rule": f"{issuer.rule}.own_place",
        }
    )
