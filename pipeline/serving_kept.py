"""Answers that are kept while nothing changes, for questions that look at much.

An answer is right as long as the history of the archive ends where it ended. While something is
being ingested that is never long; so an answer is also given again for a minute after the archive
changed, and says when it was made.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from pipeline.serve.ports import Whole

_MOST: Final = 64
_STALE: Final = timedelta(seconds=60)


def _now() -> datetime:
    return datetime.now(UTC)


class Kept:
    """The latest answers, by question; may be used from several threads at once.

    :param mark: what stands for the state of the archive, quick to ask
    """

    def __init__(self, mark: Callable[[], object], clock: Callable[[], datetime] = _now) -> None:
        self._mark = mark
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: OrderedDict[object, tuple[object, datetime, Whole]] = OrderedDict()

    def get(self, question: object, ask: Callable[[], Whole]) -> Whole:
        """The answer to ``question`` (hashable) with the time when it was made."""
        now, mark = self._clock(), self._mark()
        with self._lock:
            known = self._answers.get(question)
            if known is not None and (known[0] == mark or now - known[1] < _STALE):
                self._answers.move_to_end(question)
                return known[2]
        answer = ask()._replace(at=now)
        with self._lock:
            self._answers[question] = (mark, now, answer)
            self._answers.move_to_end(question)
            while len(self._answers) > _MOST:
                self._answers.popitem(last=False)
        return answer
