"""Citations find their documents, whichever comes first, and only where everything agrees."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from models.directive import Citation, FieldValue
from pipeline.archive import Archive
from tests.archive.conftest import Put
from tests.archive.strategies import field, source

CONFEDERATION = "Tổng Liên đoàn Lao động Việt Nam"
PLAN: dict[str, Any] = {
    "number": "3259/CTr-TLĐ", "issued": "2021-09-01", "issuer": CONFEDERATION,
    "doc_type": "Chương trình",
}  # fmt: skip
FEDERATION: dict[str, Any] = {
    "number": "300/KH-LĐLĐ", "issued": "2021-10-05", "issuer": "Liên đoàn Lao động tỉnh Tây Ninh",
    "doc_type": "Kế hoạch",
}  # fmt: skip


def cites(number: Any, issued: Any, **more: Any) -> tuple[Citation, ...]:
    fields = {"number": number, "issued": issued} | more
    made = {k: field(v) if isinstance(v, str) and k != "relation" else v for k, v in fields.items()}
    return (Citation(**made),)


def resolved(archive: Archive, id_: str) -> list[str | None]:
    """As the record, the listing and the feed say; they must agree."""
    own = [c.resolved_id for c in archive.get(id_).citations]
    assert [r.resolved_id for r in archive.citations() if r.directive_id == id_] == own
    in_feed = [r.directive for r in archive.changes().changes if r.id == id_]
    assert [[c.resolved_id for c in d.citations] for d in in_feed if d] == [own] * len(in_feed)
    return own


@pytest.mark.parametrize("first", ["citing", "cited"])
def test_a_citation_finds_its_document_whichever_comes_first(
    archive: Archive, put: Put, first: str
) -> None:
    documents: dict[str, dict[str, Any]] = {
        "citing": {"citations": cites("3259/ CTr-TLD", "2021-09-01")},
        "cited": PLAN,
    }
    for name in sorted(documents, key=lambda n: n != first):
        put(name, **documents[name])
    assert resolved(archive, "d-citing") == ["d-cited"]


def test_the_citing_document_changes_when_the_cited_one_arrives_and_goes(
    archive: Archive, put: Put
) -> None:
    put("citing", citations=cites("3259/CTr-TLĐ", "2021-09-01"))
    cursor = archive.changes().cursor
    for change, there in [
        (lambda: put("cited", **PLAN), True),
        (lambda: put("cited", **PLAN | {"issued": "2021-09-02"}), False),
        (lambda: put("cited", **PLAN), True),
        (lambda: put("other", path="in/cited.pdf"), False),
        (lambda: archive.record_source("in/cited.pdf", source("cited")), True),
        (lambda: put("cited", **PLAN | {"number": "3260/CTr-TLĐ"}), False),
    ]:
        change()
        read = archive.changes(cursor)
        cursor = read.cursor
        assert ("changed", "d-citing") in [(r.change, r.id) for r in read.changes]
        assert resolved(archive, "d-citing") == (["d-cited"] if there else [None])
    put("cited", subject="khác", **PLAN | {"number": "3260/CTr-TLĐ"})
    assert [r.id for r in archive.changes(cursor).changes] == ["d-cited"]


def test_reading_a_document_anew_does_not_count_what_it_cites_as_a_change(
    archive: Archive, put: Put, run_id: int
) -> None:
    put("cited", **PLAN)
    put("citing", citations=cites("3259/CTr-TLĐ", "2021-09-01"))
    cursor = archive.changes().cursor
    whole = archive.get("d-citing")
    assert whole.citations[0].resolved_id == "d-cited"
    kept = archive.pages("d-citing")
    assert archive.put_directive(whole, kept, result_key="k", run_id=run_id) == "unchanged"
    assert archive.changes(cursor).changes == ()
    assert resolved(archive, "d-citing") == ["d-cited"]


REVIEW = {"status": "review"}


@pytest.mark.parametrize(
    ("cited", "citation"),
    [
        (PLAN, cites("3259/CTr-TLĐ", "2021-09-02")),
        (PLAN, cites("3258/CTr-TLĐ", "2021-09-01")),
        (PLAN, cites("3259/CTr-TLĐ", "2021-09")),
        (PLAN, cites("3259/CTr-TLĐ", FieldValue())),
        (PLAN, cites(field("3259/CTr-TLĐ", **REVIEW), "2021-09-01")),
        (PLAN, cites("3259/CTr-TLĐ", field("2021-09-01", **REVIEW))),
        (PLAN | {"number": field("3259/CTr-TLĐ", **REVIEW)}, cites("3259/CTr-TLĐ", "2021-09-01")),
        (PLAN | {"issued": field("2021-09-01", **REVIEW)}, cites("3259/CTr-TLĐ", "2021-09-01")),
        (PLAN, cites("3259/CTr-TLĐ", "2021-09-01", issuer="Liên đoàn Lao động tỉnh Tây Ninh")),
        (PLAN, cites("3259/CTr-TLĐ", "2021-09-01", doc_type="Kế hoạch")),
        (PLAN | {"issuer": FieldValue()}, cites("3259/CTr-TLĐ", "2021-09-01")),
        # Every province has a federation: the abbreviation alone names none of them.
        (FEDERATION, cites("300/KH-LĐLĐ", "2021-10-05")),
        (FEDERATION, cites("300/KH-LĐLĐ", "2021-10-05", issuer="LĐLĐ tỉnh Cà Mau")),
        # Ten districts have this name, and neither document says which is meant.
        (FEDERATION | {"issuer": "Liên đoàn Lao động huyện Châu Thành"},
         cites("300/KH-LĐLĐ", "2021-10-05", issuer="Liên đoàn Lao động huyện Châu Thành")),
    ],
)  # fmt: skip
def test_what_does_not_agree_or_is_not_sure_stays_unresolved(
    archive: Archive, put: Put, cited: dict[str, Any], citation: tuple[Citation, ...]
) -> None:
    put("cited", **cited)
    put("citing", citations=citation)
    assert resolved(archive, "d-citing") == [None]


@pytest.mark.parametrize(
    ("cited", "citation"),
    [
        (PLAN, cites("3259/CTr-TLĐ", "2021-09-01", issuer="Tổng Liên đoàn")),
        (PLAN, cites("3259/ctr-tlđ", "2021-09-01", issuer="Đoàn Chủ tịch Tổng Liên đoàn Lao động")),
        (PLAN, cites("3259/CTr-TLĐ", "2021-09-01", doc_type="Công văn")),
        (FEDERATION, cites("300/KH-LĐLĐ", "2021-10-05", issuer="LĐLĐ tỉnh Tây Ninh")),
        (FEDERATION | {"issuer": field(FEDERATION["issuer"], **REVIEW)},
         cites("300/KH-LĐLĐ", "2021-10-05", issuer="Liên đoàn Lao động tỉnh Tây Ninh")),
        (FEDERATION,
         cites("300/KH-LĐLĐ", "2021-10-05",
               issuer=field("Liên đoàn Lao động tỉnh Tây Ninh", **REVIEW))),
    ],
)  # fmt: skip
def test_what_agrees_is_resolved(
    archive: Archive, put: Put, cited: dict[str, Any], citation: tuple[Citation, ...]
) -> None:
    put("cited", **cited)
    put("citing", citations=citation)
    assert resolved(archive, "d-citing") == ["d-cited"]


def test_a_body_without_its_province_is_that_of_the_document(archive: Archive, put: Put) -> None:
    put("cited", **FEDERATION)
    put(
        "citing", issuer="Liên đoàn Lao động huyện Dương Minh Châu",
        citations=cites("300/KH-LĐLĐ", "2021-10-05", issuer="Liên đoàn Lao động tỉnh"),
    )  # fmt: skip
    assert resolved(archive, "d-citing") == ["d-cited"]


def test_two_that_agree_are_ambiguous_unless_the_type_tells(archive: Archive, put: Put) -> None:
    put("citing", citations=cites("3259/CTr-TLĐ", "2021-09-01"))
    put("typed", citations=cites("3259/CTr-TLĐ", "2021-09-01", doc_type="Kế hoạch"))
    put("one", **PLAN)
    assert resolved(archive, "d-citing") == ["d-one"]
    put("two", **PLAN | {"doc_type": "Kế hoạch"})
    assert resolved(archive, "d-citing") == [None]
    assert resolved(archive, "d-typed") == ["d-two"]


def test_a_document_that_names_itself_does_not_cite_itself(archive: Archive, put: Put) -> None:
    put("a", citations=cites("3259/CTr-TLĐ", "2021-09-01"), **PLAN)
    assert resolved(archive, "d-a") == [None]


def test_what_is_resolved_does_not_depend_on_the_order(tmp_path: Path) -> None:
    from tests.archive.strategies import directive, page

    documents = [
        directive("plan", **PLAN, citations=cites("300/KH-LĐLĐ", "2021-10-05",
                                                  issuer="LĐLĐ tỉnh Tây Ninh")),
        directive("kh", **FEDERATION, citations=cites("3259/CTr-TLĐ", "2021-09-01")),
        directive("double", **FEDERATION),
    ]  # fmt: skip
    seen = set()
    for number, order in enumerate(permutations(documents)):
        with Archive.open(tmp_path / str(number), create=True) as archive:
            run_id = archive.begin_run("ingest", "1")
            for made in order:
                name = made.id.removeprefix("d-")
                archive.record_source(f"{name}.pdf", source(name))
                archive.put_directive(made, [page("x")], result_key="k", run_id=run_id)
            seen.add("\n".join(d.model_dump_json() for d in archive.directives()))
    assert len(seen) == 1
