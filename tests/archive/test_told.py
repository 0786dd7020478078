"""Who was told, and which findings there are."""

from __future__ import annotations

import pytest

from models.finding import Evidence, Finding
from pipeline.archive import Archive, Filter, FindingCount
from pipeline.archive.levels import meaning
from tests.archive.conftest import Put
from tests.archive.strategies import field

PROVINCE = "Liên đoàn Lao động tỉnh Đồng Tháp"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Các LĐLĐ tỉnh, thành phố", ("group", "union", "province", "country")),
        ("Liên đoàn Lao động các tỉnh, thành phố trực thuộc Trung ương",
         ("group", "union", "province", "issuer")),
        ("Liên đoàn Lao động các huyện, thị xã, thành phố",
         ("group", "union", "district", "province")),
        ("LĐLĐ huyện, thị xã, thành phố", ("group", "union", "district", "province")),
        ("các CĐCS trực thuộc", ("group", "union", "grassroots", "issuer")),
        ("Các công đoàn cơ sở trực thuộc Công đoàn ngành",
         ("group", "union", "grassroots", "issuer")),
        ("Các nghiệp đoàn trên địa bàn", ("group", "union", "grassroots", "province")),
        ("Các công đoàn ngành, Công đoàn Viên chức tỉnh", ("group", "union", "sector", "province")),
        ("Công đoàn các xã, thị trấn", ("group", "union", "commune", "province")),
        ("UBND các huyện, thị xã, thành phố", ("group", "state", "district", "province")),
        ("UBND các tỉnh, thành phố trực thuộc TW", ("group", "state", "province", "issuer")),
        ("Các huyện ủy, thành ủy", ("group", "party", "district", "province")),
        ("Các Bộ, cơ quan ngang Bộ", ("group", "state", "central", "country")),
        ("Các cấp công đoàn trong tỉnh", ("group", "union", "every", "province")),
        ("Các đơn vị trực thuộc", ("group", "other", "unknown", "issuer")),
        ("Như trên", ("as_above", "other", "unknown", None)),
        ("Như kính gửi", ("as_above", "other", "unknown", None)),
        ("nhu tren (t/h)", ("as_above", "other", "unknown", None)),
        ("Như Điều 3", ("article", "other", "unknown", None)),
        ("Lưu: VT, CSPL", ("file", "other", "unknown", None)),
        ("Website", ("public", "other", "unknown", None)),
        ("Cổng TTĐT tỉnh", ("public", "other", "unknown", None)),
        ("Các Ban LĐLĐ tỉnh", ("own", "other", "unknown", None)),
        ("Các Ban chuyên đề (ph/h)", ("own", "other", "unknown", None)),
        ("Lãnh đạo cơ quan", ("own", "other", "unknown", None)),
        ("Thường trực LĐLĐ tỉnh", ("own", "other", "unknown", None)),
        ("Liên đoàn Lao động thành phố Cần Thơ", ("body", "other", "unknown", None)),
        ("Thường trực Tỉnh ủy (b/cáo)", ("body", "other", "unknown", None)),
        ("Sở Xây dựng", ("body", "other", "unknown", None)),
        ("Báo cáo viên Nguyễn Văn A", ("body", "other", "unknown", None)),
        ("", ("body", "other", "unknown", None)),
    ],
)  # fmt: skip
def test_an_address_means_a_body_a_group_or_nobody(
    address: str, expected: tuple[str | None, ...]
) -> None:
    found = meaning(address)
    assert (found.addressee, found.kind, found.level, found.scope) == expected


@pytest.fixture
def sent(archive: Archive, put: Put) -> Archive:
    for name in ("huyện Lai Vung", "huyện Tam Nông"):
        put(name[-4:], issuer=f"Liên đoàn Lao động {name}", parent_issuer=PROVINCE,
            place="Đồng Tháp", issued="2020-01-01")  # fmt: skip
    put("far", issuer="Liên đoàn Lao động huyện Duyên Hải", place="Trà Vinh", issued="2020-01-01")
    put(
        "a", issuer=PROVINCE, issued="2023-03-07", number="7/LĐLĐ",
        recipients=(
            field("Liên đoàn Lao động các huyện, thị xã, thành phố",
                  evidence=(Evidence(page=1, text="LĐLĐ"),)),
            field("Sở Y tế tỉnh Đồng Tháp", status="review"),
        ),
        copied_to=(field("Như trên"), field("Lưu: VT")),
    )  # fmt: skip
    return archive


def test_groups_are_resolved_to_level_place_and_known_members(sent: Archive) -> None:
    rows = sent.told(Filter(id="d-a"))
    assert [(r.kind, r.as_above, r.addressee, r.level, r.province) for r in rows] == [
        ("to", False, "group", "district", "Đồng Tháp"),
        ("to", False, "body", "province", "Đồng Tháp"),
        ("copied", True, "group", "district", "Đồng Tháp"),
        ("copied", True, "body", "province", "Đồng Tháp"),
        ("copied", False, "file", "unknown", None),
    ]
    assert rows[0].members == (
        "Liên đoàn Lao động huyện Lai Vung", "Liên đoàn Lao động huyện Tam Nông",
    )  # fmt: skip
    assert (rows[0].page, rows[0].status, rows[1].status) == (1, "accepted", "review")
    assert rows[3].status == "review", "Như trên is as sure as whom it means"


def test_a_body_is_told_by_its_name_or_with_its_group(sent: Archive) -> None:
    assert {r.name for r in sent.told(organisation="lai vung")} == {
        "Liên đoàn Lao động các huyện, thị xã, thành phố"
    }
    assert {r.name for r in sent.told(organisation="so y te")} == {"Sở Y tế tỉnh Đồng Tháp"}
    assert sent.told(organisation="duyen hai") == []


def test_a_group_under_an_issuer_that_nobody_knows_has_no_members(
    archive: Archive, put: Put
) -> None:
    put("x", issuer="Công đoàn cơ sở Trường Mầm non A", place="Đồng Tháp", issued="2020-01-01")
    put("b", issued="2021-01-01", recipients=(field("các CĐCS trực thuộc"),))
    (row,) = archive.told(Filter(id="d-b"))
    assert (row.addressee, row.scope, row.members) == ("group", "issuer", ())


def test_findings_are_counted_by_kind_and_listed_with_their_documents(
    archive: Archive, put: Put
) -> None:
    blank = Finding(code="page.blank", severity="info", message="Page 2 is blank.")
    late = Finding(code="date.before_citation", message="Older than what it cites.",
                   evidence=(Evidence(page=3, text="2021"),))  # fmt: skip
    put("a", number="1/KH", findings=(blank, blank, late))
    put("b", findings=(blank,))
    assert archive.finding_counts() == [
        FindingCount(code="page.blank", severity="info", findings=3, documents=2),
        FindingCount(code="date.before_citation", severity="warning", findings=1, documents=1),
    ]
    assert [c.code for c in archive.finding_counts(severity="warning")] == ["date.before_citation"]
    (row,) = archive.findings(code="date")
    assert (row.directive_number, row.page, row.code) == ("1/KH", 3, "date.before_citation")
    assert archive.findings(code="dat") == []
    assert len(archive.findings(code="page.blank", limit=2)) == 2
    assert archive.findings(Filter(id="d-b"), severity="warning") == []
