from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from models.vietnamese import LETTERS
from samples import fonts
from samples.lines import styled, wrap
from samples.make import born_digital
from samples.model import COUNTRY, vn_date, vn_number
from samples.press import print_pdf
from samples.seed_documents import seed_documents
from samples.templates import TYPES, make_document
from samples.typeset import typeset
from tests.samples.checks import assert_consistent


@pytest.mark.parametrize("face", fonts.FACES)
def test_every_face_has_all_134_letters(face: str) -> None:
    assert len(LETTERS) == 134
    assert fonts.missing_letters(fonts.font_file(face)) == ""


def test_a_font_without_the_letters_is_refused_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "missing_letters", lambda _: "ạế")
    with pytest.raises(fonts.FontUnfit, match="fonts-croscore"):
        fonts.require_complete(Path("Other.ttf"))


def test_a_missing_font_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_FOLDERS", ())
    with pytest.raises(fonts.FontUnfit, match="apt-get install fonts-croscore"):
        fonts.font_file("Regular")


@pytest.mark.parametrize("doc_type", TYPES)
@pytest.mark.parametrize("seed", range(8))
def test_truth_agrees_with_the_printed_pages(doc_type: str, seed: int) -> None:
    fonts.register()
    made = born_digital("x.pdf", make_document(seed, doc_type))
    assert_consistent(made.truth)


@pytest.mark.parametrize("seed", range(6))
def test_party_letters_have_the_party_form(seed: int) -> None:
    truth = born_digital("x.pdf", make_document(seed, level="party")).truth
    assert_consistent(truth)
    assert truth["number"].endswith("-CV/TU")
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in truth["pages"][0]["lines"]
    assert COUNTRY not in truth["pages"][0]["lines"]


@pytest.mark.parametrize("name", ["000", "001", "002", "003", "004"])
def test_seed_documents_agree_with_their_pages(name: str) -> None:
    assert_consistent(born_digital("x.pdf", seed_documents()[name]).truth)


def test_the_same_seed_writes_the_same_document() -> None:
    assert make_document(31) == make_document(31)
    assert make_document(31) != make_document(32)


def test_printing_gives_the_same_bytes_twice() -> None:
    doc = make_document(3, "Kế hoạch", "province", 2)
    assert print_pdf(typeset(doc)) == print_pdf(typeset(doc))


def test_header_is_read_left_column_first_and_signature_after_recipients() -> None:
    doc = make_document(2, "Công văn", "province", 1)
    roles = [line.role for page in typeset(doc) for line in page.lines]
    order = ["parent", "issuer", "number", "subject", "country", "motto", "dateline", "recipient",
             "body", "copied_to", "signature", "name"]  # fmt: skip
    firsts = [roles.index(role) for role in order]
    assert firsts == sorted(firsts)


def test_lines_stay_on_the_page_and_pages_are_numbered_from_the_second() -> None:
    pages = typeset(seed_documents()["004"])
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert all(line.x0 > 30 and line.x1 < 560 and line.y < 800 for line in page.lines)
        assert (page.text[0] == str(number)) == (number > 1)


def test_handwritten_parts_are_in_the_text_and_not_in_the_print(tmp_path: Path) -> None:
    doc = make_document(4, "Quyết định", "province", 1)
    pages = typeset(doc, hand_serial=True, hand_day=True)
    assert {role for role, _, _ in pages[0].hands()} == {"number", "dateline"}
    assert f"Số: {doc.number}" in pages[0].text
    path = tmp_path / "x.pdf"
    path.write_bytes(print_pdf(pages))
    layer = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    assert f"{doc.serial}/" not in layer.stdout
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in layer.stdout


def test_text_layer_of_a_born_digital_page_is_its_truth(tmp_path: Path) -> None:
    made = born_digital("x.pdf", make_document(9, "Công văn", "province", 1))
    path = tmp_path / "x.pdf"
    path.write_bytes(made.content)
    command = ["pdftotext", "-layout", path, "-"]  # plain mode joins words at a final dash
    layer = subprocess.run(command, capture_output=True, text=True, check=True)
    truth = [
        word for page in made.truth["pages"] for line in page["lines"] for word in line.split()
    ]
    assert sorted(layer.stdout.split()) == sorted(truth)


def test_markup_switches_faces_without_breaking_words() -> None:
    pieces = styled("một **“hai** ba”, *bốn*.", 14)
    assert "".join(p.text if p.glued else f" {p.text}" for p in pieces) == " một “hai ba”, bốn."
    assert [p.font for p in pieces if p.text == "bốn"] == ["Tinos-Italic"]
    assert all(len(row) >= 1 for row in wrap(pieces, 60))


def test_numbers_and_dates_are_written_the_official_way() -> None:
    from datetime import date

    assert vn_date(date(2022, 1, 5)) == "05/01/2022"
    assert vn_date(date(2022, 7, 8)) == "08/7/2022"
    assert (vn_number(5091), vn_number(52.2), vn_number(1234.5)) == ("5.091", "52,2", "1.234,5")
