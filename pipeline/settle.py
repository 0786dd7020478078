"""What only the whole archive knows: names of the files, and what documents say of each other.

Handwritten serials and days are told by several witnesses together (``pipeline.extract.fusion``),
and some of them are other documents, which may come later. So this is done over all archived
documents at the end of a run, as a pure function of what was extracted from each and of their
names: the order of ingest, kills and repetitions do not matter. Stage results stay as they are,
what was extracted is always begun from; only the record in the archive changes, and its history
says so.

A run that changed nothing since the last look is spared it (:func:`is_settled`). Else every record
is read once, one at a time; of a document with an open number only what fusion needs is kept.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from models.decision_paths import RULE
from models.directive import ABSENT, Directive, Signer
from models.source import SourceDocument
from models.text import PageText
from pipeline import check, extract, steps
from pipeline.archive import Archive
from pipeline.compare import as_compared_before
from pipeline.errors import EnvironmentProblem
from pipeline.extract.fusion import (
    Scene,
    Surroundings,
    fuse,
    head_pages,
    is_open,
    look,
    series_of,
)
from pipeline.extract.fusion_series import Point, points_of, series_key
from pipeline.plan import Plan, key_of

_SCENE = TypeAdapter(Scene)


@dataclass(frozen=True)
class _Case:
    """What fusion needs of an open document: see :func:`_lean`."""

    extracted: Directive
    source: SourceDocument
    scene: Scene


_CASE = TypeAdapter(_Case)


@dataclass(frozen=True, slots=True)
class _Open:
    """A scan whose serial or day is open. ``packed``: its :class:`_Case`; ``told``: a digest of
    what the archive has."""

    sha256: str
    names: tuple[str, ...]
    told: str
    packed: bytes

    @property
    def case(self) -> _Case:
        return _CASE.validate_json(zlib.decompress(self.packed))


#: Points by the series that they belong to: (symbol, year).
_Points = Mapping[tuple[str, str], tuple[Point, ...]]


def is_settled(archive: Archive, plan: Plan) -> bool:
    """Whether all was settled and compared, and nothing has changed since."""
    return archive.files.has("settled", _state(archive, plan))


def note_settled(archive: Archive, plan: Plan) -> None:
    """What is archived is as this plan settles and compares it."""
    archive.files.put("settled", _state(archive, plan), b"")


def _state(archive: Archive, plan: Plan) -> str:
    """A name for all that :func:`settle` and ``compare`` depend on."""
    version = f"{extract.STAGE_VERSION}.{check.STAGE_VERSION}"
    return key_of("settled", version, plan.settings.extract, archive.state())


def with_names(
    archive: Archive, plan: Plan, source: SourceDocument, names: Iterable[str]
) -> Directive | None:
    """The directive as its own pages and names tell it; ``None`` where the checked one stands."""
    extracted = _extracted(archive, plan, source)
    if extracted is None:
        return None
    pages = steps.stored_pages(archive.files, plan, source)
    scene = _scene(archive, plan, source, extracted)
    around = Surroundings(tuple(sorted(names)))
    fused = fuse(extracted, source, scene, around, plan.settings.extract)
    return _finished(fused, extracted, source, pages, plan)


def _finished(
    fused: Directive,
    extracted: Directive,
    source: SourceDocument,
    pages: list[PageText],
    plan: Plan,
) -> Directive:
    """Deadlines that begin "from now" follow the date; then the checks."""
    dates = [(d.issued.value, d.issued.status) for d in (fused, extracted)]
    if dates[0] != dates[1]:
        fused = extract.redated(fused, pages, plan.settings.extract)
    return steps.finish(fused, source, pages, plan.settings)


def settle(archive: Archive, plan: Plan, run_id: int) -> list[Directive]:
    """Put every open serial and date as all evidence of the archive tells it; what was changed."""
    plan, opened, points = _survey(archive, plan)
    if not opened:
        return []
    # A number that is sure now is a neighbour of those that are not.
    sure = (p for one in opened for p in points_of(_fused(one.case, one.names, points, plan)))
    points = _by_series([*(p for series in points.values() for p in series), *sure])
    changed = []
    for one in opened:
        if _told(_fused(one.case, one.names, points, plan)) == one.told:
            continue
        anew = _settled(archive, plan, one, points)
        if anew is not None:
            made, pages, key = anew
            archive.put_directive(made, pages, result_key=key, run_id=run_id)
            changed.append(made)
    return changed


def _settled(
    archive: Archive, plan: Plan, one: _Open, points: _Points
) -> tuple[Directive, list[PageText], str] | None:
    """The whole record of a document that is told anew, its pages and its key."""
    source = archive.source(one.sha256)
    extracted = _extracted(archive, plan, source) if source is not None else None
    if source is None or extracted is None:
        return None
    whole = _Case(extracted, source, one.case.scene)
    fused = _fused(whole, one.names, points, plan)
    pages = steps.stored_pages(archive.files, plan, source)
    made = _finished(fused, extracted, source, pages, plan)
    return as_compared_before(archive, made), pages, plan.check(source)


def _told(directive: Directive) -> str:
    """All that fusion says, but for the boxes: those of turned pages are brought back later."""
    fields = [
        field.model_copy(
            update={"evidence": tuple(e.model_copy(update={"bbox": None}) for e in field.evidence)}
        ).model_dump_json()
        for field in (directive.serial, directive.number, directive.issued)
    ]
    return hashlib.sha256("\n".join(fields).encode()).hexdigest()


def _fused(case: _Case, names: tuple[str, ...], points: _Points, plan: Plan) -> Directive:
    around = Surroundings(names, points.get(series_of(case.extracted), ()))
    return fuse(case.extracted, case.source, case.scene, around, plan.settings.extract)


def _by_series(points: Iterable[Point]) -> _Points:
    series: dict[tuple[str, str], set[Point]] = defaultdict(set)
    for point in points:
        series[series_key(point.symbol, point.issued)].add(point)
    return {key: tuple(sorted(members)) for key, members in series.items()}


@dataclass(frozen=True, slots=True)
class _Scan:
    """A scan as it is archived: its names, what fusion said of it, what it tells of any series."""

    names: tuple[str, ...]
    told: str
    points: tuple[Point, ...]


def _survey(archive: Archive, plan: Plan) -> tuple[Plan, list[_Open], _Points]:
    """The open documents, and what all documents tell of their series.

    A document made by another version or other settings speaks for itself and is left as it is.
    """
    points: list[Point] = []
    scans: dict[str, _Scan] = {}
    reviewed = {}
    decided = archive.reviewed_ids()
    for directive in archive.directives():
        told = tuple(points_of(directive))
        pending = directive.review.state == "pending"
        if directive.source.kind in ("scan", "mixed") and pending:
            names = (directive.source.path, *directive.source.other_paths)
            scans[directive.source.sha256] = _Scan(names, _told(directive), told)
            if directive.id in decided:
                reviewed[directive.source.sha256] = directive.id
                if directive.serial.rule == RULE:  # what a person says is a neighbour for others
                    points.extend(told)
        else:
            points.extend(told)
    for sha256, id_ in reviewed.items():  # what the machine says is held against what it said
        scans[sha256] = replace(scans[sha256], told=_told(archive.machine(id_)[0]))
    try:
        plan = plan.with_engine() if scans and not plan.engine else plan
    except EnvironmentProblem:
        return plan, [], {}
    opened: list[_Open] = []
    wanted: set[tuple[str, str]] = set()
    for sha256, scan in scans.items():
        case = _open(archive, plan, sha256)
        if case is None:
            points.extend(scan.points)
            continue
        packed = zlib.compress(_CASE.dump_json(case, by_alias=True), 1)
        opened.append(_Open(sha256, scan.names, scan.told, packed))
        wanted.add(series_of(case.extracted))
        points.extend(points_of(case.extracted))
    of_these = (p for p in points if series_key(p.symbol, p.issued) in wanted)
    return plan, opened, _by_series(of_these)


def _open(archive: Archive, plan: Plan, sha256: str) -> _Case | None:
    source = archive.source(sha256)
    if source is None or archive.result_key(sha256) != plan.check(source):
        return None
    extracted = _extracted(archive, plan, source)
    if extracted is None:
        return None
    return _Case(_lean(extracted), source, _scene(archive, plan, source, extracted))


def _lean(extracted: Directive) -> Directive:
    """Without what no witness speaks of: an archive holds many open documents."""
    return extracted.model_copy(
        update={
            "subject": ABSENT, "recipients": (), "copied_to": (), "signer": Signer(),
            "targets": (), "deadlines": (), "findings": (), "campaign": None, "signatures": (),
        }
    )  # fmt: skip


def _scene(archive: Archive, plan: Plan, source: SourceDocument, extracted: Directive) -> Scene:
    """The head of the scan, laid out once and kept beside what was extracted."""
    key = plan.extract(source)
    stored = archive.files.get("scene", key)
    if stored is not None:
        return _SCENE.validate_json(stored)
    pages = steps.stored_pages(archive.files, plan, source, head_pages(extracted))
    scene = look(extracted, pages, plan.settings.extract)
    archive.files.put("scene", key, _SCENE.dump_json(scene, by_alias=True))
    return scene


def _extracted(archive: Archive, plan: Plan, source: SourceDocument) -> Directive | None:
    """What was extracted from a scan, where serial or date are open."""
    stored = archive.files.get("extract", plan.extract(source))
    if stored is None:
        return None
    extracted = Directive.model_validate_json(stored)
    return extracted if is_open(extracted) else None
