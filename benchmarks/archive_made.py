"""An archive of made-up directives, to measure questions on: ``python -m benchmarks.archive_made``.

Rows are written straight into the tables, as many as wanted, the same for the same seed. Texts are
drawn from formulas that stand in every document and words whose frequencies fall as in prose, so
that common, middling and rare words are there as in a real archive.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import random
import sqlite3
import time
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from models.directive import Citation, Deadline, Directive, FieldValue, Source, Target
from models.finding import Evidence
from pipeline.archive import Archive
from pipeline.archive.words import key

PROVINCES = (
    "Cà Mau", "Đồng Tháp", "Tây Ninh", "Trà Vinh", "Hòa Bình", "An Giang", "Bến Tre", "Lào Cai",
    "Nghệ An", "Hà Tĩnh", "Thanh Hóa", "Quảng Nam", "Đắk Lắk", "Gia Lai", "Kiên Giang", "Phú Thọ",
)  # fmt: skip
CAMPAIGNS = (None, None, "01-trieu-sang-kien", "mai-am-cong-doan", "tet-sum-vay", "xanh-sach-dep")
UNITS = ("sáng kiến", "căn nhà", "đề tài", "công trình", "suất quà")
TYPES = ("Công văn", "Kế hoạch", "Quyết định", "Thông báo", "Hướng dẫn", "Báo cáo", "Chương trình")
CODES = {"Công văn": "", "Kế hoạch": "KH-", "Quyết định": "QĐ-", "Thông báo": "TB-",
         "Hướng dẫn": "HD-", "Báo cáo": "BC-", "Chương trình": "CTr-"}  # fmt: skip
FORMULAS = (
    "Thực hiện Chương trình của Đoàn Chủ tịch Tổng Liên đoàn Lao động Việt Nam",
    "Ban Thường vụ Liên đoàn Lao động tỉnh đề nghị các cấp công đoàn triển khai thực hiện",
    "đoàn viên công đoàn, công nhân, viên chức, lao động trên địa bàn tỉnh",
    "phát huy sáng kiến, nỗ lực vượt khó, sáng tạo, quyết tâm chiến thắng đại dịch",
    "báo cáo kết quả thực hiện về Ban Chính sách - Pháp luật để tổng hợp, theo dõi",
)
_ONSETS = "b c ch d đ g h k kh l m n ng nh ph qu r s t th tr v x".split()  # noqa: SIM905
_RIMES = "a á à ả ã ạ ang áng ành ăn ắn ân ấn ây ấy e é en ên ến ét i í in ính iên iến o ó on ông ống ơi ới u ú ung ương ướng ưng ứng uyên uyến ươn ượng yên".split()  # noqa: E501, SIM905


def _words(rng: random.Random) -> tuple[list[str], list[float]]:
    words = [onset + rime for onset in _ONSETS for rime in _RIMES]
    rng.shuffle(words)
    weights, total = [], 0.0
    for rank in range(1, len(words) + 1):
        total += 1 / rank
        weights.append(total)
    return words, weights


def _paragraphs(rng: random.Random, count: int) -> list[str]:
    words, weights = _words(rng)
    return [
        " ".join(rng.choices(words, cum_weights=weights, k=45)).capitalize() + "."
        for _ in range(count)
    ]


def made(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """``count`` directives as rows of every table."""
    rng = random.Random(seed)
    paragraphs = _paragraphs(rng, 4000)
    start = dt.date(2015, 1, 1)
    for number in range(1, count + 1):
        yield _one(rng, number, paragraphs, start)


def _one(rng: random.Random, pk: int, paragraphs: list[str], start: dt.date) -> dict[str, Any]:
    sha = hashlib.sha256(str(pk).encode()).hexdigest()
    doc_type, province = rng.choice(TYPES), rng.choice(PROVINCES)
    district = rng.random() < 0.6
    issuer = (
        f"Liên đoàn Lao động huyện {rng.choice(PROVINCES)} {rng.randint(1, 40)}"
        if district
        else f"Liên đoàn Lao động tỉnh {province}"
    )
    day = start + dt.timedelta(days=rng.randrange(4000))
    name = f"{rng.randint(1, 999)}/{CODES[doc_type]}LĐLĐ"
    campaign, unit = rng.choice(CAMPAIGNS), rng.choice(UNITS)
    quota, by = rng.randint(50, 6000), day + dt.timedelta(days=rng.randint(10, 200))
    claim = f"phấn đấu đạt {quota} {unit}, báo cáo trước ngày {by:%d/%m/%Y}"
    subject = f"triển khai {' '.join(rng.choice(paragraphs).split()[:8])}"
    text = "\n".join(
        [rng.choice(FORMULAS), issuer, f"Số: {name}", FORMULAS[1], *rng.choices(paragraphs, k=6),
         claim, *FORMULAS[2:], f"Mã {pk} {sha[:6]}"]
    )  # fmt: skip
    seen = (Evidence(page=1, bbox=(0.1, 0.4, 0.9, 0.5), text=claim),)
    field = {k: FieldValue(value=v, raw=v, status="accepted", evidence=seen) for k, v in {
        "number": name, "issuer": issuer, "doc_type": doc_type, "issued": day.isoformat(),
        "subject": subject}.items()}  # fmt: skip
    target = Target(kind=rng.choice(["quota", "result"]), text=claim, value=quota, unit=unit,
                    period=day.isoformat() if rng.random() < 0.5 else None,
                    status=rng.choice(["accepted", "review"]), evidence=seen)  # fmt: skip
    recurring = rng.random() < 0.1
    deadline = Deadline(text=claim, date=None if recurring else by.isoformat(), operator="before",
                        recurrence="FREQ=MONTHLY;BYMONTHDAY=20" if recurring else None,
                        action=claim, status="accepted", evidence=seen)  # fmt: skip
    cited = tuple(
        Citation(number=FieldValue(value=f"{rng.randint(1, 4000)}/CTr-TLĐ", status="accepted"),
                 relation="implements")
        for _ in range(3)
    )  # fmt: skip
    told = FieldValue(value="Liên đoàn Lao động các huyện, thành phố", status="accepted")
    record = Directive(
        id=f"vt-{sha[:16]}",
        source=Source(path="", sha256=sha, media_type="application/pdf", pages=1, kind="scan"),
        targets=(target,), deadlines=(deadline,), citations=cited, recipients=(told,),
        copied_to=(FieldValue(value="Như trên", status="accepted"),), **field,
    )  # fmt: skip
    return {"pk": pk, "sha": sha, "record": record, "text": text, "campaign": campaign,
            "province": province, "day": day, "rng": rng}  # fmt: skip


def _store(db: sqlite3.Connection, batch: list[dict[str, Any]], orgs: dict[str, int]) -> None:
    rows: dict[str, list[dict[str, Any]]] = {}
    for one in batch:
        for table, row in _rows(one, orgs):
            rows.setdefault(table, []).append(row)
    for table, of_table in rows.items():
        names = list(of_table[0])
        places = ", ".join(":" + name for name in names)
        db.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", of_table)  # noqa: S608


def _rows(one: dict[str, Any], orgs: dict[str, int]) -> Iterator[tuple[str, dict[str, Any]]]:
    from pipeline.archive import record as rec
    from pipeline.archive.organisations import bodies_of

    pk, sha, directive = one["pk"], one["sha"], one["record"]
    bodies = bodies_of(directive)
    for body in bodies.every():
        if body.id not in orgs:
            orgs[body.id] = len(orgs) + 1
            columns = ("id", "name", "key", "kind", "level", "province", "province_now")
            parent = orgs[body.parent.id] if body.parent is not None else None
            yield "organisations", {name: getattr(body, name) for name in columns} | {
                "pk": orgs[body.id], "parent": parent}  # fmt: skip
    yield "sources", {"sha256": sha, "byte_size": 1, "media_type": "application/pdf",
                      "kind": "scan", "pages": 1, "document": "{}",
                      "first_seen_at": "2026-01-01T00:00:00Z"}  # fmt: skip
    yield "source_paths", {"path": f"in/{pk:07}.pdf", "sha256": sha, "current": 1}
    row = rec.directive_row(directive) | {"campaign_id": one["campaign"],
                                          "campaign_name": one["campaign"]}  # fmt: skip
    row |= {"issuer_org": orgs[bodies.issuer.id] if bodies.issuer else None, "live_seq": pk,
            "created_seq": pk, "change_seq": pk}  # fmt: skip
    stored = rec.document(directive)
    yield "directives", row | {"pk": pk, "result_key": "k", "content_hash": sha, "document": stored}
    yield "pages", {"directive_pk": pk, "page": 1, "read_by": "ocr", "engine": "made 1",
                    "text_raw": one["text"], "text": one["text"],
                    "document": zlib.compress(json.dumps({"page": 1}).encode())}  # fmt: skip
    for table, items in rec.list_rows(directive, bodies, orgs).items():
        for item in items:
            yield table, item | {"directive_pk": pk}
    title = f"{directive.doc_type.value} {directive.subject.value} {directive.issuer.value}"
    yield "search_texts", {"pk": pk, "number": key(directive.number.value), "title": key(title),
                           "body": rec.search_body([one["text"]])}  # fmt: skip
    yield "history", {"at": "2026-01-01T00:00:00Z", "directive_id": directive.id,
                      "change": "created", "actor": "machine", "version": "0.1.0"}  # fmt: skip


def fill(root: Path, count: int) -> None:
    """Make an archive of ``count`` directives in the folder ``root``."""
    Archive.open(root, create=True).close()
    db = sqlite3.connect(root / "vanthu.db")
    db.execute("PRAGMA synchronous = OFF")
    rows, orgs = made(count), dict[str, int]()
    begun = time.monotonic()
    while batch := list(islice(rows, 2000)):
        with db:
            _store(db, batch, orgs)
        done = batch[-1]["pk"]
        if done % 20_000 == 0:
            print(done, f"{done / (time.monotonic() - begun):.0f}/s", flush=True)
    db.execute("ANALYZE")
    db.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=200_000)
    chosen = parser.parse_args()
    fill(chosen.folder, chosen.count)
