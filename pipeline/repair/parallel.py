"""Real parallel damage: corpus lines typeset in several faces, worn, and read by Tesseract.

What an engine without Vietnamese does to a letter is learned from what it did, not guessed. Only
the trainer needs this module (Pillow, the ``tesseract`` command, the font ``fonts-croscore``).
"""

from __future__ import annotations

import io
import os
import random
import subprocess
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from rapidfuzz import fuzz

from models.vietnamese import LETTERS, fold
from pipeline.errors import EnvironmentProblem
from pipeline.repair.align import Confusions, word_pairs
from pipeline.repair.tokens import EDGES

FONTS: Final = Path("/usr/share/fonts/truetype")
#: Offices print in Times (Tinos has its metrics); the other faces keep the tables from fitting one.
_FACES: Final = (
    *("croscore/Tinos-Regular.ttf",) * 5,
    *("croscore/Tinos-Italic.ttf",) * 2,
    *("croscore/Tinos-Bold.ttf",) * 2,
    "croscore/Tinos-BoldItalic.ttf",
    "croscore/Arimo-Regular.ttf",
    "croscore/Arimo-Bold.ttf",
    "dejavu/DejaVuSerif.ttf",
)
_LINES: Final = 38
_WIDTH, _HEIGHT = 1654, 2339
#: Height of type in pixels at 200 dpi: 11 to 14 points.
_SIZES: Final = (31, 39)


def choose_lines(lines: Iterable[str], number: int, seed: int) -> list[str]:
    """Lines of running text, wrapped to the page's width; every sixth in capitals (headings)."""
    rng = random.Random(seed)  # noqa: S311 - reproducible sampling, no secret
    pool = [
        part
        for line in lines
        if 60 <= len(line) <= 600
        for part in textwrap.wrap(" ".join(line.split()), 74)
        if len(part) > 40 and _mostly_vietnamese(part)
    ]
    chosen = rng.sample(pool, min(number, len(pool)))
    return [line.upper()[:56] if i % 6 == 5 else line for i, line in enumerate(chosen)]


def _mostly_vietnamese(text: str) -> bool:
    return sum(c in LETTERS for c in text) > len(text) / 8


def _typeset(lines: Sequence[str], face: str, size: int) -> Image.Image:
    """One page; a line too wide for it in this face is set smaller."""
    try:
        font = ImageFont.truetype(str(FONTS / face), size)
    except OSError as error:
        raise EnvironmentProblem(
            f"The font {face} is missing.",
            advice="Install the packages fonts-croscore and fonts-dejavu-core.",
        ) from error
    page = Image.new("L", (_WIDTH, _HEIGHT), 250)
    draw = ImageDraw.Draw(page)
    widest = max(font.getlength(line) for line in lines)
    if widest > _WIDTH - 150:
        font = font.font_variant(size=int(size * (_WIDTH - 150) / widest))
    for row, line in enumerate(lines):
        draw.text((75, 100 + row * 56), line, font=font, fill=25)
    return page


def _wear(page: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Lower resolution, blur, grain, and JPEG: a copier's page of middling quality."""
    scale = float(rng.uniform(0.42, 1.0))
    small = page.resize((int(_WIDTH * scale), int(_HEIGHT * scale)), Image.Resampling.BILINEAR)
    small = small.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 0.9))))
    grain = rng.normal(0.0, float(rng.uniform(3, 18)), (small.height, small.width))
    pixels = np.clip(np.asarray(small, dtype=np.float64) + grain, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=int(rng.integers(35, 85)))
    return Image.open(buffer)


def _read(page: Image.Image, language: str) -> list[str]:
    buffer = io.BytesIO()
    page.save(buffer, "PNG")
    try:
        done = subprocess.run(
            ["tesseract", "-", "-", "-l", language, "--psm", "6", "--dpi", "200"],
            input=buffer.getvalue(),
            capture_output=True,
            check=True,
            timeout=300,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EnvironmentProblem("Tesseract could not read a training page.") from error
    return [line for line in done.stdout.decode("utf-8", "replace").splitlines() if line.strip()]


def pairs(
    lines: Sequence[str], languages: Sequence[str], seed: int
) -> Iterator[tuple[str, str, str]]:
    """(language, line as read, true line) of every line found again in what was read."""
    rng = np.random.default_rng(seed)
    for start in range(0, len(lines), _LINES):
        batch = lines[start : start + _LINES]
        face = _FACES[int(rng.integers(len(_FACES)))]
        page = _wear(_typeset(batch, face, int(rng.integers(*_SIZES))), rng)
        for language in languages:
            read = _read(page, language)
            for row, true in enumerate(batch):
                near = read[max(0, row - 3) : row + 4]
                best = max(near, key=lambda r: fuzz.ratio(fold(r), fold(true)), default="")
                if fuzz.ratio(fold(best), fold(true)) > 60:
                    yield language, best, true


def typeset_and_read(
    lines: Sequence[str], languages: Sequence[str], rng: np.random.Generator
) -> dict[str, list[str]]:
    """A whole document, page by page in one face: the lines that each engine read, in order."""
    read: dict[str, list[str]] = {language: [] for language in languages}
    face = _FACES[int(rng.integers(len(_FACES)))]
    size = int(rng.integers(*_SIZES))
    for start in range(0, len(lines), _LINES):
        page = _wear(_typeset(lines[start : start + _LINES], face, size), rng)
        for language, found in read.items():
            found.extend((*_read(page, language), ""))
    return read


def learn(found: Iterable[tuple[str, str, str]]) -> dict[str, Confusions]:
    """Confusions by channel: each language, and its words in capitals apart (``eng.upper``)."""
    channels: dict[str, Confusions] = {}
    for language, read_line, true_line in found:
        for raw_read, raw_true in word_pairs(read_line.split(), true_line.split()):
            read, true = raw_read.strip(EDGES), raw_true.strip(EDGES)
            if not read or not true.isalpha():
                continue
            upper = len(true) > 1 and true.isupper()
            name = f"{language}.upper" if upper else language
            channels.setdefault(name, Confusions()).add(read.lower(), true.lower())
    return channels
