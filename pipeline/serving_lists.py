"""The lists and questions that the server answers, each with the function that asks the archive.

A new list is one :class:`Collection` here, with its example in ``serve/examples.py``; a question
whose answer has no pages is one :class:`Question`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel

from models.decision import Made
from models.review import LexiconEntry, QueueRow
from pipeline.archive import (
    Archive,
    Filter,
    Merge,
    lexicon,
    paging,
    paging_bodies,
    paging_relations,
    review_queue,
    rows,
    runs,
)
from pipeline.archive import (
    questions as asked,
)
from pipeline.archive import (
    questions_coverage as covered,
)
from pipeline.archive import (
    questions_months as dated,
)
from pipeline.archive import (
    questions_quality as measured,
)
from pipeline.serve.examples import EXAMPLES
from pipeline.serve.ports import Collection, Key, Owners, Question, Scope, Slice, Whole
from pipeline.serving_kept import Kept

_OF_FILTER = "The filters are those of `/directives` and more."


def collections(archive: Archive) -> Sequence[Collection]:
    """The lists that go in pages."""

    def make(
        name: str,
        summary: str,
        description: str,
        row: type[BaseModel],
        filters: type[BaseModel],
        slice_of: Callable[[Any, Any, Key | None, int], paging.Slice[Any]],
        *,
        owners: Owners = ("directive_id",),
        scope: Scope = "read",
    ) -> Collection:
        def ask(wanted: Any, after: Key | None, limit: int) -> Slice:
            found = archive.read(lambda connection: slice_of(connection, wanted, after, limit))
            return Slice(found.rows, found.next)

        return Collection(
            name=name, summary=summary, description=f"{description} {_PAGES}", row=row,
            filters=filters, ask=ask, owners=owners, scope=scope, example=EXAMPLES[name],
        )  # fmt: skip

    return (
        make("directives", "Directives, newest document first",
             "Rows of a table; undated documents come last. Whole records are at "
             "`/directives/{id}` and `/exports/directives.jsonl`.",
             rows.DirectiveRow, Filter, paging.directive_slice, owners=("id",)),
        make("targets", "Targets and results, each with its document",
             f"Typed claims about figures, by document. {_OF_FILTER} `/progress` holds results "
             "against targets.",
             rows.TargetRow, paging.TargetFilter, paging.target_slice),
        make("deadlines", "Deadlines, earliest first",
             f"By the last day that they can mean; those without a date last. {_OF_FILTER} `/due` "
             "tells what is due around a day, with what recurs.",
             rows.DeadlineRow, paging.DeadlineFilter, paging.deadline_slice),
        make("citations", "Which document names which",
             f"By document. {_OF_FILTER} `resolved_id` is the cited directive where the archive "
             "has exactly one that fits. `/chain` follows citations further.",
             rows.CitationRow, paging.CitationFilter, paging.citation_slice),
        make("findings", "Remarks on documents",
             f"By document. {_OF_FILTER} `/findings/counts` counts them by kind.",
             rows.FindingRow, paging.FindingFilter, paging.finding_slice),
        make("told", "Whom documents are addressed to, with levels",
             f"Newest document first. {_OF_FILTER} Words for a group (\"các Liên đoàn Lao động "
             "huyện\") have its level and the members that the archive knows; \"Như trên\" is "
             "shown as those whom it means. Documents that no file has any more are left out "
             "unless `superseded` says.",
             rows.ToldRow, paging_relations.ToldFilter, paging_relations.told_slice),
        make("organisations", "Issuers, recipients and cited bodies",
             "Each body once, with kind, level and place, by name without marks.",
             paging_bodies.OrganisationRow, paging_bodies.OrganisationFilter,
             paging_bodies.organisation_slice, owners=()),
        make("campaigns", "Campaigns, with the spellings of their names",
             "By id. Give the id as `campaign` to any list of directives.",
             paging_bodies.CampaignRow, paging_bodies.CampaignFilter,
             paging_bodies.campaign_slice, owners=()),
        make("duplicates", "Pairs of directives that may be one document",
             "In the order in which they were found, with what a person decided. Nothing is "
             "merged by itself: POST a decision to `/duplicates/{merge_id}/decision`.",
             Merge, paging_relations.MergeFilter, paging_relations.merge_slice,
             owners=("one.id", "two.id"), scope="review"),
        make("queue", "Documents that wait for a person",
             "Those most worth a look first: key fields that cannot be read or are not sure; of "
             f"equals the one that waits longest. {_OF_FILTER} Decide with POST to "
             "`/directives/{id}/review`.",
             QueueRow, review_queue.QueueFilter, review_queue.queue_slice, scope="review"),
        make("decisions", "What people decided, the latest first",
             "`before` is what stood there, `machine` what the machine reads. Undone ones are "
             "among them unless `stands` says.",
             Made, review_queue.DecisionFilter, review_queue.decision_slice, scope="review"),
        make("lexicon", "What people taught the archive",
             "Signers, organisations, symbols, abbreviations and words that decisions confirmed, "
             "by kind. Later documents are read with it; DELETE `/lexicon/{entry_id}` revokes one.",
             LexiconEntry, lexicon.LexiconFilter, lexicon.lexicon_slice, owners=(),
             scope="review"),
        make("quarantine", "Files that failed, and why",
             "By path, with what to do about each.",
             paging.QuarantineRow, paging.QuarantineFilter, paging.quarantine_slice, owners=None,
             scope="review"),
        make("runs", "What was run, the latest first",
             "Commands that wrote to the archive, with what they counted (so far: a run that works "
             "writes it every few seconds). `state` tells whether it works, has finished, was "
             "interrupted (by a person, or its process is gone), or stopped by a failure.",
             runs.RunRow, runs.RunFilter, runs.run_slice, owners=None, scope="review"),
    )  # fmt: skip


_NEWEST = "Documents that are looked at, the newest."
_PAGES = "Give `next` as `cursor`, with the same filter, for the page behind."


def questions(archive: Archive, kept: Kept | None = None) -> Sequence[Question]:
    """What is asked as a whole; ``kept``: where answers that look at much are kept."""

    def make(
        name: str,
        path: str,
        summary: str,
        description: str,
        row: type[BaseModel],
        parameters: type[BaseModel],
        answer: Callable[[Any, Any, int], asked.Answer[Any]],
        *,
        limit: str = "Most rows.",
        owners: Owners = ("directive_id",),
        keep: bool = False,
    ) -> Question:
        def asked_now(wanted: Any, most: int) -> Whole:
            found = archive.read(lambda connection: answer(connection, wanted, most))
            return Whole(found.rows, found.truncated)

        def ask(wanted: Any, most: int) -> Whole:
            if not keep or kept is None:
                return asked_now(wanted, most)
            question = (name, wanted.model_dump_json(), most)
            return kept.get(question, lambda: asked_now(wanted, most))

        return Question(
            name=name, path=path, summary=summary, description=description, row=row,
            parameters=parameters, ask=ask, limit=limit, owners=owners, example=EXAMPLES[name],
        )  # fmt: skip

    return (
        make("due", "due", "Deadlines around a day, coming up and passed",
             "Earliest first: from `passed` days before `on` (today without it) to `ahead` days "
             "after. `due` is the last day on which one is in time, `days` how far it is. What "
             "recurs is told for each time, as `basis` says. Documents that no file has any more "
             "are left out unless `superseded` says.",
             rows.DueRow, asked.DueQuestion, asked.due_answer),
        make("progress", "progress", "Results against targets",
             "By campaign, organisation, unit and population: each goal with the latest result "
             "that can be held against it, and results without a goal. Where nothing can be "
             "compared, `reason` tells why. A ratio whose `status` is not `accepted` rests on what "
             "a person must confirm.",
             rows.ProgressRow, asked.ProgressQuestion, asked.progress_answer,
             limit="Claims that are looked at, those of the newest documents.",
             owners=("goal.directive_id", "result.directive_id")),
        make("finding_counts", "findings/counts", "Findings by kind",
             "How often each kind of finding was made, and on how many documents; the most "
             "frequent first. `code` may be the beginning of one.",
             rows.FindingCount, asked.FindingQuestion, asked.finding_answer, owners=None),
        make("due_months", "due/months", "Months in which something is due",
             "How many dated deadlines have their last day in each month, in order; what recurs is "
             "not counted.",
             dated.MonthRow, dated.MonthsQuestion, dated.months_answer,
             limit="Months, the latest.", owners=None, keep=True),
        make("coverage", "coverage", "Documents, targets and results by province",
             "By the issuer's province, as it was called at the time or (`now`) as of today; those "
             "whose issuer tells none come last. `targets` and `results` count documents. The "
             "whole archive is counted whole, a part of it by its newest `limit` documents.",
             covered.CoverageRow, covered.CoverageQuestion, covered.coverage_answer,
             limit=_NEWEST, owners=None, keep=True),
        make("heads", "heads", "Documents that the most others carry out",
             "Where a chain begins: documents of the archive, and numbers that are only cited. "
             "Give `key` to `/chain`.",
             covered.HeadRow, covered.HeadsQuestion, covered.heads_answer,
             limit=_NEWEST, owners=("id", "cited_by"), keep=True),
        make("quality", "quality", "What is accepted, what is to be reviewed, how well pages were "
             "read",
             "Documents by state, statuses by field, reasons for review, and by month (of issue "
             "and of ingest) the mean confidence of words and the share that repair changed. "
             "`truncated`: measured on documents drawn evenly over all; `of` says on how many.",
             measured.QualityRow, measured.QualityQuestion, measured.quality_answer,
             limit="Documents whose records are looked at.", owners=None, keep=True),
    )  # fmt: skip


__all__ = ["collections", "questions"]
