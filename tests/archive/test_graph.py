"""The graph of citations: who carries out what, and up to where it comes from."""

from __future__ import annotations

from typing import Any

import pytest

from models.directive import Citation
from pipeline.archive import Ambiguous, Archive, Chain
from pipeline.errors import NotFound, UsageProblem
from tests.archive.conftest import Put
from tests.archive.strategies import field

CENTRAL = "Tổng Liên đoàn Lao động Việt Nam"
PROVINCE = "Liên đoàn Lao động tỉnh Tây Ninh"
DISTRICT = "Liên đoàn Lao động huyện Dương Minh Châu"


def cites(number: str, issued: str | None, issuer: str | None = None, relation: Any = "implements"):
    return Citation(
        number=field(number), issued=field(issued), issuer=field(issuer), relation=relation
    )


@pytest.fixture
def chained(archive: Archive, put: Put) -> Archive:
    """The programme of the Confederation, carried out by a province and by its district."""
    plan = ("3259/CTr-TLĐ", "2021-09-01")
    kh = ("300/KH-LĐLĐ", "2021-10-05", PROVINCE)
    put("plan", number=plan[0], issued=plan[1], issuer=CENTRAL,
        citations=(cites("50/NQ-BCT", "2021-01-01", None, "based_on"),))  # fmt: skip
    put("kh", number=kh[0], issued=kh[1], issuer=kh[2], citations=(cites(*plan),))
    put("cv", number="482/LĐLĐ", issued="2022-05-11", issuer=DISTRICT,
        citations=(cites(*kh), cites(*plan, None, "mentions")))  # fmt: skip
    put("vague", number="7/CĐN", issued="2022-06-01", issuer="Công đoàn ngành Y tế tỉnh Tây Ninh",
        citations=(cites("3259/CTr-TLĐ", None),))  # fmt: skip
    put("other", number="8/LĐLĐ", issued="2022-06-01", issuer=PROVINCE,
        citations=(cites("3259/CTr-TLĐ", "2019-09-01"),))  # fmt: skip
    return archive


def edges(chain: Chain) -> set[tuple[str, str, str, bool]]:
    return {(e.citing, e.cited, e.relation, e.resolved) for e in chain.edges}


def depths(chain: Chain) -> dict[str, int]:
    return {node.key: node.depth for node in chain.nodes}


def test_down_is_what_carries_a_document_out(chained: Archive) -> None:
    chain = chained.chain("3259/ctr-tld")
    assert depths(chain) == {"d-plan": 0, "d-kh": 1, "d-cv": 1, "d-vague": 1}
    assert edges(chain) == {
        ("d-kh", "d-plan", "implements", True),
        ("d-cv", "d-plan", "mentions", True),
        ("d-cv", "d-kh", "implements", True),
        ("d-vague", "d-plan", "implements", False),
    }
    levels = {node.key: (node.level, node.province) for node in chain.nodes}
    assert levels["d-plan"] == ("central", None)
    assert levels["d-cv"] == ("district", "Tây Ninh")


def test_of_a_long_chain_the_nearest_are_told_and_that_there_are_more(chained: Archive) -> None:
    found = chained.chain("d-plan", most=3)
    assert depths(found) == {"d-plan": 0, "d-cv": 1, "d-kh": 1}
    assert found.truncated
    assert {edge.citing for edge in found.edges} == {"d-cv", "d-kh"}
    assert not chained.chain("d-plan", most=4).truncated


def test_only_some_relations_and_only_so_far(chained: Archive) -> None:
    assert depths(chained.chain("3259/CTr-TLĐ", relations=["implements"])) == {
        "d-plan": 0, "d-kh": 1, "d-vague": 1, "d-cv": 2,
    }  # fmt: skip
    assert "d-cv" not in depths(chained.chain("d-plan", relations=["implements"], depth=1))


def test_up_goes_to_the_confederation_and_beyond_the_archive(chained: Archive) -> None:
    chain = chained.chain("482 ldld", direction="up")
    assert [(n.id, n.number, n.depth) for n in chain.nodes] == [
        ("d-cv", "482/LĐLĐ", 0),
        ("d-plan", "3259/CTr-TLĐ", 1),
        ("d-kh", "300/KH-LĐLĐ", 1),
        (None, "50/NQ-BCT", 2),
    ]
    assert chain.root == "d-cv"


def test_a_number_that_is_only_cited_can_be_asked(chained: Archive) -> None:
    chain = chained.chain("50/NQ-BCT")
    assert chain.nodes[0].id is None
    assert chain.nodes[0].issued == "2021-01-01"
    assert depths(chain) == {chain.root: 0, "d-plan": 1, "d-kh": 2, "d-cv": 2, "d-vague": 2}
    assert chained.chain("50/NQ-BCT", direction="up").edges == ()
    with pytest.raises(NotFound):
        chained.chain("51/NQ-BCT")
    with pytest.raises(NotFound):
        chained.chain("!")


def test_documents_that_cite_each_other_end_the_chain(archive: Archive, put: Put) -> None:
    codes = {"a": "KH", "b": "HD", "c": "TB"}
    for name, other in (("a", "b"), ("b", "c"), ("c", "a")):
        put(name, number=f"1/{codes[name]}-TLĐ", issued="2021-09-01", issuer=CENTRAL,
            citations=(cites(f"1/{codes[other]}-TLĐ", "2021-09-01"),))  # fmt: skip
    for direction in ("up", "down"):
        chain = archive.chain("d-a", direction=direction)
        assert len(chain.nodes) == len(chain.edges) == 3
        assert not chain.truncated


def test_a_superseded_document_carries_nothing_out(chained: Archive, put: Put) -> None:
    put("new", path="in/kh.pdf")
    assert "d-kh" not in depths(chained.chain("3259/CTr-TLĐ"))


def test_a_chain_that_is_too_long_says_so(
    chained: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.archive.graph.MOST", 2)
    chain = chained.chain("3259/CTr-TLĐ")
    assert len(chain.nodes) == 2
    assert chain.truncated


def test_what_is_asked_wrongly_is_told(chained: Archive, put: Put) -> None:
    with pytest.raises(UsageProblem):
        chained.chain("d-plan", depth=0)
    put("twin", number="482/LĐLĐ", issued="2021-05-11", issuer=PROVINCE)
    with pytest.raises(Ambiguous):
        chained.chain("482/LĐLĐ")
