"""What only the whole archive knows: names of the files, and what documents say of each other.

Handwritten serials and days are told by several witnesses together (``pipeline.extract.fusion``),
and some of them are other documents, which may come later. So this is done over all archived
documents at the end of a run, as a pure function of what was extracted from each and of their
names: the order of ingest, kills and repetitions do not matter. Stage results stay as they are,
what was extracted is always begun from; only the record in the archive changes, and its history
says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.directive import Directive
from models.source import SourceDocument
from models.text import PageText
from pipeline import steps
from pipeline.archive import Archive
from pipeline.compare import as_compared_before
from pipeline.errors import EnvironmentProblem
from pipeline.extract import redated
from pipeline.extract.fusion import Scene, Surroundings, fuse, head_pages, is_open, look
from pipeline.extract.fusion_series import Point, points_of
from pipeline.plan import Plan


@dataclass(frozen=True)
class _Open:
    """A scan whose serial or day is open: as extracted, and what there is to tell it by."""

    extracted: Directive
    source: SourceDocument
    scene: Scene
    names: tuple[str, ...]
    archived: Directive


def with_names(
    archive: Archive, plan: Plan, source: SourceDocument, names: Iterable[str]
) -> Directive | None:
    """The directive as its own pages and names tell it; ``None`` where the checked one stands."""
    extracted = _extracted(archive, plan, source)
    if extracted is None:
        return None
    pages = steps.stored_pages(archive.files, plan, source)
    scene = look(extracted, pages, plan.settings.extract)
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
        fused = redated(fused, pages, plan.settings.extract)
    return steps.finish(fused, source, pages, plan.settings)


def settle(archive: Archive, plan: Plan, run_id: int) -> list[Directive]:
    """Put every open serial and date as all evidence of the archive tells it; what was changed."""
    opened, points = _survey(archive, plan)
    if not opened:
        return []
    first = [_fused(one, points, plan) for one in opened]
    # A number that is sure now is a neighbour of those that are not.
    points = tuple(sorted({*points, *(p for made in first for p in points_of(made))}))
    changed = []
    for one in opened:
        fused = _fused(one, points, plan)
        if _told(fused) == _told(one.archived):
            continue
        pages = steps.stored_pages(archive.files, plan, one.source)
        made = _finished(fused, one.extracted, one.source, pages, plan)
        done = as_compared_before(archive, made)
        key = plan.check(one.source)
        archive.put_directive(done, pages, result_key=key, run_id=run_id)
        changed.append(done)
    return changed


def _told(directive: Directive) -> list[object]:
    """All that fusion says, but for the boxes: those of turned pages are brought back later."""
    return [
        field.model_copy(
            update={"evidence": tuple(e.model_copy(update={"bbox": None}) for e in field.evidence)}
        )
        for field in (directive.serial, directive.number, directive.issued)
    ]


def _fused(one: _Open, points: tuple[Point, ...], plan: Plan) -> Directive:
    around = Surroundings(one.names, points)
    return fuse(one.extracted, one.source, one.scene, around, plan.settings.extract)


def _survey(archive: Archive, plan: Plan) -> tuple[list[_Open], tuple[Point, ...]]:
    """The open documents, and what all documents tell of numbers and dates.

    A document made by another version or other settings speaks for itself and is left as it is.
    """
    archived = list(archive.directives())
    scans = any(d.source.kind in ("scan", "mixed") for d in archived)
    if scans and not plan.engine:
        try:
            plan = plan.with_engine()
        except EnvironmentProblem:
            return [], ()
    opened: list[_Open] = []
    points: set[Point] = set()
    for directive in archived:
        one = _open(archive, plan, directive)
        if one is not None:
            opened.append(one)
        points.update(points_of(directive if one is None else one.extracted))
    return opened, tuple(sorted(points))


def _open(archive: Archive, plan: Plan, directive: Directive) -> _Open | None:
    if directive.source.kind not in ("scan", "mixed") or directive.review.state != "pending":
        return None
    source = archive.source(directive.source.sha256)
    if source is None or archive.result_key(source.sha256) != plan.check(source):
        return None
    extracted = _extracted(archive, plan, source)
    if extracted is None:
        return None
    pages = steps.stored_pages(archive.files, plan, source, head_pages(extracted))
    scene = look(extracted, pages, plan.settings.extract)
    names = (directive.source.path, *directive.source.other_paths)
    return _Open(extracted, source, scene, names, directive)


def _extracted(archive: Archive, plan: Plan, source: SourceDocument) -> Directive | None:
    """What was extracted from a scan, where serial or date are open."""
    stored = archive.files.get("extract", plan.extract(source))
    if stored is None:
        return None
    extracted = Directive.model_validate_json(stored)
    return extracted if is_open(extracted) else None
