"""How far each kind of evidence can be believed: fitted on some documents, tested on others.

``python -m benchmarks calibrate_fields`` makes samples of several seeds, reads them and the real
scans, counts how often each kind of reading of a handwritten serial or day is right (samples of
the fitting seeds), how often a file's name is right and how long after its date a document is
signed (real scans, under their offices' names), and writes ``pipeline/extract/fusion_table.json``.
What was fitted is then tested on samples of other seeds; names and signatures, of which there are
few, are left out one by one. Last it prints accuracy against the share accepted for every field.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.common import ROOT, need_shared, same, scratch, share, show, write
from models.directive import Directive, FieldValue
from models.source import SourceDocument
from models.text import PageText
from pipeline import run
from pipeline.archive import Archive
from pipeline.extract import extract
from pipeline.extract import fusion_beliefs as beliefs
from pipeline.extract.fusion import Scene, Surroundings, fuse, look
from pipeline.extract.fusion_names import clue_of_name
from pipeline.extract.fusion_series import points_of
from pipeline.extract.handwriting import Reading, agreement
from pipeline.settings import ExtractSettings, Settings
from samples.make import on_demand
from samples.wear import Level

Seeds = Sequence[tuple[int, Level]]

FIT_SEEDS: Seeds = ((21, "light"), (22, "worn"), (23, "heavy"))
TEST_SEEDS: Seeds = ((31, "light"), (32, "worn"), (33, "heavy"))
COUNT = 10
TABLE = ROOT / "pipeline" / "extract" / "fusion_table.json"
_KINDS = ("sole", "other", "voted", "alone", "short")
_TRUSTED = frozenset({"sole", "other"})
_LAGS = (0, 1, 3, 7, 20, 60)


@dataclass
class Case:
    """One document as read, with what is true of it."""

    name: str
    group: str
    office_name: str
    source: SourceDocument
    pages: list[PageText]
    number: str
    issued: str
    truth: dict[str, Any]
    written: tuple[bool, bool]

    def extracted(self) -> Directive:
        return extract(self.source, self.pages, ExtractSettings())

    @property
    def serial(self) -> int:
        return int(re.match(r"\d+", self.number)[0])  # type: ignore[index]


def _made(folder: Path, seeds: Seeds) -> dict[str, dict[str, Any]]:
    """Samples of these seeds; their truth by file name."""
    truths = {}
    for seed, level in seeds:
        for sample in on_demand(COUNT, level, seed):
            sample.write(folder, folder.parent / "truth")
            truths[sample.name] = sample.truth
    return truths


def read_all(folder: Path, files: Path) -> dict[str, tuple[SourceDocument, list[PageText]]]:
    """Every file under ``files`` as the engines read it."""
    with Archive.open(folder, create=True) as archive:
        run.ingest([files], archive, Settings())
        found = {}
        for directive in list(archive.directives()):
            source = archive.source(directive.source.sha256)
            if source is not None:
                name = Path(directive.source.path).name
                found[name] = (source, archive.pages(directive.id))
        return found


def made_and_read(work: Path, group: str, seeds: Seeds) -> list[Case]:
    """Samples of these seeds, as the engines read them, with their truth."""
    truths = _made(work / group / "files", seeds)
    read = read_all(work / group / "archive", work / group / "files")
    return [
        Case(
            name, group, name, *read[name], number=t["number"], issued=t["issued"],
            truth={**t, "signer_name": t["signer"]["name"]},
            written=(t["handwritten"]["serial"], t["handwritten"]["day"]),
        )
        for name, t in sorted(truths.items())
        if name in read
    ]  # fmt: skip


def scans_read(work: Path) -> list[Case]:
    """The real scans under neutral names, with their gold."""
    folder = need_shared() / "scans"
    names = json.loads((folder / "names.json").read_text("utf-8"))
    files = work / "scans"
    files.mkdir()
    for path in folder.glob("*.pdf"):
        (files / path.name).write_bytes(path.read_bytes())
    read = read_all(work / "scans-archive", files)
    out = []
    for path in sorted((folder / "gold").glob("*.json")):
        gold = json.loads(path.read_text("utf-8"))
        truth = {
            "issuer": gold["issuing_body"],
            "doc_type": gold["doc_type"],
            "place": gold["place"],
            "symbol": gold["number"].split("/", 1)[1],
            "signer_name": gold["signer_name"],
        }
        out.append(
            Case(
                gold["file"], "real", names[gold["file"]], *read[gold["file"]],
                number=gold["number"], issued=gold["date"], truth=truth,
                written=(gold["number_handwritten"], gold["date_handwritten"]),
            )
        )  # fmt: skip
    return out


# -- fitting ------------------------------------------------------------------------------------


def _outcomes(case: Case, scene: Scene) -> Iterator[tuple[str, str, bool]]:
    """(slot, kind of reading, right?) of every whole reading."""
    slots: tuple[tuple[str, Sequence[Reading], int, bool], ...] = (
        ("serial", scene.serials, case.serial, case.written[0]),
        ("day", scene.days, int(case.issued[8:10]), case.written[1]),
    )
    for slot, readings, truth, written in slots:
        if not written:
            continue
        silent = any(r.by == "other" and not r.text for r in readings)
        for reading in readings:
            if reading.whole is None or (slot == "day" and not 1 <= reading.whole <= 31):
                continue
            kind: str = "alone" if silent else reading.by
            if len(reading.digits) < 2:
                kind = "short"
            yield slot, kind, agreement(reading.digits, truth, 2) == "exact"


def fit(samples: Sequence[Case], scans: Sequence[Case]) -> dict[str, Any]:
    """The table: Laplace's rule on counts, so that few cases never make certainty."""
    table: dict[str, Any] = {"made_by": "python -m benchmarks calibrate_fields"}
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    settings = ExtractSettings()
    for case in samples:
        scene = look(case.extracted(), case.pages, settings)
        for slot, kind, right in _outcomes(case, scene):
            counts[slot, kind][0] += right
            counts[slot, kind][1] += 1
    for slot in ("serial", "day"):
        pairs = {kind: counts[slot, kind] for kind in _KINDS}
        # Of readings that were outvoted or are too short nothing good is expected beforehand.
        table[slot] = {
            k: round((right + 1) / (seen + (2 if k in _TRUSTED else 6)), 3)
            for k, (right, seen) in pairs.items()
        }
    table["name"] = _fit_names(scans)
    table["lag_days"] = _fit_lags(scans)
    table["counts"] = {f"{slot}.{kind}": n[1] for (slot, kind), n in sorted(counts.items())}
    return table


def _fit_names(scans: Sequence[Case]) -> dict[str, float]:
    """Names that bear the document's code are one kind: there are too few whole symbols."""
    counts = {"code": [0, 0], "bare": [0, 0]}
    for case in scans:
        clue = clue_of_name(case.office_name, case.truth["symbol"])
        if clue is not None:
            kind = "bare" if clue.kind == "bare" else "code"
            counts[kind][0] += clue.serial == case.serial
            counts[kind][1] += 1
    fitted = {k: round((right + 1) / (seen + 2), 3) for k, (right, seen) in counts.items()}
    return {"full": fitted["code"], "code": fitted["code"], "bare": fitted["bare"]}


def _fit_lags(scans: Sequence[Case]) -> list[list[float]]:
    """Days from date to first signature: share of each day of a bin, half a case in every bin."""
    lags = []
    for case in scans:
        signed = [s.signed_at[:10] for s in case.source.signatures if s.signed_at]
        if signed:
            lags.append((date.fromisoformat(min(signed)) - date.fromisoformat(case.issued)).days)
    out = []
    low = 0
    for high in _LAGS:
        seen = sum(low <= lag <= high for lag in lags)
        width = high - low + 1
        out.append([high, round((seen + 0.5) / (len(lags) + 0.5 * len(_LAGS)) / width, 4)])
        low = high + 1
    # A longer time is never likelier than a shorter one.
    for index in range(len(out) - 2, -1, -1):
        out[index][1] = max(out[index][1], out[index + 1][1])
    return out


# -- testing ------------------------------------------------------------------------------------


def _with_table(table: dict[str, Any]) -> None:
    """Let this process believe ``table`` instead of the packaged one."""
    beliefs.table().clear()
    beliefs.table().update(table)


def _settled(cases: Sequence[Case], *, named: bool) -> list[tuple[Case, Directive]]:
    """As a run leaves them: alone first, then with the numbers that are sure by then."""
    settings = ExtractSettings()
    base = [(case, case.extracted()) for case in cases]
    scenes = {case.name: look(d, case.pages, settings) for case, d in base}
    made = base
    points = tuple(sorted({p for _, d in base for p in points_of(d)}))
    for _ in range(2):
        made = [
            (
                case,
                fuse(
                    directive,
                    case.source,
                    scenes[case.name],
                    Surroundings((case.office_name if named else case.name,), points),
                    settings,
                ),
            )
            for case, directive in base
        ]
        points = tuple(sorted({*points, *(p for _, d in made for p in points_of(d))}))
    return made


_Field = Callable[[Directive], FieldValue]
_Gold = Callable[[Case], str]


def _written_figures(title: str, made: Sequence[tuple[Case, Directive]]) -> dict[str, Any]:
    """Handwritten serials and days: accepted, right, wrong, and right among the candidates."""
    rows: list[list[Any]] = []
    figures: dict[str, Any] = {}
    slots: tuple[tuple[str, int, _Field, _Gold], ...] = (
        ("serial", 0, lambda d: d.serial, lambda c: f"{c.serial:02d}"),
        ("day", 1, lambda d: d.issued, lambda c: c.issued),
    )
    for name, index, field, gold in slots:
        cases = [(c, field(d)) for c, d in made if c.written[index]]
        accepted = [(c, f) for c, f in cases if f.status == "accepted"]
        right = sum(f.value == gold(c) for c, f in accepted)
        listed = sum(gold(c) in {f.value, *(a.value for a in f.alternatives)} for c, f in cases)
        two = sum(f.status == "accepted" or _witnesses(f) >= 2 for _, f in cases)
        figures[name] = {
            "written": len(cases), "accepted": len(accepted), "right": right,
            "wrong": len(accepted) - right, "listed": listed, "two_witnesses": two,
        }  # fmt: skip
        rows.append([name, *figures[name].values()])
        for case, found in accepted:
            if found.value != gold(case):
                print("WRONG ACCEPTED", case.name, name, found.value, gold(case), found.rule)
    show(
        title,
        ["written", "n", "accepted", "right", "wrong", "among candidates", "two witnesses"],
        rows,
    )
    return figures


def _witnesses(field: FieldValue) -> int:
    """Sources of different origin that name the proposed value."""
    names = field.rule.rpartition(".")[2]
    return 0 if names in ("", "none") or "fusion" not in field.rule else len(names.split("+"))


_FIELDS: dict[str, _Field] = {
    "symbol": lambda d: d.symbol,
    "doc_type": lambda d: d.doc_type,
    "issuer": lambda d: d.issuer,
    "place": lambda d: d.place,
    "signer_name": lambda d: d.signer.name,
}


def _against_share(made: Sequence[tuple[Case, Directive]]) -> list[dict[str, Any]]:
    """Accuracy among the values at or above each confidence, and what share they are."""
    seen: list[tuple[float, bool, bool]] = []
    for case, directive in made:
        for name, field in _FIELDS.items():
            found = field(directive)
            if found.value is not None:
                right = same(found.value, case.truth[name])
                seen.append((found.confidence, right, found.status == "accepted"))
    rows: list[dict[str, Any]] = []
    for threshold in (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98):
        kept = [right for confidence, right, _ in seen if confidence >= threshold]
        rows.append(
            {"confidence": threshold, "share": share(len(kept), len(seen)),
             "right": share(sum(kept), len(kept))}
        )  # fmt: skip
    taken = [right for _, right, accepted in seen if accepted]
    rows.append({"confidence": "accepted", "share": share(len(taken), len(seen)),
                 "right": share(sum(taken), len(taken))})  # fmt: skip
    return rows


def main() -> None:
    with scratch() as work:
        fitting = made_and_read(work, "fit", FIT_SEEDS)
        testing = made_and_read(work, "test", TEST_SEEDS)
        scans = scans_read(work)
    table = fit(fitting, scans)
    figures: dict[str, Any] = {"table": table}
    left_out = []
    for case in scans:
        others = [other for other in scans if other is not case]
        _with_table(fit(fitting, others))
        left_out += [pair for pair in _settled(scans, named=True) if pair[0] is case]
    figures["scans_named"] = _written_figures(
        "Real scans under their offices' names, each left out of the fit", left_out
    )
    _with_table(table)
    neutral = _settled(scans, named=False)
    figures["scans_neutral"] = _written_figures("Real scans under neutral names", neutral)
    tested = _settled(testing, named=False)
    figures["samples"] = _written_figures("Samples of other seeds", tested)
    for title, made in (("scans", neutral), ("samples", tested)):
        rows = _against_share(made)
        figures[f"against_share_{title}"] = rows
        show(
            f"Accuracy against share: {title}",
            ["confidence at least", "% of values", "% right"],
            [list(row.values()) for row in rows],
        )
    TABLE.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    write("calibration", figures)
