"""The curves of ``pipeline/recognise/calibration.py`` anew: ``python -m benchmarks.calibrate``.

Generated pages of four wear levels are read, each word before the vote with what either engine
thought of it, and whether what stands after the vote is right. The seeds are other ones than those
of ``reading``, which measures what is printed here. The real pages are kept out altogether: four
are too few to fit on, and then nothing real would be left to measure with.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.common import scratch, words
from benchmarks.reading import rights
from models.text import Word
from pipeline import repair, steps
from pipeline.archive.results import FileStore
from pipeline.plan import Plan
from pipeline.recognise import Recogniser, Scorer, layout_page, load
from pipeline.recognise.calibration import both, logit
from pipeline.recognise.noise import drop_noise, drop_unheard
from pipeline.recognise.second import Heard
from pipeline.recognise.voting import difference, odds_for, pair_all, vote
from pipeline.settings import Settings
from samples.make import on_demand
from samples.wear import LEVELS

_SEEDS = (11, 5001)
_DOCUMENTS = 6
#: Words in the first step of a curve, and by how much each is larger than the one before.
_STEP, _GROWTH = 25, 1.6

#: The engines' confidences in a word and whether what stands is right, by how they relate.
Seen = dict[str, list[tuple[float, float, bool]]]


def _pages(folder: Path, plan: Plan) -> Iterator[tuple[np.ndarray, float, list[str]]]:
    """Cleaned image, resolution and true words of each printed page."""
    store = FileStore(folder / "store")
    for seed in _SEEDS:
        for level in LEVELS:
            for made in on_demand(_DOCUMENTS, level, seed, dpi=300):
                made.write(folder, folder / "truth")
                truth = folder / "truth" / f"{Path(made.name).stem}.truth.json"
                source = steps.examine_file(folder / made.name)
                for page in json.loads(truth.read_text())["pages"]:
                    if page["kind"] == "print":
                        image, report, *_ = steps.cleaned_image(
                            store, plan, source, source.pages[page["page"] - 1]
                        )
                        yield image, float(report["dpi"]), words("\n".join(page["lines"]))


def _look(
    reader: Recogniser, scorer: Scorer, image: np.ndarray, dpi: float, gold: list[str], seen: Seen
) -> None:
    if reader.second is None:
        raise SystemExit("The second engine is not installed.")
    height, width = image.shape
    lines = reader.engine.read(image, dpi=dpi, timeout_seconds=180)
    kept, _ = drop_noise(lines, aspect=height / width)
    others = pair_all(kept, reader.second.read_lines(image, kept))
    kept, _ = drop_unheard(kept, others)
    text = layout_page(kept, page=1, read_by="ocr", width_px=width, height_px=height)
    before = [line for _, line in text.lines()]
    voted = text.model_copy(update={"blocks": vote(text.blocks, others, scorer)})
    after = [[w.text for w in line.words] for _, line in voted.lines()]
    flat = [(i, j) for i, line in enumerate(after) for j in range(len(line))]
    right = rights([words(after[i][j])[0] for i, j in flat], gold)
    alone = rights([words(before[i].words[j].text)[0] for i, j in flat], gold)
    for (i, j), fits, first_fits in zip(flat, right, alone, strict=True):
        word = before[i].words[j]
        if word.confidence is None or any(c.isdigit() for c in word.text):
            continue
        texts = [*after[i][:j], *(w.text for w in before[i].words[j:])]
        seen["alone"].append((word.confidence, 0.0, first_fits))
        kind, x, y = _place(word, others.get(id(word)), texts, j, scorer)
        seen[kind].append((x, y, fits))


def _place(
    word: Word, other: Heard | None, texts: Sequence[str], index: int, scorer: Scorer
) -> tuple[str, float, float]:
    sure = word.confidence or 0.0
    if other is None:
        return "unheard", sure, 0.0
    differs = difference(word.text, other.text)
    if differs in ("none", "digits"):
        return {"none": "agreed", "digits": "digits"}[differs], sure, other.confidence
    odds = odds_for(other, word, texts, index, scorer)
    kind = "doubted_letters" if differs == "letters" else "doubted"
    return kind, 1 / (1 + math.exp(-abs(odds))), 0.0


def together(agreed: Sequence[tuple[float, float, bool]]) -> tuple[float, float, float]:
    """Bias and weights of both engines' log odds: logistic regression by Newton's method."""
    x = np.array([(1.0, logit(one), logit(two)) for one, two, _ in agreed])
    y = np.array([fits for *_, fits in agreed], dtype=float)
    weights = np.zeros(3)
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (y - p) - 0.1 * weights
        weights += np.linalg.solve((x.T * (p * (1 - p))) @ x + 0.1 * np.eye(3), slope)
    bias, first, second = (round(float(w), 2) for w in weights)
    return bias, first, second


def curve(pairs: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """Points of a curve that never falls: the share that is right, step by step.

    Steps are small where words are doubtful and grow to where most words are. Half a right and
    half a wrong word are added to each: few words prove no certainty.
    """
    ordered = sorted(pairs)
    pools: list[list[float]] = []  # words, sum of x, right and one half, words and one
    start, size = 0, _STEP
    while start < len(ordered):
        end = start + size if len(ordered) - start - size >= _STEP else len(ordered)
        part = ordered[start:end]
        right = 0.5 + sum(fits for _, fits in part)
        pools.append([len(part), sum(x for x, _ in part), right, len(part) + 1.0])
        while len(pools) > 1 and pools[-2][2] / pools[-2][3] > pools[-1][2] / pools[-1][3]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
        start, size = end, round(size * _GROWTH)
    return [(round(x / n, 4), round(right / whole, 4)) for n, x, right, whole in pools]


def main() -> None:
    settings = Settings()
    plan = Plan.of(settings).with_engine()
    scorer = repair.load(settings.repair).log_probability
    reader = load(settings.recognise)
    seen: Seen = defaultdict(list)
    with scratch() as folder:
        steps.start_worker(plan, folder / "store")
        for image, dpi, gold in _pages(folder, plan):
            _look(reader, scorer, image, dpi, gold, seen)
    weights = together(seen["agreed"])
    print(f"TOGETHER = {weights}")
    for kind, rows in sorted(seen.items()):
        pairs = [(both(x, y, weights) if kind == "agreed" else x, fits) for x, y, fits in rows]
        print(f"{kind.upper()} ({len(rows)} words) = {curve(pairs)}")


if __name__ == "__main__":
    main()
