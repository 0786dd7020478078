"""What shows only beside other documents, whatever the order in which they came."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.directive import Campaign, Deadline, Directive, FieldValue, Source
from pipeline.check import across, alike, carried, circle, compared, renewed
from pipeline.check.across import PREFIX, _longest_rise
from tests.extract.builders import PLAN, SHARED, read


def sure(value: str) -> FieldValue:
    return FieldValue(value=value, confidence=1.0, status="accepted")


def document(
    id_: str,
    number: str,
    issued: str,
    *,
    issuer: str = "Liên đoàn Lao động tỉnh Cà Mau",
    doc_type: str = "Công văn",
    ends: str | None = None,
) -> Directive:
    serial, _, symbol = number.partition("/")
    deadlines = ()
    if ends:
        text = f"từ nay đến thời điểm kết thúc ({ends})"
        deadlines = (Deadline(text=text, date=f"{issued}/{ends}", operator="within", action=text),)
    return Directive(
        id=id_,
        source=Source(path="", sha256=id_, media_type="text/plain", pages=1, kind="text"),
        issuer=sure(issuer),
        number=sure(number),
        serial=sure(serial),
        symbol=sure(symbol),
        issued=sure(issued),
        doc_type=sure(doc_type),
        campaign=Campaign(id="c", name="C") if ends else None,
        deadlines=deadlines,
    )


def codes(directives: list[Directive]) -> dict[str, list[str]]:
    found = across(directives)
    return {i: [f.code.removeprefix(PREFIX) for f in findings] for i, findings in found.items()}


def test_a_number_older_than_its_forerunner_is_out_of_its_series() -> None:
    series = [
        document("a", "100/LĐLĐ", "2022-03-01"),
        document("b", "110/LĐLĐ", "2022-03-10"),
        document("c", "120/LĐLĐ", "2022-01-05"),
        document("d", "130/LĐLĐ", "2022-04-01"),
    ]
    assert codes(series) == {"c": ["number_order"]}
    message = across(series)["c"][0].message
    assert "120/LĐLĐ" in message
    assert "2022-01-05" in message


def test_other_offices_years_and_symbols_are_other_series() -> None:
    assert codes([
        document("a", "100/LĐLĐ", "2022-03-01"),
        document("b", "120/LĐLĐ", "2021-01-05"),
        document("c", "120/LĐLĐ", "2022-01-05", issuer="Liên đoàn Lao động tỉnh Trà Vinh"),
        document("d", "120/KH-LĐLĐ", "2022-01-05", doc_type="Kế hoạch"),
    ]) == {}  # fmt: skip


def test_two_documents_with_one_key() -> None:
    pair = [document("a", "05/LĐLĐ", "2022-03-01"), document("b", "05/LĐLĐ", "2022-03-01")]
    assert codes(pair) == {"a": ["same_key"], "b": ["same_key"]}
    other_type = document("b", "05/LĐLĐ", "2022-03-01", doc_type="Thông báo")
    assert codes([pair[0], other_type]) == {}


def test_what_is_not_accepted_is_not_compared() -> None:
    unsure = document("b", "05/LĐLĐ", "2022-03-01")
    unsure = unsure.model_copy(
        update={"number": unsure.number.model_copy(update={"status": "review"})}
    )
    assert codes([document("a", "05/LĐLĐ", "2022-03-01"), unsure]) == {}


def test_sources_that_end_a_campaign_on_different_days() -> None:
    documents = [
        document("a", "01/LĐLĐ", "2022-07-01", ends="2023-08-31"),
        document("b", "02/LĐLĐ", "2022-07-02", ends="2023-09-01"),
        document("c", "03/LĐLĐ", "2023-09-02", ends="2024-09-01"),
    ]
    assert codes(documents) == {"a": ["campaign_end"], "b": ["campaign_end"]}
    assert "2023-09-01 in 02/LĐLĐ (b)" in across(documents)["a"][0].message


def test_the_order_of_arrival_changes_nothing() -> None:
    documents = [
        document("a", "05/LĐLĐ", "2022-03-01", ends="2023-08-31"),
        document("b", "05/LĐLĐ", "2022-03-01", ends="2023-09-01"),
        document("c", "09/LĐLĐ", "2022-01-01"),
    ]
    results = [across(list(order)) for order in permutations(documents)]
    assert results[0]
    assert all(result == results[0] for result in results)


def test_findings_across_the_archive_replace_their_forerunners() -> None:
    plan = read(PLAN)
    other = plan.model_copy(update={"id": "vt-other"})
    found = across([plan, other])
    once = compared(plan, found)
    assert [f.code for f in once.findings] == [f"{PREFIX}same_key"]
    assert f"finding: {PREFIX}same_key" in once.review.reasons
    assert compared(once, found) == once
    assert compared(plan, carried(plan, once)) == once
    alone = compared(once, across([once]))
    assert alone.findings == ()
    assert alone.review.reasons == compared(plan, {}).review.reasons


@given(st.lists(st.sampled_from("abcdef"), max_size=12))
def test_the_longest_rise_rises_and_cannot_be_longer(values: list[str]) -> None:
    kept = [values[i] for i in sorted(_longest_rise(values))]
    assert kept == sorted(kept)
    best = 0
    for mask in range(1 << min(len(values), 9)):
        chosen = [v for i, v in enumerate(values[:9]) if mask >> i & 1]
        if chosen == sorted(chosen):
            best = max(best, len(chosen))
    assert len(kept) >= best


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="no reference material")
def test_the_seeds_contradict_each_other_about_the_end_of_the_campaign() -> None:
    paths = sorted((SHARED / "seeds").glob("*.txt"))
    seeds = {path.name[:3]: read(path.read_text()) for path in paths}
    found = across(seeds.values())
    ended = {
        name: next((f.message for f in found.get(d.id, ()) if f.code.endswith("campaign_end")), "")
        for name, d in seeds.items()
    }
    assert "ends on 2023-08-31 here, but 2023-09-01" in ended["000"]
    assert "ends on 2023-09-01 here, but 2023-08-31" in ended["002"]
    assert "ends on 2023-09-01 here, but 2023-08-31" in ended["003"]
    assert not ended["001"]
    assert not ended["004"]


_SOME = st.builds(
    document,
    st.just(""),
    st.builds("{}/{}".format, st.integers(1, 6), st.sampled_from(["LĐLĐ", "KH-LĐLĐ"])),
    st.sampled_from(["2022-01-05", "2022-03-01", "2022-03-10", "2023-02-02"]),
    issuer=st.sampled_from(["Công đoàn A", "Công đoàn B"]),
    doc_type=st.sampled_from(["Công văn", "Kế hoạch"]),
    ends=st.sampled_from([None, "2023-09-01", "2023-10-01"]),
)


@given(st.lists(_SOME, min_size=1, max_size=9), _SOME, st.data())
def test_a_look_around_a_changed_document_finds_what_a_look_across_all_would(
    many: list[Directive], other: Directive, data: st.DataObject
) -> None:
    many = [one.model_copy(update={"id": f"d{n}"}) for n, one in enumerate(many)]
    found = across(many)
    stood = [compared(one, found) for one in many]
    place = data.draw(st.integers(0, len(many) - 1))
    old = stood[place]
    new = other.model_copy(update={"id": old.id, "findings": old.findings})
    touched = circle((old, new))
    now = [*stood[:place], new, *stood[place + 1 :]]
    whole = across(now)
    assert renewed(now, touched, {old.id}) == {one.id: whole.get(one.id, ()) for one in now}
    # Those outside of its groups need not be there, and keep what they have.
    inside = [one for one in now if one is new or _shares(one, touched)]
    near = renewed(inside, touched, {old.id})
    assert near == {one.id: whole.get(one.id, ()) for one in inside}
    for one in now:
        if one.id not in near:
            assert carried(one, one)[one.id] == whole.get(one.id, ())


def _shares(one: Directive, touched: object) -> bool:
    mine = circle((one,))
    return any(mine.groups[code] & groups for code, groups in touched.groups.items())  # type: ignore[attr-defined]


def test_what_a_look_across_does_not_compare_makes_no_difference() -> None:
    one = document("a", "1/LĐLĐ", "2022-01-05")
    assert alike(one, one.model_copy(update={"subject": sure("Về việc khác")}))
    assert not alike(one, document("a", "1/LĐLĐ", "2022-01-06"))
