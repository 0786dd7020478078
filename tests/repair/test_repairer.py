"""What repair makes of short texts, damaged and sound."""

from __future__ import annotations

import pytest

from models.base import BBox
from models.text import Block, Line, PageText, Reading, Word
from models.vietnamese import strip_marks
from pipeline import repair
from pipeline.errors import EnvironmentProblem
from pipeline.repair import Repairer, model
from pipeline.settings import RepairSettings

SOUND = (
    "Ban Thường vụ Liên đoàn Lao động tỉnh yêu cầu các công đoàn cơ sở báo cáo kết quả "
    "thực hiện kế hoạch trước ngày 15/6/2023 theo mẫu số 02/BC-LĐLĐ gửi kèm."
)


def test_text_without_marks_gets_them_back(repairer: Repairer) -> None:
    (out,), edits = repairer.repair_lines([strip_marks(SOUND).replace("BC-LDLD", "BC-LĐLĐ")])
    pairs = list(zip(out.split(), SOUND.split(), strict=True))
    assert sum(word == right for word, right in pairs) >= 0.95 * len(pairs)
    applied = {edit.word for edit in edits if edit.status == "applied"}
    assert all(pairs[word][0] == pairs[word][1] for word in applied)


def test_text_of_an_english_engine_becomes_readable(repairer: Repairer) -> None:
    damaged = [
        "Cac cdp céng doan t6 chttc tuyén truyén, van déng doan vién tham gia phong trao thi dua,",
        "hoan thanh chi tiéu trudc ngay 20/11/2022; dé nghi thu trudng don vi tao diéu kién.",
    ]
    out, _ = repairer.repair_lines(damaged)
    text = " ".join(out)
    for phrase in ("công đoàn", "tuyên truyền", "đoàn viên tham gia phong trào thi đua"):
        assert phrase in text
    assert "trước ngày 20/11/2022; đề nghị thủ trưởng đơn vị tạo điều kiện" in text


@pytest.mark.parametrize(
    ("damaged", "right"),
    [
        ("Cơ quan có thâm quyền xem xét, quyết định.", "thẩm quyền"),
        ("Các công đoàn cơ sở tô chức hội nghị tổng kết.", "tổ chức"),
        ("Đề nghị các đơn vị triên khai thực hiện nghiêm túc.", "triển khai"),
    ],
)
def test_one_wrong_mark_in_sound_text_is_mended(
    repairer: Repairer, damaged: str, right: str
) -> None:
    out, edits = repairer.repair_lines([damaged])
    assert right in out[0]
    assert [edit.status for edit in edits] == ["applied"]
    assert out[0].split()[edits[0].word] == edits[0].repaired
    assert damaged.split()[edits[0].word] == edits[0].raw


@pytest.mark.parametrize(
    "text",
    [
        SOUND,
        "Huyện Uỷ, thành uỷ hoà giải ở cơ sở; Uỷ ban nhân dân tỉnh Thừa Thiên Huế.",
        "Ông Lò Văn Pọm, bà H'Hen Niê và ông Bríu Quân dự hội nghị của ngành.",
        "Đăng ký qua website hoặc e-mail: tonghop@example.vn, dung lượng 25MB, khổ giấy A4, 12 m2.",
        "The report of the committee was sent to the members and is available for download.",
        "",
        "   ",
    ],
)
def test_sound_and_foreign_text_passes_unchanged(repairer: Repairer, text: str) -> None:
    out, edits = repairer.repair_lines([text])
    assert out == [text]
    assert [edit for edit in edits if edit.status == "applied"] == []


def test_a_bare_number_that_was_a_word_stays(repairer: Repairer) -> None:
    line = "Chuong trinh 14 hoat déng thiét thuc cia céng doan, mang lai loi ich cho doan vién."
    out, edits = repairer.repair_lines([line])
    assert out[0].split()[2] == "14"
    assert all(e.status == "review" for e in edits if e.raw == "14")


def test_a_code_is_restored_with_its_reason(repairer: Repairer) -> None:
    out, edits = repairer.repair_lines(["Kế hoạch số 134/KH-LDLD của Ban Thường vụ LDLD huyện."])
    assert out == ["Kế hoạch số 134/KH-LĐLĐ của Ban Thường vụ LĐLĐ huyện."]
    assert all("code list" in edit.reason for edit in edits)


@pytest.mark.parametrize(
    ("line", "junk"),
    [
        ("Lưu: Văn thư, Ban Chính sách *q*", "*q*"),
        ("cần có giải pháp khắc phục kịp thời. ea»", "ea»"),
        ("Lưu: Văn thư. ?_’];", "?_’];"),
    ],
)
def test_junk_is_marked_and_kept(repairer: Repairer, line: str, junk: str) -> None:
    out, edits = repairer.repair_lines([line])
    assert out == [line]
    assert [edit.raw for edit in edits if edit.status == "noise"] == [junk]


def test_indentation_and_blanks_are_kept(repairer: Repairer) -> None:
    lines = ["\t- Lien  doan   Lao dong;  ", "", "   - Cac cong doan nganh. "]
    out, _ = repairer.repair_lines(lines)
    assert out[0] == "\t- Liên  đoàn   Lao động;  "
    assert out[1] == ""
    assert out[2] == "   - Các công đoàn ngành. "


def _page(*blocks: Block) -> PageText:
    return PageText(page=3, read_by="ocr", blocks=blocks)


def _block(text: str, kind: str = "body") -> Block:
    box: BBox = (0.1, 0.1, 0.2, 0.2)
    return Block.model_validate(
        {
            "kind": kind,
            "lines": [
                Line(words=tuple(Word(text=w, bbox=box, confidence=0.5) for w in line.split()))
                for line in text.split("\n")
            ],
        }
    )


def test_a_page_keeps_its_raw_words_and_counts_lines_over_all_blocks(repairer: Repairer) -> None:
    page = _page(
        _block("Cong van den\nso 12", "overlay"),
        _block("Cơ quan có thâm quyền xem xét,\nquyết định theo quy định của pháp luật."),
    )
    repaired = repairer.repair_page(page)
    assert repaired.blocks[0] == page.blocks[0]
    (edit,) = repaired.edits
    assert (edit.page, edit.line, edit.word, edit.raw) == (3, 2, 3, "thâm")
    word = repaired.blocks[1].lines[0].words[3]
    assert (word.text, word.raw, word.confidence) == ("thẩm", "thâm", 0.5)
    assert repaired.raw_text == page.text
    assert repairer.repair_page(_page(_block(SOUND))) == _page(_block(SOUND))


def test_a_page_read_by_a_foreign_engine_gets_a_finding(repairer: Repairer) -> None:
    page = _page(_block("Thuc hién Ké hoach cia Lién doan Lao déng tinh vé cong tac nam"))
    assert [f.code for f in repairer.repair_page(page).findings] == ["repair.foreign_engine"]


def test_repair_can_be_switched_off() -> None:
    off = repair.load(RepairSettings(enabled=False))
    assert off.repair_lines(["Lien doan"]) == (["Lien doan"], [])


def test_the_model_is_small_and_has_a_stable_hash() -> None:
    assert len(repair.model_hash()) == 64
    assert model.MODEL_FILE.stat().st_size < 25_000_000


def test_a_missing_model_says_what_to_do(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(EnvironmentProblem, match="model"):
        model.load(tmp_path / "none.bin")
    (tmp_path / "bad.bin").write_bytes(b"VNTHRPR1\x05\x00\x00\x00junk!")
    with pytest.raises(EnvironmentProblem, match="model"):
        model.load(tmp_path / "bad.bin")


def test_likely_words_are_likelier_than_a_misread_neighbour(repairer: Repairer) -> None:
    right = repairer.log_probability(["Ban", "Thường", "vụ", "Liên", "đoàn"])
    wrong = repairer.log_probability(["Ban", "Thường", "vụ", "Liên", "đoan"])
    assert wrong < right < 0.0
    assert repairer.log_probability(["Ban", "Thường"]) == 0.0
    assert repairer.log_probability(["", "", ""]) == 0.0


def test_a_repaired_word_keeps_what_was_read_beside_it(repairer: Repairer) -> None:
    reading = Reading(source="first", alternatives=("sáng",))
    words = [Word(text=text) for text in strip_marks(SOUND).split()]
    marked = (words[0], words[1].model_copy(update={"reading": reading}), *words[2:])
    page = PageText(page=1, read_by="ocr", blocks=(Block(lines=(Line(words=marked),)),), engine="x")
    out = repairer.repair_page(page).blocks[0].lines[0].words
    assert (out[1].text, out[1].raw) == ("Thường", "Thuong")
    assert out[1].reading == reading
