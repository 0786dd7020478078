"""One way to take text apart, for what is indexed and for what is asked.

A token is a run of letters or a run of digits, folded (no marks, đ as d, lower case). Letters part
from digits so that ``482ldld``, ``482 ldld`` and ``482/LĐLĐ`` are the same three ways to say one
number, and leading zeros go (``05/KH`` is ``5/KH``). The database's own tokenizer never sees
anything but our tokens with blanks between, so its Unicode tables cannot disagree with ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from models.vietnamese import LETTERS, fold, nfc, tone_key

#: Marks that NFC found no letter for, and invisible characters inside words: part of the word for
#: its span, no part of its token.
_IGNORED: Final = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
_TOKEN: Final = re.compile(rf"\d(?:[\d{_IGNORED}])*|[^\W\d_](?:[^\W\d_]|[{_IGNORED}])*")
_DROP: Final = re.compile(f"[{_IGNORED}]")
_MARKED: Final = re.compile(f"[{LETTERS}]")
#: More terms than this in one question are not asked: nobody types them, and each costs time.
MAX_TERMS: Final = 32
MAX_NUMBER: Final = 200
#: Likewise for names: an entry of PostgreSQL may have 2,700 bytes, a character up to 4.
MAX_KEY: Final = 600


class Token(NamedTuple):
    """A folded token and the span of NFC text it stands for."""

    text: str
    start: int
    end: int


def _tidied(word: str) -> str:
    """A folded word as a token."""
    if not word.isascii():
        word = _DROP.sub("", word).casefold()
    return word.lstrip("0") or word


def fold_word(word: str) -> str:
    """One word as its token."""
    return _tidied(fold(word))


def tokens(text: str) -> Iterator[Token]:
    """The tokens of ``text``, which must be NFC for the spans to be right.

    Folding keeps the length of NFC text, so spans of the folded text are spans of the text.
    """
    for match in _TOKEN.finditer(fold(text)):
        word = match.group()
        # Most words are tokens as they are; to ask this first is several times as quick.
        if word[0] == "0" or not word.isascii():
            word = _tidied(word)
        yield Token(word, match.start(), match.end())


def key(text: str | None) -> str:
    """The tokens of ``text`` with blanks between: what is indexed, and what is compared."""
    if not text:
        return ""
    if len(text) <= _LONG:
        return _short_key(text)
    return _quick_keys([text])[0]


def _slow_key(text: str) -> str:
    return " ".join(map(_tidied, _TOKEN.findall(fold(text))))


@lru_cache(maxsize=1 << 15)  # names and types of documents are met again and again
def _short_key(text: str) -> str:
    return _slow_key(text)


#: From this length on the table below is quicker than a regular expression.
_LONG: Final = 200
#: So many texts are taken at once; of more, what is made on the way leaves the processor's cache.
_TEXTS: Final = 32
#: Code points up to here have a place in the table: Vietnamese, punctuation, the usual signs.
_TABLE_END: Final = 0x2700
_BLANK: Final = ord(" ")
#: In the table: a character that only the regular expression knows how to take.
_UNKNOWN: Final = 255
#: That character in an aligned text.
UNKNOWN_SIGN: Final = chr(_UNKNOWN)


@cache
def _table() -> Any:
    """What each code point adds to a key: an ASCII letter or digit, a blank, or ``_UNKNOWN``."""
    import numpy as np  # here, because most commands never index

    table = np.full(_TABLE_END + 1, _UNKNOWN, dtype=np.uint8)
    for code in range(_TABLE_END):
        char = chr(code)
        folded = fold(char)
        if nfc(char) != char or len(folded) != 1:
            continue
        if folded.isascii() and folded.isalnum():
            table[code] = ord(folded)
        elif _TOKEN.match(folded) is None and not _DROP.match(folded):
            table[code] = _BLANK
    return table


#: Between the texts of :func:`_quick_keys`, and what the table says of it; the least sign of all.
_END: Final = "\0"
_END_CODE: Final = ord("\n")
_NOUGHTS: Final = re.compile(r" 0+(?=[1-9])")


def keys(texts: Sequence[str]) -> list[str]:
    """:func:`key` of each of ``texts``; of many pages of text in a fraction of the time.

    What a look into the table costs beside the looking is paid once for many.
    """
    if sum(map(len, texts)) <= _LONG:
        return list(map(key, texts))
    found: list[str] = []
    for start in range(0, len(texts), _TEXTS):
        found += _quick_keys(texts[start : start + _TEXTS])
    return found


def _quick_keys(texts: Sequence[str]) -> list[str]:
    """:func:`key` by one look into a table for each character."""
    import numpy as np

    whole = _END.join([nfc(text).replace(_END, " ") for text in texts])
    codes = np.frombuffer(whole.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    chars = _table_with_ends().take(codes, mode="clip")
    unknown = np.flatnonzero(chars == _UNKNOWN)
    ends = np.flatnonzero(chars == _END_CODE)
    owners = set(np.searchsorted(ends, unknown).tolist())
    chars[unknown] = _BLANK
    letter = chars > _BLANK
    digit = chars < ord("a")
    digit &= letter
    # A token begins behind what is no letter, and where letters and digits meet.
    begins = letter.copy()
    begins[1:] &= ~letter[:-1] | (digit[1:] ^ digit[:-1])
    # Before each character room for the blank that begins a token; what stays empty goes.
    spaced = np.zeros((len(chars), 2), dtype=np.uint8)
    np.multiply(begins, _BLANK, out=spaced[:, 0], casting="unsafe")
    np.multiply(chars, chars != _BLANK, out=spaced[:, 1], casting="unsafe")
    found = spaced.tobytes().translate(None, b"\0").decode("ascii")
    if " 0" in found:  # a nought that begins a longer number goes
        found = _NOUGHTS.sub(" ", found)
    made = [each[1:] for each in found.split(chr(_END_CODE))]
    for owner in owners:
        made[owner] = _slow_key(texts[owner])
    return made


def distinct(texts: Sequence[str]) -> set[str]:
    """The tokens of keys, each once.

    Most tokens are eight ASCII characters at most, and so a whole number of 64 bits: to find those
    that differ costs a third of making a string of each.
    """
    import numpy as np

    usual = [text for text in texts if text.isascii()]
    found = {word for text in texts if not text.isascii() for word in text.split(" ")}
    # Behind the last one blanks, so that eight bytes can be taken from any place.
    whole = (" ".join(usual) + " " * _PACKED).encode("ascii")
    data = np.frombuffer(whole, dtype=np.uint8)
    ends = np.flatnonzero(data == _BLANK)[: 1 - _PACKED]
    starts = np.append(0, ends[:-1] + 1)
    lengths = ends - starts
    anywhere = np.ndarray((len(data) - _PACKED + 1,), "<u8", whole, strides=(1,))
    packed = anywhere.take(starts)
    packed &= _first_bytes().take(lengths, mode="clip")
    short = lengths <= _PACKED
    if not short.all():
        packed = packed[short]
        long = ~short
        spans = zip(starts[long].tolist(), ends[long].tolist(), strict=True)
        found.update(whole[start:end].decode("ascii") for start, end in spans)
    found.update(_distinct(packed).view("S8").astype("U8").tolist())
    return found - {""}


def _distinct(numbers: Any) -> Any:
    """``numbers`` (unsigned, 64 bits), each once and no nought, by places in a table.

    Those that share a place with others are put again, and what is left of them then is sorted:
    to sort all takes six times as long.
    """
    import numpy as np

    found = []
    for _ in range(_ROUNDS):
        places = ((numbers * np.uint64(_SPREAD)) >> np.uint64(64 - _PLACES_BITS)).view(np.int64)
        table = np.zeros(1 << _PLACES_BITS, dtype=np.uint64)
        table[places] = numbers
        found.append(table[table != 0])
        numbers = numbers[(table.take(places) != numbers) & (numbers != 0)]
    return np.concatenate([*found, np.unique(numbers)])


#: 2^64 by the golden ratio: it spreads what differs in few bits over the first bits.
_SPREAD: Final = 0x9E3779B97F4A7C15
_PLACES_BITS: Final = 13
_ROUNDS: Final = 2
#: Bytes of a number.
_PACKED: Final = 8


@cache
def _first_bytes() -> Any:
    """By how many first bytes of a number to keep: a mask for it."""
    import numpy as np

    return np.array([(1 << 8 * count) - 1 for count in range(_PACKED + 1)], dtype=np.uint64)


@cache
def _table_with_ends() -> Any:
    table = _table().copy()
    table[ord(_END)] = _END_CODE
    return table


def aligned(text: str) -> str:
    """The folded letters and digits of NFC text, each where it stands, and other signs between.

    What is neither usual in Vietnamese nor ASCII becomes a sign too: see :func:`fold` for those.
    """
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    chars: str = _table()[np.minimum(codes, _TABLE_END)].tobytes().decode("latin-1")
    return chars


def short_key(text: str | None) -> str:
    """:func:`key` for a column with an index: the beginning, if it is longer than an entry may be.

    Two thousand bytes and more are no name of a body and no type of document.
    """
    return key(text)[:MAX_KEY]


def number_key(number: str | None) -> str:
    """A number without blanks, marks, case and punctuation: ``482/LĐLĐ`` -> ``482ldld``.

    No longer than an entry of an index may be: of a longer "number" the beginning.
    """
    return key(number).replace(" ", "")[:MAX_NUMBER]


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that must follow each other; ``prefix``: the last one may go on.

    ``marked`` are the words of the term that were typed with marks, for ranking.
    """

    tokens: tuple[str, ...]
    prefix: bool = False
    marked: tuple[str, ...] = ()

    @property
    def match(self) -> str:
        """The term in FTS5's language; quoted, so that nothing in it is an operator."""
        quoted = " ".join(self.tokens).replace('"', '""')
        return f'"{quoted}"' + (" *" if self.prefix else "")

    @property
    def spelled(self) -> str:
        """The term as it stands in a key that has a blank on either side."""
        return " " + " ".join(self.tokens) + ("" if self.prefix else " ")


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked: every term must be in a document."""

    terms: tuple[Term, ...]

    @property
    def number_key(self) -> str:
        """The whole question as if it were a document number."""
        return "".join(token for term in self.terms for token in term.tokens)

    @property
    def marked(self) -> tuple[str, ...]:
        """The words typed with marks, in order, each once."""
        return tuple(dict.fromkeys(word for term in self.terms for word in term.marked))


def _pieces(query: str) -> Iterator[tuple[str, bool]]:
    """Phrases in quotes (an unclosed one runs to the end) and words, each with its prefix star."""
    for match in re.finditer(r'["“”]([^"“”]*)(?:["“”]|$)(\*?)|([^\s"“”]+)', query):
        phrase, star, word = match.groups()
        if word is None:
            yield phrase, bool(star)
        else:
            yield word, word.endswith("*")


def _term(piece: str, prefix: bool) -> Term | None:
    found = list(tokens(piece))
    if not found:
        return None
    marked = tuple(
        word
        for token in found
        if _MARKED.search(word := _DROP.sub("", piece[token.start : token.end]).lower())
    )
    return Term(tuple(token.text for token in found), prefix, marked)


def ask(query: str) -> Question:
    """Read a question as typed. Any text is a question; one without words has no terms."""
    terms: dict[Term, None] = {}
    for piece, prefix in _pieces(nfc(query)):
        term = _term(piece, prefix)
        if term is not None:
            terms[term] = None
        if len(terms) == MAX_TERMS:
            break
    return Question(tuple(terms))


_OPEN_RIME: Final = re.compile(r"(o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])$")
_TONE_FIRST: Final = dict(
    zip(
        ("oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ",
         "uỳ", "uý", "uỷ", "uỹ", "uỵ"),
        ("òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe",
         "ùy", "úy", "ủy", "ũy", "ụy"),
        strict=True,
    )
)  # fmt: skip


def spellings(word: str) -> tuple[str, ...]:
    """A lower-case word with its tone in either place: ``hoà`` and ``hòa``."""
    late = tone_key(word)
    early = _OPEN_RIME.sub(lambda rime: _TONE_FIRST[rime.group()], late)
    # tone_key leaves "quý" alone, and so must the way back: "qúy" is not a spelling.
    if late.startswith("qu"):
        early = late
    return tuple(dict.fromkeys((word, late, early)))
