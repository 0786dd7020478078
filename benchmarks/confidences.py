"""How often values of a confidence are right: curves fitted on labelled documents.

``python -m benchmarks calibrate_confidence`` reads samples of several seeds, the committed samples
and the real scans, compares every value that an engine read with the truth, to the letter, and
writes ``pipeline/extract/confidence_table.json``. Every fifth of the documents is held out in turn:
what is printed was fitted on the others.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import calibration, fields
from benchmarks.calibration import Seeds
from benchmarks.common import ROOT, scratch, share, show, write
from benchmarks.scores import Value
from pipeline.extract import confidence, extract
from pipeline.settings import ExtractSettings

FIT_SEEDS: Seeds = (
    (51, "light"), (52, "worn"), (53, "heavy"), (54, "light"), (55, "worn"), (56, "heavy"),
    (61, "light"), (62, "worn"), (63, "heavy"), (64, "light"), (65, "worn"), (66, "heavy"),
)  # fmt: skip
TABLE = ROOT / "pipeline" / "extract" / "confidence_table.json"
#: Kinds of values that have a curve. Running text is never accepted of an image, nor is what may
#: be handwritten; titles, names and places have conditions of their own beside their confidence;
#: type lines and issuers gain nothing by one.
KINDS = (
    "target", "deadline.by", "deadline.before", "deadline.within", "citation.number",
    "citation.date", "citation.type_word", "citation.type_code",
)  # fmt: skip
_FOLDS = 5
#: Values in the smallest step of a curve; fewer in all make none.
_STEP, _FEWEST = 20, 50
#: A curve says what is true at least with nine chances in ten.
_QUANTILE = 0.1
_THRESHOLDS = (0.8, 0.9, 0.95, 0.97, 0.98)


def lower_bound(right: int, count: int) -> float:
    """The tenth percentile of the share that is right (Beta, Jeffreys' prior)."""
    grid = np.linspace(0.0005, 0.9995, 1000)
    density = (right - 0.5) * np.log(grid) + (count - right - 0.5) * np.log(1 - grid)
    below = np.cumsum(np.exp(density - density.max()))
    return float(grid[np.searchsorted(below, _QUANTILE * below[-1])])


def curve(pairs: Iterable[tuple[float, bool]]) -> list[list[float]]:
    """Points of a curve that never falls; equal confidences stay together."""
    ordered = sorted(pairs)
    pools: list[list[float]] = []  # values, sum of confidences, right ones
    start = 0
    while start < len(ordered):
        end = start + _STEP if len(ordered) - start >= 2 * _STEP else len(ordered)
        while end < len(ordered) and ordered[end][0] == ordered[end - 1][0]:
            end += 1
        part = ordered[start:end]
        pools.append([len(part), sum(x for x, _ in part), sum(right for _, right in part)])
        while len(pools) > 1 and pools[-2][2] / pools[-2][0] >= pools[-1][2] / pools[-1][0]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
        start = end
    points: list[list[float]] = []
    best = 0.0
    for count, total, right in pools:
        best = max(best, lower_bound(int(right), int(count)))
        points.append([round(total / count, 4), round(best, 4)])
    return points


def fit(values: Sequence[Value]) -> dict[str, Any]:
    """The table; ``values`` have the rules' own confidences."""
    pairs: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for value in values:
        kind = next((k for k in KINDS if value.rule == k or value.rule.startswith(f"{k}.")), None)
        if value.read and kind is not None:
            pairs[kind].append((value.confidence, value.exact))
    kinds = {k: curve(p) for k, p in sorted(pairs.items()) if len(p) >= _FEWEST}
    counts = {k: [len(p), sum(right for _, right in p)] for k, p in sorted(pairs.items())}
    return {
        "made_by": "python -m benchmarks calibrate_confidence",
        "kinds": kinds,
        "counts": counts,
    }


def use(table: dict[str, Any]) -> None:
    """Let this process take ``table`` instead of the packaged one."""
    confidence.table().clear()
    confidence.table().update(table)


def values_of(cases: Sequence[calibration.Case]) -> list[Value]:
    """Every value of generated documents and scans, with the rules' own confidences."""
    use({"kinds": {}})
    out = fields.Set("")
    scans = {c.name: c.extracted() for c in cases if c.group == "real"}
    if scans:
        fields.score_scans(scans, out)
    for case in cases:
        if case.group != "real":
            truth = {k: v for k, v in case.truth.items() if k != "signer_name"}
            fields.score_record(case.name, case.extracted(), truth, out)
    return [v for one in (*out.scores.values(), *out.lists.values()) for v in one.judged.values]


def _finished(work: Path) -> list[Value]:
    """Values of the committed samples."""
    folder = ROOT / "samples"
    read = calibration.read_all(work / "finished", folder / "finished")
    out = fields.Set("")
    for name, (source, pages) in sorted(read.items()):
        truth = folder / "truth" / f"{Path(name).stem}.truth.json"
        directive = extract(source, pages, ExtractSettings())
        fields.score_record(Path(name).stem, directive, json.loads(truth.read_text("utf-8")), out)
    return [v for one in (*out.scores.values(), *out.lists.values()) for v in one.judged.values]


def held_out(values: Sequence[Value]) -> list[tuple[Value, float]]:
    """Each value of a kind with a curve, with what a curve fitted on other documents says."""
    documents = sorted({_document(v) for v in values})
    fold = {name: index % _FOLDS for index, name in enumerate(documents)}
    out = []
    for part in range(_FOLDS):
        use(fit([v for v in values if fold[_document(v)] != part]))
        for value in values:
            if fold[_document(value)] == part and value.read:
                said = confidence.calibrated(value.rule, value.confidence)
                if said is not None:
                    out.append((value, said))
    return out


def _document(value: Value) -> str:
    return value.where.split(" ")[0].split(":")[0]


def report(judged: Sequence[tuple[Value, float]]) -> dict[str, Any]:
    """Tables of what held-out values say: by kind, and how honest the probabilities are."""
    by_kind: dict[str, list[tuple[Value, float]]] = defaultdict(list)
    for value, said in judged:
        by_kind[confidence.kind_of(value.rule) or ""].append((value, said))
    rows = []
    for kind, pairs in [*sorted(by_kind.items()), ("all", list(judged))]:
        row: list[Any] = [kind, len(pairs), share(sum(v.exact for v, _ in pairs), len(pairs))]
        row.append(share(sum(v.confidence >= 0.9 for v, _ in pairs), len(pairs)))
        for threshold in _THRESHOLDS:
            taken = [v.exact for v, said in pairs if said >= threshold]
            row += [share(len(taken), len(pairs)), len(taken) - sum(taken)]
        rows.append(row)
    columns = ["kind", "n", "% right", "rule >= 0.9"]
    for threshold in _THRESHOLDS:
        columns += [f">= {threshold}", "wrong"]
    show("Values read from images, held out by document: % at or above", columns, rows)
    bins = reliability([(said, v.exact) for v, said in judged])
    error = sum(b["n"] * abs(b["said"] - b["right"]) for b in bins) / max(1, len(judged))
    show("Reliability", ["said", "n", "right"], [[b["said"], b["n"], b["right"]] for b in bins])
    print(f"Expected calibration error {error:.3f}\n")
    return {"kinds": [dict(zip(columns, row, strict=True)) for row in rows],
            "reliability": bins, "expected_calibration_error": round(error, 4)}  # fmt: skip


def reliability(pairs: Sequence[tuple[float, bool]]) -> list[dict[str, Any]]:
    """Mean of what was said and share that is right, by step of what was said."""
    edges = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 1.01)
    out: list[dict[str, Any]] = []
    for low, high in pairwise(edges):
        part = [(said, right) for said, right in pairs if low <= said < high]
        if part:
            said = sum(s for s, _ in part) / len(part)
            right = sum(r for _, r in part) / len(part)
            out.append({"said": round(said, 3), "n": len(part), "right": round(right, 3)})
    return out


def main() -> None:
    with scratch() as work:
        cases = calibration.made_and_read(work, "fit", FIT_SEEDS)
        cases += calibration.scans_read(work)
        values = values_of(cases) + _finished(work)
    figures = report(held_out(values))
    table = fit(values)
    TABLE.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    write("confidence", figures | {"counts": table["counts"]})
