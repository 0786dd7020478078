"""Why a file is in quarantine, as sentences.

The stages say it in English (``The PDF has 900 pages; the limit is 500.``). Here it is said in the
language of the visit; what is of no known form is left to the category's own words, with the
exact message behind them.
"""

from __future__ import annotations

import re
from typing import Final

from models.failure import Failure
from pipeline.serve.web.formats import FORMATS
from pipeline.serve.web.site import Visit

_N: Final = r"[\d.,]+"
#: The forms, each with the key of its message; groups are the message's values.
_FORMS: Final[tuple[tuple[str, str], ...]] = (
    (r"The file is empty \(0 bytes\)\.", "empty"),
    (r"The file is neither PDF, TIFF, JPEG, PNG nor text\.", "no_document"),
    (r"The file is named (?P<name>\S+) but holds plain text\.", "text_in_disguise"),
    (r"A text file named (?P<name>\S+) is not read\.", "text_suffix"),
    (r"The file is (?P<what>.+), which is not read\.", "other_kind"),
    (r"The file starts as (?P<name>.+) but is damaged\.", "damaged_start"),
    (rf"The image is (?P<width>{_N}) x (?P<height>{_N}) pixels; the limit is (?P<most>{_N}) "
     r"megapixels\.", "image_pixels"),
    (r"Page (?P<page>\d+) has no area\.", "no_area"),
    (r"The image's header is damaged\.|The image is damaged\.", "image_damaged"),
    (rf"The (?:image file has more than|text has {_N} pages; the limit is|PDF has {_N} pages; the "
     rf"limit is) (?P<most>{_N})(?: pages)?\.", "pages"),
    (r"(?:Rendering page \d+|Reading the page|.+) took longer than (?P<seconds>[\d.,]+) "
     r"(?:s|seconds)(?: and was stopped)?\.", "too_slow"),
    (r"Page \d+ cannot be rendered\.|pdftoppm failed on page \d+\."
     r"|pdftoppm gave no image of page \d+\.", "not_drawn"),
    (r".+ cannot read this PDF\.|The PDF is damaged and cannot be opened\."
     r"|The PDF's structure is damaged\.", "pdf_damaged"),
    (r"The PDF is cut off: its end is missing\.", "pdf_cut"),
    (r"The PDF has no pages\.|The file has no pages\.", "no_pages"),
    (r"The PDF is protected by a password\.", "password"),
    (rf"Page (?P<page>\d+) is (?P<inches>{_N}) inches long; the limit is (?P<most>{_N}) inches\.",
     "page_side"),
    (rf"Page (?P<page>\d+) holds an image of (?P<size>{_N}) megapixels; the limit is "
     rf"(?P<most>[\d.,]*\d)\.", "page_pixels"),
    (rf"Page (?P<page>\d+) unpacks to more than (?P<most>{_N}) MB of drawing commands\.",
     "page_unpacks"),
    (rf"The text file has (?P<size>{_N}) MB; the limit is (?P<most>{_N}) MB\.", "text_size"),
    (rf"The file is larger than the limit of (?P<most>{_N}) MB\.", "file_size"),
    (r"The file holds no text, only blanks\.", "blank"),
    (r"The text is in an encoding that is not recognised\.", "encoding"),
    (r"The path is no longer a regular file\.", "no_file"),
    (r"The file cannot be (?:opened|read): (?P<why>.+)\.", "closed"),
    (r"The stored original is gone or damaged\.", "original_gone"),
    (r".+ ran out of memory on this (?:page|file)\.|The .+ needs more memory than .+\."
     r"|The worker was killed, most likely for want of memory\.", "memory"),
    (r".+ crashed \(signal \d+\)\.|The worker process crashed\.", "crashed"),
    (r"(?:Tesseract|TrueOCR) failed on this page\.|Tesseract could not be run\.", "engine"),
    (r"The run was stopped\.", "stopped"),
    (r"Unexpected \w+ inside vanthu\.|The worker was not started\."
     r"|The page image could not be encoded\.|A stamp's image could not be encoded\."
     r"|A stored (?:stamp|page image) cannot be decoded\.|The stored .+ is gone\.", "defect"),
)  # fmt: skip
_PATTERNS: Final = [(re.compile(form, re.DOTALL), key) for form, key in _FORMS]
_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")


def form_of(reason: str) -> tuple[str, dict[str, str]] | None:
    """The message for a reason and its values; ``None``: of no known form."""
    for pattern, key in _PATTERNS:
        found = pattern.fullmatch(reason)
        if found is not None:
            return key, found.groupdict()
    return None


def told(visit: Visit, failure: Failure) -> str:
    """The reason in the language of the visit; empty: of no known form."""
    found = form_of(failure.reason)
    if found is None:
        return ""
    key, values = found
    return visit.say("failures." + key, **{n: _value(visit, v) for n, v in values.items()})


def _value(visit: Visit, text: str) -> str:
    """A value: numbers as they are written in the language, known words in its words."""
    if _NUMBER.fullmatch(text):
        return FORMATS[visit.language].number(float(text.replace(",", "")), 1)
    key = "failures.known." + re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return visit.say(key) if visit.site.catalogue.has(key) else text
