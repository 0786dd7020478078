"""Answers that look at much are kept while nothing changes, and not much longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pipeline.serve.ports import Whole
from pipeline.serving_kept import Kept


class Watch:
    """A clock and an archive that are moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.mark = 0
        self.asked = 0

    def kept(self) -> Kept:
        return Kept(lambda: self.mark, lambda: self.now)

    def ask(self) -> Whole:
        self.asked += 1
        return Whole((), False)


def asked(watch: Watch, kept: Kept) -> Callable[[object], Whole]:
    return lambda question: kept.get(question, watch.ask)


def test_an_answer_is_given_again_while_nothing_changes_and_says_its_age() -> None:
    watch = Watch()
    get = asked(watch, watch.kept())
    first = get("a")
    watch.now += timedelta(days=3)
    assert get("a") is first
    assert (first.at, watch.asked) == (datetime(2026, 1, 1, tzinfo=UTC), 1)
    get("b")
    assert watch.asked == 2


def test_after_a_change_it_is_given_for_a_minute_more() -> None:
    watch = Watch()
    get = asked(watch, watch.kept())
    get("a")
    watch.mark = 1
    watch.now += timedelta(seconds=59)
    get("a")
    assert watch.asked == 1
    watch.now += timedelta(seconds=1)
    assert get("a").at == watch.now
    assert watch.asked == 2


def test_the_answers_longest_unasked_are_forgotten() -> None:
    watch = Watch()
    get = asked(watch, watch.kept())
    for number in range(64):
        get(number)
    get(0)
    get("one more")
    asked_so_far = watch.asked
    get(0)
    assert watch.asked == asked_so_far
    get(1)
    assert watch.asked == asked_so_far + 1
