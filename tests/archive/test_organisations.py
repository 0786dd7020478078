"""Bodies by name: kind, level, province of the time and of today."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models.directive import Campaign
from models.finding import Evidence
from pipeline.archive import Archive
from pipeline.archive.organisations import body_of
from pipeline.archive.schema import (
    campaign_names,
    campaigns,
    citations,
    directives,
    organisations,
    recipients,
)
from tests.archive.conftest import Put
from tests.archive.strategies import field, full_directive


@pytest.mark.parametrize(
    ("name", "around", "kind", "level", "province", "now"),
    [
        ("Tổng Liên đoàn Lao động Việt Nam", "Hà Nội", "union", "central", None, None),
        ("TLĐ (b/c)", "Cà Mau", "union", "central", None, None),
        ("Ban Tuyên giáo Tổng Liên đoàn", None, "union", "central", None, None),
        ("LIÊN ĐOÀN LAO ĐỘNG TỈNH TRÀ VINH", None, "union", "province", "Trà Vinh", "Vĩnh Long"),
        ("LĐLĐ thành phố Hồ Chí Minh", None, "union", "province", "Hồ Chí Minh", "Hồ Chí Minh"),
        ("LĐLĐ thành phố Cà Mau", None, "union", "district", "Cà Mau", "Cà Mau"),
        ("LĐLĐ huyện Dương Minh Châu", None, "union", "district", "Tây Ninh", "Tây Ninh"),
        ("LĐLĐ huyện Châu Thành", None, "union", "district", None, None),
        ("LĐLĐ huyện Châu Thành", "Bến Tre", "union", "district", "Bến Tre", "Vĩnh Long"),
        ("Công đoàn ngành Y tế", "Đồng Tháp", "union", "sector", "Đồng Tháp", "Đồng Tháp"),
        ("Công đoàn các Khu công nghiệp tỉnh", "Long An", "union", "sector", "Long An", "Tây Ninh"),
        ("Công đoàn Giáo dục Việt Nam", "Cà Mau", "union", "sector", None, None),
        ("Các CĐCS trực thuộc", "Cà Mau", "union", "grassroots", "Cà Mau", "Cà Mau"),
        ("Công đoàn cấp trên trực tiếp cơ sở", "Cà Mau", "union", "district", "Cà Mau", "Cà Mau"),
        ("Công đoàn phường An Bình", "Cần Thơ", "union", "commune", "Cần Thơ", "Cần Thơ"),
        ("Thường trực Tỉnh ủy", "Bạc Liêu", "party", "province", "Bạc Liêu", "Cà Mau"),
        ("Thành ủy", "Cần Thơ", "party", "province", "Cần Thơ", "Cần Thơ"),
        ("Thành ủy", "Cà Mau", "party", "district", "Cà Mau", "Cà Mau"),
        ("Huyện ủy Dương Minh Châu", None, "party", "district", "Tây Ninh", "Tây Ninh"),
        ("Ban Chấp hành Trung ương Đảng", None, "party", "central", None, None),
        ("Thủ tướng", None, "state", "central", None, None),
        ("Bộ Tài chính", "Cà Mau", "state", "central", None, None),
        ("UBND tỉnh", "Hậu Giang", "state", "province", "Hậu Giang", "Cần Thơ"),
        ("UBND xã Tân An", "Cà Mau", "state", "commune", "Cà Mau", "Cà Mau"),
        ("Bảo hiểm xã hội tỉnh Trà Vinh", None, "state", "province", "Trà Vinh", "Vĩnh Long"),
        ("Sở Lao động - Thương binh và Xã hội", "Cà Mau", "state", "province", "Cà Mau", "Cà Mau"),
        ("Phòng Giáo dục và Đào tạo", "Cà Mau", "state", "district", "Cà Mau", "Cà Mau"),
        ("Cơ quan, đơn vị hữu quan", "Cà Mau", "other", "unknown", None, None),
    ],
)
def test_a_name_tells_kind_level_and_province(
    name: str, around: str | None, kind: str, level: str, province: str | None, now: str | None
) -> None:
    body = body_of(name, around)
    assert body is not None
    assert (body.kind, body.level, body.province, body.province_now) == (kind, level, province, now)


@pytest.mark.parametrize("name", [None, "", " - ", "Lưu: VT, VP", "Như trên", "x" * 500, "(b/c)"])
def test_what_names_no_body_is_none(name: str | None) -> None:
    assert body_of(name, "Cà Mau") is None


@pytest.mark.parametrize(
    ("names", "around"),
    [
        (["Tổng Liên đoàn", "TLĐ", "TLĐLĐVN", "Đoàn Chủ tịch Tổng Liên đoàn Lao động Việt Nam"],
         "Cà Mau"),
        (["LĐLĐ tỉnh", "Ban Thường vụ LĐLĐ tỉnh", "Liên đoàn Lao động tỉnh Cà Mau", "LĐLĐ TỈNH"],
         "Cà Mau"),
        (["Công đoàn ngành Y tế", "Công đoàn ngành Y tế tỉnh", "Công đoàn ngành Y tế Đồng Tháp",
          "CĐN Y tế tỉnh Đồng Tháp"], "Đồng Tháp"),
        (["Thành ủy", "Thành ủy Cần Thơ"], "Cần Thơ"),
        (["Liên đoàn Lao động tỉnh Hoà Bình", "Liên đoàn Lao động tỉnh Hòa Bình"], None),
    ],
)  # fmt: skip
def test_spellings_of_one_body_are_one_organisation(names: list[str], around: str | None) -> None:
    assert len({body.id for name in names if (body := body_of(name, around))}) == 1


def test_a_name_that_repeats_is_another_body_in_each_province() -> None:
    found = {
        body.id
        for around in ("Bến Tre", "Tây Ninh", None)
        if (body := body_of("LĐLĐ huyện Châu Thành", around))
    }
    assert len(found) == 3


@given(st.text(max_size=60), st.sampled_from([None, "Cà Mau", "Cần Thơ"]))
def test_any_name_has_one_body_or_none_and_its_name_is_it_again(
    name: str, around: str | None
) -> None:
    body = body_of(name, around)
    if body is not None:
        assert body.id
        assert len(body.id) <= 96
        assert (body.province is None) == (body.province_now is None)


def test_the_rows_of_a_directive_refer_to_its_bodies(archive: Archive, put: Put) -> None:
    full = full_directive()
    kept = {
        name: getattr(full, name)
        for name in ("issuer", "number", "issued", "citations", "campaign", "recipients")
    }
    put(
        "a", parent_issuer="Tổng Liên đoàn Lao động Việt Nam", copied_to=(field("Lưu: VT"),), **kept
    )
    o = organisations.c
    with archive._database.read() as connection:
        ids = dict(connection.execute(select(o.pk, o.id)).all())
        parents = dict(connection.execute(select(o.id, o.parent)).all())
        issuer, parent = connection.execute(
            select(directives.c.issuer_org, directives.c.parent_org)
        ).one()
        told = connection.execute(select(recipients.c.kind, recipients.c.org)).all()
        cited = connection.scalar(select(citations.c.issuer_org))
    assert ids[issuer] == "lien-doan-lao-dong-tinh-ca-mau"
    assert ids[parent] == ids[parents[ids[issuer]]] == "tong-lien-doan-lao-dong-viet-nam"
    assert {(kind, ids.get(org)) for kind, org in told} == {
        ("to", "cong-doan-co-so-truc-thuoc.ca-mau"), ("copied", None),
    }  # fmt: skip
    assert cited == parent  # by the symbol of 3259/CTr-TLĐ


def test_a_campaign_is_one_row_with_every_spelling(archive: Archive, put: Put) -> None:
    for name, spelled in (("a", "01 Triệu Sáng Kiến"), ("b", "01 trieu sang kien!"), ("c", "1 tr")):
        seen = (Evidence(page=1, text=spelled, origin="ocr"),)
        put(name, campaign=Campaign(id="01-trieu", name="01 triệu sáng kiến", evidence=seen))
    with archive._database.read() as connection:
        assert connection.execute(select(campaigns)).all() == [("01-trieu", "01 triệu sáng kiến")]
        names = connection.scalars(select(campaign_names.c.name)).all()
    assert set(names) == {"01 triệu sáng kiến", "1 tr"}
