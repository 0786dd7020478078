from __future__ import annotations

import struct
from pathlib import Path

import pytest

from models.vietnamese import LETTERS
from pipeline.errors import EnvironmentProblem
from pipeline.recognise import recogniser
from pipeline.recognise.alphabet import NotTrainedData, characters_of, missing_from


def traineddata(folder: Path, characters: str, *, index: int = 21, name: str = "xx") -> Path:
    lines = [str(len(characters)), *(f"{c} 5 0,255 NULL 0 0 0 0" for c in characters)]
    component = "\n".join(lines).encode()
    count = 24
    offsets = [-1] * count
    offsets[index] = 4 + 8 * count
    path = folder / f"{name}.traineddata"
    path.write_bytes(struct.pack(f"<i{count}q", count, *offsets) + component)
    return path


ASCII = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def test_the_character_set_is_read_from_the_language_file(tmp_path: Path) -> None:
    path = traineddata(tmp_path, LETTERS + ASCII)
    assert missing_from(characters_of(path)) == ""


def test_decomposed_letters_count_as_the_letters_they_are(tmp_path: Path) -> None:
    path = tmp_path / "nfd.traineddata"
    made = traineddata(tmp_path, "e")
    path.write_bytes(made.read_bytes() + "\nẹ\u0302 5 0".encode())
    assert "ệ" in characters_of(path)


@pytest.mark.parametrize("data", [b"", b"\0", b"\xff" * 64, b"P5 10 10 255\n" + b"x" * 200])
def test_other_files_are_no_language_files(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bad.traineddata"
    path.write_bytes(data)
    with pytest.raises(NotTrainedData):
        characters_of(path)


def test_an_alphabet_with_a_hole_is_refused(tmp_path: Path) -> None:
    path = traineddata(tmp_path, LETTERS.replace("ệ", "") + ASCII)
    with pytest.raises(EnvironmentProblem, match="lacks 1 letter") as caught:
        recogniser._guard(path, "xx")
    assert "apt-get install" in caught.value.advice


def test_a_missing_digit_is_refused(tmp_path: Path) -> None:
    path = traineddata(tmp_path, LETTERS + ASCII.replace("7", ""))
    with pytest.raises(EnvironmentProblem):
        recogniser._guard(path, "xx")


def test_the_known_gap_is_borne_and_told(tmp_path: Path) -> None:
    path = traineddata(tmp_path, LETTERS.replace("ỵ", "").replace("Ỵ", "") + ASCII)
    assert set(recogniser._guard(path, "xx")) == {"ỵ", "Ỵ"}
