"""A word of a page as a person decided it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.decision import Made
from models.decision_paths import RULE, Path, UndecidableError
from models.text import Edit, PageText, Word

# -- words ---------------------------------------------------------------------------------------


def edit_at(pages: Sequence[PageText], path: Path) -> tuple[Word, Edit | None]:
    """The word that a path names, and the edit that repair made or proposes there.

    :raises UndecidableError: there is no such word
    """
    page, line_number, place = path.word
    text = next((p for p in pages if p.page == page), None)
    lines = [line for b in text.blocks for line in b.lines] if text is not None else []
    if text is None or line_number >= len(lines) or place >= len(lines[line_number].words):
        raise UndecidableError(f"There is no word {place} in line {line_number} of page {page}.")
    edits = [e for e in text.edits if (e.line, e.word) == (line_number, place)]
    return lines[line_number].words[place], edits[-1] if edits else None


def word_decided(pages: tuple[PageText, ...], decision: Made, path: Path) -> tuple[PageText, ...]:
    """The pages with one word as it was decided; as they are where the word is another now."""
    try:
        word, edit = edit_at(pages, path)
    except UndecidableError:
        return pages
    before = decision.before if isinstance(decision.before, dict) else {}
    if word.as_read != before.get("raw"):
        return pages
    page, line_number, place = path.word
    new = word.as_read if decision.action == "revert" else str(decision.value)
    changed = word.model_copy(update={"text": new, "raw": word.as_read if new != word.as_read
                                      else None})  # fmt: skip
    base = edit or Edit(
        page=page, line=line_number, word=place, raw=word.as_read, repaired=new, probability=1.0,
        reason=RULE,
    )  # fmt: skip
    status = "rejected" if decision.action == "revert" else "applied"
    update: dict[str, Any] = {"status": status, "probability": 1.0, "reason": RULE}
    if decision.action != "revert":
        update["repaired"] = new
    done = base.model_copy(update=update)
    return tuple(
        _with_word(p, line_number, place, changed, done) if p.page == page else p for p in pages
    )


def _with_word(page: PageText, number: int, place: int, word: Word, edit: Edit) -> PageText:
    blocks, count = [], 0
    for block in page.blocks:
        if count <= number < count + len(block.lines):
            lines = list(block.lines)
            words = list(lines[number - count].words)
            words[place] = word
            lines[number - count] = lines[number - count].model_copy(update={"words": tuple(words)})
            block = block.model_copy(update={"lines": tuple(lines)})
        blocks.append(block)
        count += len(page.blocks[len(blocks) - 1].lines)
    kept = [e for e in page.edits if (e.line, e.word) != (number, place)]
    edits = sorted((*kept, edit), key=lambda e: (e.line, e.word))
    return page.model_copy(update={"blocks": tuple(blocks), "edits": tuple(edits)})
