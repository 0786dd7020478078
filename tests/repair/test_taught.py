"""Words that people decided are known to the repair of later pages."""

from __future__ import annotations

from models.lexicon import Lexicon
from pipeline import repair
from pipeline.settings import RepairSettings

LINE = "Ban Thường vụ Công đoàn xã Đắk Glcixa báo cáo kết quả thực hiện kế hoạch"


def test_a_word_that_was_misread_before_is_proposed_and_not_applied() -> None:
    taught = Lexicon(misread={"glcixa": "glei"}, words=frozenset({"glei"}))
    (out,), edits = repair.load(RepairSettings(), taught).repair_lines([LINE])
    assert "Glcixa" in out
    (edit,) = [e for e in edits if e.raw == "Glcixa"]
    assert (edit.repaired, edit.status) == ("Glei", "review")


def test_a_confirmed_word_that_no_model_knows_is_left_alone() -> None:
    damaged = ["cac cdp céng doan Xqzéng t6 chttc tuyén truyén, van déng doan vién tham gia,"]
    _, before = repair.load(RepairSettings()).repair_lines(damaged)
    taught = Lexicon(words=frozenset({"xqzéng"}))
    (out,), after = repair.load(RepairSettings(), taught).repair_lines(damaged)
    assert "Xqzéng" in out
    assert [e.raw for e in after if e.raw == "Xqzéng"] == []
    assert [e for e in before if e.raw != "Xqzéng"] == after


def test_of_words_that_the_model_knows_nothing_is_taken_over() -> None:
    taught = Lexicon(words=frozenset({"thâm"}), misread={"thâm": "thẩm"})
    line = ["Đề nghị cơ quan có thâm quyền xem xét, giải quyết theo quy định của pháp luật"]
    plain, with_it = (
        repair.load(RepairSettings(), one).repair_lines(line) for one in (Lexicon(), taught)
    )
    assert plain == with_it
