"""Documents for the desk, put into an archive without reading anything."""

from __future__ import annotations

from models.directive import Alternative, Directive, FieldValue, Review
from models.finding import Evidence
from models.text import Block, Edit, Line, PageText, Word
from pipeline.archive import Archive
from tests.archive.strategies import directive, field, source

ISSUER = "Liên đoàn Lao động tỉnh Cà Mau"
LINES = (
    "LIÊN ĐOÀN LAO ĐỘNG TỈNH CÀ MAU",
    "Số: .../KH-LĐLĐ",
    "KẾ HOẠCH",
    "Tổ chức phong trào thi dua",
)


def _page() -> PageText:
    lines = []
    for place, text in enumerate(LINES):
        top = 0.1 + 0.05 * place
        words = [
            Word(text=word, bbox=(0.1 + 0.1 * n, top, 0.18 + 0.1 * n, top + 0.02))
            for n, word in enumerate(text.split())
        ]
        lines.append(Line(words=tuple(words)))
    last = lines[3].words[-1].model_copy(update={"text": "đua", "raw": "dua"})
    lines[3] = Line(words=(*lines[3].words[:-1], last))
    edit = Edit(page=1, line=3, word=5, raw="dua", repaired="đua", probability=0.97, reason="model")
    return PageText(
        page=1, read_by="text_layer", engine="test 1",
        blocks=(Block(lines=tuple(lines)),), edits=(edit,),
    )  # fmt: skip


def waiting(name: str, place: int, **fields: object) -> Directive:
    """A plan whose number cannot be read, and whose date is not sure."""
    box = (0.2, 0.15, 0.4, 0.17)
    number = FieldValue(
        raw="1?/KH-LĐLĐ", status="unreadable", rule="header.number.unreadable",
        alternatives=(Alternative(value="17/KH-LĐLĐ", confidence=0.4),),
        evidence=(Evidence(page=1, bbox=box, text="Số: 1?/KH-LĐLĐ"),),
    )  # fmt: skip
    made = directive(
        name, number=number, symbol=field("KH-LĐLĐ"), issuer=ISSUER, doc_type="Kế hoạch",
        issued=field("2022-04-25", status="review", confidence=0.8),
        subject=f"Tổ chức phong trào thi đua đợt {place}",
        recipients=(field("Công đoàn ngành Y tế"),),
        review=Review(reasons=("issued: day may be handwritten", "number: unreadable")),
    )  # fmt: skip
    return made.model_copy(update=fields)


def fill(archive: Archive, count: int, start: int = 0) -> list[str]:
    """So many documents that wait; their ids."""
    run_id = archive.begin_run("ingest", "0.1.0")
    ids = []
    for place in range(start, start + count):
        name = f"w{place:03}"
        archive.record_source(f"in/{name}.pdf", source(name))
        made = waiting(name, place)
        archive.put_directive(made, [_page()], result_key="k", run_id=run_id)
        ids.append(made.id)
    archive.end_run(run_id, {"created": count}, "finished")
    return ids
