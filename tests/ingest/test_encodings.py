"""Legacy encodings are told by what they make of a text, and nothing else is taken for one."""

from __future__ import annotations

import lzma
import re
import shutil
import subprocess
import unicodedata
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from models.vietnamese import LETTERS, LOWER, nfc, strip_marks
from pipeline.errors import InputError, Unsupported
from pipeline.ingest.encodings import (
    decode_bytes,
    decode_text,
    decode_tokens,
    font_encodings,
    tables,
    viqr,
)
from pipeline.ingest.encodings.tables import (
    CP1258,
    ENCODINGS,
    MOJIBAKE,
    TCVN3,
    VISCII,
    VN1,
    VNI,
    Encoding,
)
from tests import makers

EIGHT_BIT = (TCVN3, VNI, VISCII, CP1258, VN1)
by_name = pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda e: e.name)

SENTENCES = makers.SENTENCES
texts = st.builds(
    lambda lines, upper: "\n".join(lines).upper() if upper else "\n".join(lines),
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=12),
    st.booleans(),
)

OTHERS = {
    "French": "Le présent règlement intérieur a été adopté à l'unanimité par l'assemblée générale "
    "où siégeaient les délégués élus. Noël, naïf, maïs, forêt, reçu, garçon, déjà, ça, là, où. ",
    "German": "Die Universität hat größere Maßnahmen geprüft: Köln, München, schön, über. ",
    "Swedish": "På grund av ökande köer får vi inte gå över ån; många får vänta på båten i år. ",
    "Portuguese": "A reunião não será em São João: a comissão de negociação não está de acordo. ",
    "Spanish": "El año pasado los niños comían piñas; señor, corazón, después, también, según. ",
    "Icelandic": "Það er ekki hægt að segja að maðurinn hafi verið í góðu skapi við veðrið. Ðað. ",
    "English": "Don't worry: I'm sure they'd agree. Are you ok? See a(1), f(x)+g(x), a^2+b^2, "
    "dd/mm/yyyy, add the address (a), who's there? co. Ltd. u+v; e.g. no. to do. © 2020 ® µm ",
    "misread": "Thue hién Chuong trinh 01 tri€u sang kién, né luc vugt khé, tao déng luc cho doan "
    "vién, ngudi lao d6ng; s6 m6 c6 d6 t6, nhiing x4 hoi, Lién doan Lao déng tinh. ",
}


def as_bytes(encoding: Encoding, text: str) -> bytes:
    """``text`` as a file in ``encoding`` has it."""
    return tables.codes(encoding.write(text)).encode("latin-1")


def same(encoding: Encoding, made: str, text: str) -> bool:
    """TCVN3 has no marked capitals: case cannot be compared."""
    return made.lower() == text.lower() if encoding is TCVN3 else made == text


# -- the tables ----------------------------------------------------------------------------------


@by_name
def test_every_letter_comes_back(encoding: Encoding) -> None:
    letters = LOWER + "ĂÂĐÊÔƠƯ" if encoding is TCVN3 else LETTERS
    assert [encoding.read(encoding.write(letter)) for letter in letters] == list(letters)


@pytest.mark.parametrize(
    ("encoding", "name"), [(VISCII, "VISCII"), (VN1, "TCVN5712-1"), (TCVN3, "TCVN5712-1")]
)
def test_tables_agree_with_the_c_library(encoding: Encoding, name: str) -> None:
    """The same tables, written by others."""
    if shutil.which("iconv") is None:
        pytest.skip("there is no iconv")
    letters = LOWER + "ĂÂĐÊÔƠƯ" if encoding is TCVN3 else LETTERS
    data = b"\n".join(as_bytes(encoding, letter) for letter in letters)
    done = subprocess.run(["iconv", "-f", name, "-t", "UTF-8"], input=data, capture_output=True)
    if done.returncode:
        pytest.skip(f"this iconv does not know {name}")
    assert nfc(done.stdout.decode()).split("\n") == list(letters)


def test_viscii_is_that_of_the_rfc() -> None:
    """Rows of the table in RFC 1456, section 3, in its own notation."""
    rows = {
        0x80: "A. A(' A(` A(. A^' A^` A^? A^. E~ E. E^' E^` E^? E^~ E^. O^'",
        0x90: "O^` O^? O^~ O^. O+. O+' O+` O+? I. O? O. I? U? U~ U. Y`",
        0xA0: "O~ a(' a(` a(. a^' a^` a^? a^. e~ e. e^' e^` e^? e^~ e^. o^'",
        0xB0: "o^` o^? o^~ O+~ O+ o^. o+` o+? i. U+. U+' U+` U+? o+ o+' U+",
        0xC0: "A` A' A^ A~ A? A( a(? a(~ E` E' E^ E? I` I' I~ y`",
        0xD0: "DD u+' O` O' O^ a. y? u+` u+? U` U' y~ y. Y' o+~ u+",
        0xE0: "a` a' a^ a~ a? a( u+~ a^~ e` e' e^ e? i` i' i~ i?",
        0xF0: "dd u+. o` o' o^ o~ o? o. u. u` u' u~ u? y' o+. U+~",
    }
    for first, row in rows.items():
        for code, letter in enumerate(row.split(), first):
            written = viqr.read(letter, strict=True)
            assert VISCII.read(chr(code)) == written
    low = {0x02: "A(?", 0x05: "A(~", 0x06: "A^~", 0x14: "Y?", 0x19: "Y~", 0x1E: "Y."}
    for code, letter in low.items():
        assert VISCII.read(chr(code)) == viqr.read(letter, strict=True)


@pytest.mark.parametrize(
    ("encoding", "shown", "text"),
    [
        (TCVN3, "Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
        (VNI, "Lieân ñoaøn Lao ñoäng Vieät Nam", "Liên đoàn Lao động Việt Nam"),
        (VNI, "tröôùc ngaøy thaùng", "trước ngày tháng"),
        (VNI, "COÂNG ÑOAØN TÆNH", "CÔNG ĐOÀN TỈNH"),
        (MOJIBAKE, "Tá»•ng LiÃªn Ä‘oÃ\xa0n", "Tổng Liên đoàn"),
        (CP1258, "Tiêìng Viêòt", "Tiếng Việt"),
    ],
)  # fmt: skip
def test_known_readings(encoding: Encoding, shown: str, text: str) -> None:
    assert " ".join(map(encoding.read, shown.split(" "))) == text


# -- round trips ---------------------------------------------------------------------------------


@by_name
@given(text=texts)
def test_a_text_layer_comes_back(encoding: Encoding, text: str) -> None:
    decoded = decode_text(encoding.write(text))
    assert same(encoding, decoded.text, text)
    assert [f.code for f in decoded.findings] == ["ingest.legacy_encoding"]


@pytest.mark.parametrize("encoding", EIGHT_BIT, ids=lambda e: e.name)
@given(text=texts)
def test_a_file_comes_back(encoding: Encoding, text: str) -> None:
    decoded = decode_bytes(as_bytes(encoding, text))
    assert same(encoding, decoded.text, text)


@given(text=texts)
def test_viqr_comes_back(text: str) -> None:
    assert decode_text(viqr.write(text)).text == text


@given(text=texts, bom=st.booleans(), name=st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]))
def test_unicode_files_are_read_with_and_without_a_mark(text: str, bom: bool, name: str) -> None:
    data = (("\ufeff" if bom else "") + text).encode(name)
    decoded = decode_bytes(data)
    assert (decoded.text, decoded.findings) == (text, ())


@by_name
@given(text=texts)
def test_reading_twice_changes_nothing(encoding: Encoding, text: str) -> None:
    once = decode_text(encoding.write(text)).text
    assert decode_text(once) == decode_text(nfc(once))
    assert decode_text(once).text == once


@given(text=texts, form=st.sampled_from(["NFD", "old tones", "misordered"]))
def test_letters_in_pieces_are_joined(text: str, form: str) -> None:
    pieces = unicodedata.normalize("NFD", text)
    if form == "old tones":  # the compatibility code points for the grave and the acute
        pieces = pieces.replace("\u0300", "\u0340").replace("\u0301", "\u0341")
    if form == "misordered":
        pieces = re.sub("([\u0302\u0306])([\u0300\u0301\u0303\u0309])", r"\2\1", pieces)
    decoded = decode_text(pieces)
    assert decoded.text == text
    assert [f.code for f in decoded.findings] == ["ingest.unicode_form"]


# -- what the tables cannot tell -----------------------------------------------------------------


def test_capitals_typed_for_a_font_of_capitals() -> None:
    shown = "CéNG HOµ X· HéI CHñ NGHÜA VIÖT NAM\nUû ban nh©n d©n x· Hµ Trung, sè 12/BNV X·"
    assert decode_text(shown).text == (
        "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM\nUỷ ban nhân dân xã Hà Trung, số 12/BNV Xã"
    )


def test_a_soft_hyphen_that_became_a_hyphen_is_the_letter_it_was() -> None:
    shown = TCVN3.write("\n".join(SENTENCES[:5]) + "\nnhư thư từ - được trước").replace("\xad", "-")
    assert decode_text(shown).text.endswith("\nnhư thư từ - được trước")


def test_a_soft_hyphen_that_was_dropped_is_told() -> None:
    shown = TCVN3.write("\n".join(SENTENCES * 3)).replace("\xad", "")
    assert "ingest.letters_lost" in {f.code for f in decode_text(shown).findings}


def test_hard_blanks_that_became_plain_or_were_dropped() -> None:
    text = "Thực hiện việc này là và đoàn viên phải nhớ, mà toàn thể đã hứa là làm."
    shown = MOJIBAKE.write(text).replace("\xa0", " ")
    assert decode_text(shown).text == text
    assert decode_text(re.sub(" +", " ", shown)).text == text


def test_punctuation_is_no_mark_in_viqr_without_escapes() -> None:
    text = (
        "Ddo.c ba'o ca'o nga`y 5/6. DDi.a chi?: lien.he@congdoan.vn, http://www.congdoan.vn/a?b. "
    )
    text += "Co^ng ddoa`n co+ so+? ho.p luc na`o? Sa'ng mai. Ho.p ta.i nha`.\nKhong co dau."
    made = decode_text(text).text
    assert made.startswith(
        "Đọc báo cáo ngày 5/6. Địa chỉ: lien.he@congdoan.vn, http://www.congdoan.vn/a?b."
    )
    assert "họp luc nào? Sáng mai. Họp tại nhà.\n" in made


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Số 12/LÐLÐ ngày Ðông chí", "Số 12/LĐLĐ ngày Đông chí"),
        ("CÔNG ƉOÀN, ðoàn viên", "CÔNG ĐOÀN, đoàn viên"),
        ("Íslendingar sögðu það", "Íslendingar sögðu það"),
    ],
)
def test_look_alikes_of_d_with_a_stroke(text: str, made: str) -> None:
    assert decode_text(text).text == made


# -- runs and mixtures ---------------------------------------------------------------------------


@given(
    order=st.permutations([None, TCVN3, VNI]),
    first=st.integers(0, len(SENTENCES) - 3),
)
def test_a_document_that_mixes_fonts_is_read_run_by_run(
    order: list[Encoding | None], first: int
) -> None:
    lines = SENTENCES[first : first + 3]
    shown = [e.write(line) if e else line for e, line in zip(order, lines, strict=True)]
    assert decode_text("\n".join(shown)).text.lower() == "\n".join(lines).lower()


def test_a_file_of_lines_in_different_encodings() -> None:
    data = SENTENCES[0].encode() + b"\n" + as_bytes(VNI, SENTENCES[1])
    assert decode_bytes(data).text == "\n".join(SENTENCES[:2])


def test_damaged_utf8_keeps_its_place_and_is_told() -> None:
    data = (
        SENTENCES[0].encode() + b"\n" + SENTENCES[1].encode().replace(b"h\xe1\xbb\xa3p", b"h\xe1p")
    )
    decoded = decode_bytes(data)
    assert decoded.text == SENTENCES[0] + "\n" + SENTENCES[1].replace("hợp", "h\ufffdp")
    assert [f.code for f in decoded.findings] == ["ingest.letters_lost"]


def test_fonts_speak_for_an_encoding() -> None:
    assert font_encodings({"/ABCDEF+.VnTimeH", "/TimesNewRoman"}) == {"tcvn3"}
    assert font_encodings({"VNI-Times,Bold"}) == {"vni"}
    few = [["Lieân", "ñoaøn", "Lao", "ñoäng"]]
    assert decode_tokens(few, expected=frozenset({"vni"}))[0] == [["Liên", "đoàn", "Lao", "động"]]


# -- what is none of it --------------------------------------------------------------------------


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("times", [1, 30])
def test_other_languages_and_misread_text_stay(language: str, times: int) -> None:
    text = OTHERS[language] * times
    decoded = decode_text(text)
    assert (decoded.text, decoded.findings) == (text, ())


@pytest.mark.parametrize("language", ["French", "German", "Portuguese", "Spanish"])
def test_bytes_that_no_encoding_explains_are_refused_with_advice(language: str) -> None:
    with pytest.raises(Unsupported) as caught:
        decode_bytes(OTHERS[language].encode("latin-1"))
    assert "UTF-8" in caught.value.advice


@given(text=texts)
def test_vietnamese_in_unicode_stays(text: str) -> None:
    assert decode_text(text) == decode_text(nfc(text))
    assert (decode_text(text).text, decode_text(text).findings) == (text, ())
    bare = strip_marks(text)
    assert decode_text(bare).text == bare


@given(st.binary(max_size=600))
@example(b"\x00\x01" * 20)
@example(b"\xff\xfe\x00")
@example("phương".encode("latin-1", errors="replace") + b"\xdf\xbd")
def test_any_bytes_give_a_text_or_a_typed_error(data: bytes) -> None:
    try:
        text = decode_bytes(data).text
    except InputError:
        return
    assert nfc(text) == text


@given(st.text(max_size=300))
def test_any_text_gives_a_text_in_nfc(text: str) -> None:
    assume(not any("\ud800" <= c <= "\udfff" for c in text))
    assert nfc(decode_text(text).text) == decode_text(text).text


@pytest.mark.shared
@pytest.mark.parametrize("corpus", ["administrative", "laws", "news", "wikipedia"])
def test_thousands_of_lines_are_never_taken_for_legacy(shared: Path, corpus: str) -> None:
    with lzma.open(shared / "corpora" / f"{corpus}.txt.xz", "rt", encoding="utf-8") as file:
        lines = [nfc(line.rstrip("\n")) for line in islice(file, 0, 21_000, 7)]
    pages = ["\n".join(lines[i : i + 40]) for i in range(0, len(lines), 40)]
    for text in (*lines, *pages, *map(strip_marks, pages)):
        decoded = decode_text(text)
        assert decoded.encodings == (), text[:200]
        assert "ingest.encoding_doubtful" not in {f.code for f in decoded.findings}


@pytest.mark.shared
def test_the_reference_texts_stay(shared: Path) -> None:
    for folder in ("seeds", "documents", "scans/text"):
        for path in sorted((shared / folder).glob("*.txt")):
            text = nfc(path.read_text(encoding="utf-8"))
            assert decode_text(text).text == text, path.name


def test_makers_text_is_plain_unicode() -> None:
    assert decode_text(makers.CONG_VAN).findings == ()


@pytest.mark.parametrize("text", ["é" * 500_000, "a'" * 50_000, "aÃ\xa0" * 50_000, "Ã " * 50_000])
def test_a_text_that_is_no_text_takes_no_time(text: str) -> None:
    """Nothing here may be quadratic: this ended only after minutes."""
    decode_text(text)
