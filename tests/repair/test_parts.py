"""The parts: syllables, tokens, alignment, error model, decoder, noise, regimes, model file."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.repair import lm, model, modelfile, noise, regime
from pipeline.repair.align import Confusions, chunks, word_pairs
from pipeline.repair.channel import Channel, from_confusions, prefix_tree, stripped
from pipeline.repair.counts import Text, build
from pipeline.repair.decoder import Slot, posteriors
from pipeline.repair.model import RepairModel
from pipeline.repair.regime import Regime
from pipeline.repair.syllable import is_syllable
from pipeline.repair.tokens import like_case, pieces

LETTERS = "abcdeghiklmnopqrstuvxyđêếộư6€"


@pytest.fixture(scope="module")
def shipped() -> RepairModel:
    return model.load()


@pytest.mark.parametrize(
    "word",
    ["nghiêng", "quốc", "quyền", "giữa", "gì", "hoà", "hòa", "khuỷu", "đoàn", "ở", "uỷ", "yêu"],
)
def test_syllables_are_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["thr", "nhiing", "tri€u", "qa", "cạp6", "ngg", "atf", "các̀"])
def test_other_strings_are_not(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("(“sáng-kién,", ["sáng", "kién"]),
        ("b?mg", ["b?mg"]),
        ("v&i", ["v&i"]),
        ("thd’ng", ["thd’ng"]),
        ("hay?", ["hay"]),
        ("*m*", ["m"]),
        ("01tridu", ["tridu"]),
        ("—", []),
    ],
)
def test_tokens_are_cut_into_words(token: str, words: list[str]) -> None:
    found = pieces(token)
    assert [piece.text for piece in found] == words
    assert all(token[p.start : p.end] == p.text for p in found)


@given(st.text(max_size=20))
def test_pieces_lie_inside_their_token_in_order(token: str) -> None:
    found = pieces(token)
    assert all(token[p.start : p.end] == p.text for p in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


def test_case_follows_the_raw_word() -> None:
    assert like_case("POAN", "đoàn") == "ĐOÀN"
    assert like_case("Lién", "liên") == "Liên"
    assert like_case("s6", "số") == "số"


@given(st.text(LETTERS, max_size=9), st.text(LETTERS, max_size=9))
def test_aligned_segments_make_up_both_words(read: str, true: str) -> None:
    parts = list(chunks(read, true))
    if read and true:
        assert "".join(a for a, _ in parts) == read
        assert "".join(b for _, b in parts) == true
        assert all(a and b for a, b in parts)
    else:
        assert parts == []


def test_many_letters_for_one_become_one_segment() -> None:
    assert ("ii", "ữ") in list(chunks("nhiing", "những"))
    assert list(chunks("s6", "số")) == [("s", "s"), ("6", "ố")]


def test_words_of_two_lines_are_matched_over_a_gap() -> None:
    read, true = ["Cac", "cong", "nganh"], ["Các", "công", "đoàn", "ngành"]
    assert sorted(word_pairs(read, true)) == [("Cac", "Các"), ("cong", "công"), ("nganh", "ngành")]


def test_an_error_table_ranks_what_was_seen() -> None:
    seen = Confusions()
    for read, true in [("s6", "số")] * 8 + [("so", "số")] * 2 + [("so", "so")] * 5:
        seen.add(read, true)
    words = {"số": 3, "so": 4, "sổ": 5}
    table = from_confusions(seen, marked=0.6, lookalike=1e-3)
    channel = Channel(table, prefix_tree(words), words)
    assert channel.candidates("s6", 3)[0][0] == 3
    assert channel.candidates("so", 3)[0][0] == 4
    assert {i for i, _ in channel.candidates("s6", 3)} == {3, 4, 5}


def test_letters_without_marks_stand_for_all_their_marked_forms() -> None:
    words = {"tỉnh": 3, "tình": 4, "tinh": 5, "tiêng": 6}
    channel = Channel(stripped(), prefix_tree(words), words)
    assert {i for i, _ in channel.candidates("tinh", 9)} == {3, 4, 5}


def test_the_decoder_uses_the_neighbours(shipped: RepairModel) -> None:
    ids = shipped.lm.ids
    slots = [
        Slot.fixed(ids["thành"]),
        Slot((ids["phó"], ids["phố"], ids["phổ"]), (-1.0, -1.0, -1.0)),
    ]
    chances = posteriors(shipped.lm, slots)
    assert int(np.argmax(chances[1])) == 1
    assert all(abs(float(row.sum()) - 1.0) < 1e-6 for row in chances)


@pytest.mark.parametrize(
    ("token", "line", "junk"),
    [
        ("*q*", "Lưu: VT *q*", True),
        ("ea»", "khắc phục. ea»", True),
        ("«ca»", "gọi là «ca»", False),
        ("?_’];", "CSPL ?_’];", True),
        ("---", "---", False),
        ("…", "…", False),
        ("./.", "huyện./.", False),
        ("(*)", "(*)", False),
    ],
)
def test_noise(token: str, line: str, junk: bool) -> None:
    assert noise.is_noise(token, line) is junk


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("các cấp công đoàn triển khai thực hiện chương trình sáng kiến", Regime.SOUND),
        ("cac cap cong doan trien khai thuc hien chuong trinh", Regime.NO_MARKS),
        ("céc cép céng doan trién khai thyc hién chuong trinh sang kién", Regime.FOREIGN_ENGINE),
        ("the report of the committee was sent to all members", Regime.OTHER),
        ("", Regime.OTHER),
    ],
)
def test_damage_is_measured(shipped: RepairModel, text: str, expected: Regime) -> None:
    found = regime.measure(shipped.lm, shipped.skeletons, text.split())
    assert found.regime is expected


def test_training_is_deterministic_and_reads_back(tmp_path: Path) -> None:
    lines = ["Liên đoàn Lao động tỉnh.", "Công đoàn cơ sở hoà giải, hòa giải; hòa bình."] * 30
    files = []
    for name in ("a.bin", "b.bin"):
        text = Text()
        text.add(lines, 2)
        meta, arrays = build(text)
        modelfile.write(tmp_path / name, meta, arrays)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]
    built = lm.from_arrays(*modelfile.read(tmp_path / "a.bin"))
    assert "hòa" in built.words
    assert "hoà" not in built.words
    assert built.id_of("hoà") == built.ids["hòa"]
    left, right = np.array([built.ids["liên"]]), np.array([built.ids["đoàn"]])
    other = np.array([built.ids["giải"]])
    assert built.log_pairs(left, right)[0] > built.log_pairs(left, other)[0]
    first = np.array([built.ids["liên"]])
    assert built.log_triples(first, right, np.array([built.ids["lao"]]))[0] > -1.5
