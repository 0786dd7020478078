"""The seeds and the labelled documents, where the reference material lies beside the repository."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from models.directive import Directive
from models.vietnamese import fold
from tests.extract.builders import SHARED, read

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="no reference material"),
]


def seed(number: str) -> Directive:
    return read(next((SHARED / "seeds").glob(f"{number}_*.txt")).read_text())


def test_seed_000_keeps_number_and_day_open() -> None:
    directive = seed("000")
    assert directive.number.status == "unreadable"
    assert directive.number.value is None
    assert directive.number.alternatives
    assert (directive.issued.value, directive.issued.status) == ("2022-07", "review")
    assert directive.doc_type.value == "Công văn"
    assert directive.campaign is not None
    assert directive.campaign.id == "01-trieu-sang-kien"


@pytest.mark.parametrize(
    ("name", "number", "date", "doc_type", "issuer", "signer"),
    [
        ("001", "120/LĐLĐ", "2022-04-25", "Công văn", "Liên đoàn Lao động tỉnh Cà Mau",
         "Trần Việt Hóa"),
        ("002", "482/LĐLĐ", "2022-05-11", "Công văn", "Liên đoàn Lao động huyện Dương Minh Châu",
         "Đỗ Tài Công"),
        ("003", "07/CĐN", "2023-03-07", "Công văn", "Công đoàn ngành Y tế", None),
        ("004", "106/KH-LĐLĐ", "2020-09-14", "Kế hoạch", "Liên đoàn Lao động tỉnh Trà Vinh",
         "Thạch Thị Thu Hà"),
    ],
)  # fmt: skip
def test_the_clean_seeds(
    name: str, number: str, date: str, doc_type: str, issuer: str, signer: str | None
) -> None:
    directive = seed(name)
    assert (directive.number.value, directive.number.status) == (number, "accepted")
    assert (directive.issued.value, directive.issued.status) == (date, "accepted")
    assert directive.doc_type.value == doc_type
    assert directive.issuer.value == issuer
    assert directive.signer.name.value == signer
    assert directive.issuer.status == ("accepted" if name == "003" else "review")


def test_claims_of_the_seeds() -> None:
    quotas = [(t.value, t.breakdown_of) for t in seed("002").targets if t.kind == "quota"]
    assert quotas == [(1041, None), (520, 0), (521, 0)]
    assert [d.date for d in seed("001").deadlines] == ["2022-04-25/2022-05-31"]
    assert ("2023-08-29", "before") in [(d.date, d.operator) for d in seed("003").deadlines]
    kinds = Counter(t.kind for t in seed("004").targets)
    assert (kinds["coverage"], kinds["per_unit"]) == (3, 2)
    relations = {c.number.value: c.relation for c in seed("002").citations}
    assert relations["3259/CTr-TLĐ"] == "implements"
    assert relations["134/KH-LĐLĐ"] == "based_on"
    assert relations["259-CV/VPHU"] == "forwards"


def test_labelled_documents() -> None:
    labels = [json.loads(line) for line in (SHARED / "documents/labels.jsonl").open()]
    right: Counter[str] = Counter()
    for label in labels:
        directive = read((SHARED / "documents" / label["file"]).read_text())
        body = fold(label["issuing_body"]).replace("thanh pho ", "").replace("tinh ", "")
        issuers = fold(f"{directive.issuer.value} {directive.parent_issuer.value}")
        checks = {
            "number": (directive.number, directive.number.value == label["number"]),
            "date": (directive.issued, directive.issued.value == label["date"]),
            "type": (directive.doc_type, directive.doc_type.value == label["doc_type"]),
            "issuer": (directive.issuer, all(word in issuers for word in body.split())),
            "signer": (
                directive.signer.name,
                fold(directive.signer.name.value or "") == fold(label["signer_name"]),
            ),
        }
        for name, (field, ok) in checks.items():
            right[name] += ok
            assert ok or field.status != "accepted", (label["file"], name, field.value)
    for name in ("number", "date", "type"):
        assert right[name] >= 0.97 * len(labels), (name, right)
    for name in ("issuer", "signer"):
        assert right[name] >= 0.9 * len(labels), (name, right)
