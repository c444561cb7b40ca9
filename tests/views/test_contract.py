"""The contract of views: an answer that one lets through can be stored and learned as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbannotate.errors import AnswerError, LabelError, NbannotateError, SpanError
from nbannotate.tasks import (
    ANSWER_KINDS,
    COMPARE,
    PARTS,
    SIDES,
    VIEWS,
    Input,
    Relation,
    Span,
    Task,
    Version,
    View,
    component_of,
    find_view,
    share_labels,
)
from tests.loops import a_session, tokenize

TEXT = "Méth 🙂 is bad\r\nin Ber\u0301lin 👩‍👩‍👧."
LABELS = ("DRUG", "PLACE")
CATEGORIES = ("praise", "complaint")
FIELDS = (Input("reason", required=True), Input("title"))


RELATED = Relation(Span(0, 4, "DRUG"), Span(7, 9, "PLACE"), "NEAR")


def a_page(*names: str, exclusive: bool = True) -> View:
    page = find_view(list(names), exclusive=exclusive, inputs=FIELDS if "input" in names else ())
    by_layout = {"spans": LABELS, "choice": CATEGORIES}
    takes = {each.name: by_layout[each.layout] for each in page.blocks if each.takes_labels}
    return share_labels(page, takes)


VIEW_LIST = [
    find_view(name, exclusive=exclusive, relations=("NEAR",) if "relations" in name else ())
    for name in VIEWS
    for exclusive in ((True, False) if name.startswith("textcat.") else (False,))
] + [
    a_page("ner.manual", "textcat.manual", exclusive=False),
    a_page("textcat.correct", "spans.manual"),
    a_page("ner.correct", "textcat.manual", "input"),
    a_page("binary", "input"),
]
VIEW_LIST.append(COMPARE)
views = pytest.mark.parametrize("view", VIEW_LIST, ids=lambda v: f"{v.name}-{v.exclusive}")


def a_task(view: View, text: str = TEXT, spans: tuple[Span, ...] = ()) -> Task:
    binary = view.layout == "binary" and view.component is not None
    if binary and view.component != "textcat":
        spans = (Span(0, 4, "DRUG", 0.7),)
    return Task(
        text,
        1,
        2,
        view.name,
        SIDES if view is COMPARE else LABELS + CATEGORIES if view.parts else LABELS,
        spans=spans,
        options=dict.fromkeys(choices_of(view), 0.5) if view.shows("choice") else {},
        label="DRUG" if binary else None,
        versions=tuple(Version((name,)) for name in LABELS) if view is COMPARE else (),
    )


def settle(view: View, answer: str, task: Task | None = None, **parts):
    task = task or a_task(view)
    return view.settle(task, answer, tokens=tokenize(task.text), **parts)


def choices_of(view: View) -> tuple[str, ...]:
    block = view.block("choice")
    return (block.labels or LABELS) if block else ()


def right_parts(view: View) -> dict:
    right = {
        "spans": {"spans": [{"start": 0, "end": 4, "label": "DRUG"}]},
        "relations": {
            "spans": [each.to_dict() for each in (RELATED.head, RELATED.child)],
            "relations": [RELATED.to_dict()],
        },
        "choice": {"accept": list(choices_of(view)[:1])},
        "input": {"inputs": {view.inputs[0].name: "écrit 🙂\n2"} if view.inputs else {}},
        "binary": {},
    }
    return {part: value for each in view.blocks for part, value in right[each.layout].items()}


SPANS_VIEW = find_view("ner.manual", exclusive=True)
NESTED_VIEW = find_view("spans.manual", exclusive=True)
CHOICE = find_view("textcat.manual", exclusive=True)
CHOICES = find_view("textcat.manual", exclusive=False)


@views
@pytest.mark.parametrize("kind", ANSWER_KINDS)
def test_each_kind_of_answer_fits_with_its_parts(view: View, kind: str):
    assert settle(view, kind, **right_parts(view)).answer == kind


@views
@pytest.mark.parametrize("kind", ["reject", "ignore"])
def test_reject_and_ignore_need_no_parts(view: View, kind: str):
    assert settle(view, kind).answer == kind


@views
@pytest.mark.parametrize("kind", ["", "yes", "ACCEPT", None, 1])
def test_another_kind_of_answer_is_told_which_there_are(view: View, kind):
    with pytest.raises(AnswerError, match="'accept', 'reject', 'ignore'"):
        settle(view, kind, **right_parts(view))


@views
def test_parts_of_another_layout_are_refused_with_an_example_that_fits(view: View):
    given = {"spans": [], "accept": [], "inputs": {}, "relations": []}
    assert given.keys() == set(PARTS)
    for part in given.keys() - view.takes:
        with pytest.raises(AnswerError, match=r"answer\('accept'"):
            settle(view, "accept", **right_parts(view) | {part: given[part]})
        if view.reads_whole_text:
            with pytest.raises(AnswerError, match=part):
                settle(view, "accept", **{"spans": [], part: given[part]})


@views
def test_a_part_that_no_answer_has_is_refused(view: View):
    with pytest.raises(TypeError, match="no part 'span'; it may have spans, accept"):
        settle(view, "accept", **right_parts(view), span=[])


@views
def test_what_was_said_can_be_said_again(view: View):
    once = settle(view, "accept", **right_parts(view))
    assert settle(view, "accept", **view.say_again(once)) == once
    assert view.say_again(once).keys() == right_parts(view).keys()


@views
def test_what_is_settled_settles_to_itself(view: View):
    once = settle(view, "accept", **right_parts(view))
    again = {part: getattr(once, part) for part in right_parts(view)}
    assert settle(view, "accept", **again) == once


@views
def test_an_unknown_label_is_refused(view: View):
    if view.layout == "binary":
        assert settle(view, "accept", **right_parts(view)).label in (*LABELS, None)
    other = {"spans": [{"start": 0, "end": 4, "label": "OTHER"}], "accept": ["OTHER"]}
    for part in other.keys() & right_parts(view).keys():
        with pytest.raises(LabelError, match=r"'OTHER' is not one of.*: '"):
            settle(view, "accept", **right_parts(view) | {part: other[part]})


@pytest.mark.parametrize("view", [v for v in VIEW_LIST if len(v.labels_by_view) > 1], ids=str)
def test_the_labels_of_one_block_are_unknown_to_the_other(view: View):
    exchanged = {
        "spans": [{"start": 0, "end": 4, "label": CATEGORIES[0]}],
        "accept": [LABELS[0]],
    }
    for part, wrong in exchanged.items():
        with pytest.raises(LabelError, match="is not one of"):
            settle(view, "accept", **right_parts(view) | {part: wrong})


@pytest.mark.parametrize("view", [v for v in VIEW_LIST if v.shows("input")], ids=lambda v: v.name)
@pytest.mark.parametrize(
    "inputs", [{"other": "x"}, {"reason": 7}, {"input": None}, 7, ["reason"], [("reason", "x")]]
)
def test_what_fits_no_field_is_refused(view: View, inputs):
    with pytest.raises(AnswerError, match="input"):
        settle(view, "accept", **right_parts(view) | {"inputs": inputs})


@pytest.mark.parametrize("blank", [None, {}, {"reason": " \n"}, {"title": "x"}])
def test_a_required_field_is_needed_to_accept_and_for_nothing_else(blank):
    page = a_page("binary", "input")
    with pytest.raises(AnswerError, match="'reason' is required"):
        settle(page, "accept", inputs=blank)
    for kind in ("reject", "ignore"):
        assert settle(page, kind, inputs=blank).inputs.keys() == {"reason", "title"}


@given(st.dictionaries(st.sampled_from(["reason", "title"]), st.text(), min_size=1))
def test_what_is_written_is_kept_as_it_was_written(inputs: dict[str, str]):
    kept = settle(a_page("binary", "input"), "reject", inputs=inputs).inputs
    assert kept == {"reason": "", "title": ""} | inputs


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (-1, 4, "does not lie within"),
        (0, len(TEXT) + 1, "does not lie within"),
        (4, 4, "does not lie within"),
        (4, 0, "does not lie within"),
        (0, 3, "0–4"),
        (1, 4, "0–4"),
        (0, 5, "0–4"),
        (4, 5, "touches no token"),
        (13, 15, "touches no token"),
    ],
)
def test_a_span_that_no_model_could_learn_is_refused(start: int, end: int, said: str):
    with pytest.raises(SpanError, match=said):
        settle(SPANS_VIEW, "accept", spans=[{"start": start, "end": end, "label": "DRUG"}])


@pytest.mark.parametrize("second", [(0, 4, "PLACE"), (0, 6, "DRUG")])
def test_overlapping_spans_are_refused(second):
    start, end, label = second
    spans = [Span(0, 4, "DRUG"), Span(start, end, label)]
    with pytest.raises(SpanError, match="overlap"):
        settle(SPANS_VIEW, "accept", spans=spans)


@pytest.mark.parametrize("second", [(0, 4, "PLACE"), (0, 6, "DRUG"), (4 + 1, 9, "DRUG")])
def test_spans_may_overlap_where_the_view_says_so(second):
    spans = [Span(0, 6, "PLACE"), Span(0, 4, "DRUG"), Span(*second)]
    assert NESTED_VIEW.overlaps
    assert settle(NESTED_VIEW, "accept", spans=spans).spans == tuple(sorted(spans))


@pytest.mark.parametrize("view", [SPANS_VIEW, NESTED_VIEW], ids=lambda view: view.name)
def test_one_span_given_twice_is_one_span(view: View):
    spans = [Span(0, 4, "DRUG", 0.4), {"start": 0, "end": 4, "label": "DRUG"}]
    assert settle(view, "accept", spans=spans).spans == (Span(0, 4, "DRUG"),)


@views
def test_the_component_that_learns_from_a_view_is_told_by_its_name(view: View):
    assert component_of(view.name) == view.component


def test_spans_are_kept_in_reading_order_without_the_model_s_scores():
    spans = [Span(7, 9, "PLACE", 0.1), Span(0, 4, "DRUG", 0.9)]
    kept = settle(SPANS_VIEW, "accept", spans=spans).spans
    assert [(span.start, span.score) for span in kept] == [(0, None), (7, None)]


@pytest.mark.parametrize(
    "spans",
    [
        [{"start": 0, "end": 4}],
        [{"start": "0", "end": 4, "label": "DRUG"}],
        [{"start": 0.0, "end": 4, "label": "DRUG"}],
        [{"start": 0, "end": None, "label": "DRUG"}],
        [{"start": 0, "end": 4, "label": 7}],
        ["DRUG"],
        [None],
        7,
        {"start": 0, "end": 4, "label": "DRUG"},
    ],
)
def test_a_malformed_span_is_refused(spans):
    with pytest.raises(NbannotateError, match="span"):
        settle(SPANS_VIEW, "accept", spans=spans)


@pytest.mark.parametrize("accept", [7, [7], [["DRUG"]], [None]])
def test_a_malformed_choice_is_refused(accept):
    with pytest.raises(NbannotateError, match="DRUG"):
        settle(CHOICES, "accept", accept=accept)


def test_offsets_in_utf_16_units_are_caught_by_the_span_s_own_text():
    text = "🙂🙂 Meth is bad"
    task = a_task(SPANS_VIEW, text)
    right = {"start": 3, "end": 7, "label": "DRUG", "text": "Meth"}
    assert settle(SPANS_VIEW, "accept", task, spans=[right]).spans == (Span(3, 7, "DRUG"),)
    with pytest.raises(SpanError):
        settle(SPANS_VIEW, "accept", task, spans=[{**right, "start": 5, "end": 9}])
    with pytest.raises(SpanError, match="code points"):
        settle(SPANS_VIEW, "accept", task, spans=[{**right, "start": 8, "end": 10}])


WORDS = st.lists(
    st.sampled_from(["🙂", "👩‍👩‍👧", "é", "e\u0301", "a", "Z", "\r\n", " ", "\u200d", "ß", "中"]),
    min_size=1,
    max_size=12,
).map("".join)


@given(WORDS, st.data())
def test_any_run_of_tokens_is_a_span_and_covers_its_own_characters(text: str, data):
    tokens = tokenize(text)
    if not tokens:
        return
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first, len(tokens) - 1))
    start, end = tokens[first][0], tokens[last][1]
    given_span = {"start": start, "end": end, "label": "DRUG", "text": text[start:end]}
    kept = settle(SPANS_VIEW, "accept", a_task(SPANS_VIEW, text), spans=[given_span])
    assert kept.spans[0].text_of(text) == text[start:end]


def test_no_spans_accepts_what_was_suggested():
    task = a_task(SPANS_VIEW, spans=(Span(0, 4, "DRUG", 0.8),))
    assert settle(SPANS_VIEW, "accept", task).spans == (Span(0, 4, "DRUG"),)
    assert settle(SPANS_VIEW, "accept", task, spans=[]).spans == ()


@pytest.mark.parametrize("accept", [[], ["DRUG", "PLACE"]])
def test_exactly_one_label_applies_where_labels_are_exclusive(accept):
    with pytest.raises(AnswerError, match="exactly one"):
        settle(CHOICE, "accept", accept=accept)


@pytest.mark.parametrize("accept", [[], ["DRUG"], ["PLACE", "DRUG"]])
def test_any_number_of_labels_may_apply_where_they_are_not_exclusive(accept):
    kept = settle(CHOICES, "accept", accept=accept)
    assert kept.accept == tuple(label for label in LABELS if label in accept)


def test_an_accept_that_says_no_label_is_asked_for_one():
    with pytest.raises(AnswerError, match="says no label"):
        settle(CHOICES, "accept")


def test_a_choice_of_one_label_is_also_its_label():
    assert settle(CHOICE, "accept", accept="PLACE").label == "PLACE"
    assert settle(CHOICES, "accept", accept=["PLACE", "DRUG"]).label is None


@pytest.mark.parametrize(
    ("view", "wrong"),
    [
        ("ner.manual", {"answer": "accept", "spans": [{"start": 0, "end": 2, "label": "A"}]}),
        ("ner.manual", {"answer": "accept", "spans": [{"start": 0, "end": 3, "label": "X"}]}),
        ("ner.manual", {"answer": "accept", "accept": ["A"]}),
        ("ner.manual", {"answer": "maybe"}),
        ("textcat.manual", {"answer": "accept"}),
        ("textcat.manual", {"answer": "accept", "accept": ["A", "B"]}),
        ("textcat.manual", {"answer": "accept", "accept": ["X"]}),
        ("textcat.teach", {"answer": "accept", "accept": ["A"]}),
        ("textcat.teach", {"answer": "yes"}),
    ],
)
def test_nothing_is_stored_when_an_answer_is_refused(view: str, wrong: dict):
    session = a_session(["one two", "three"], view)
    shown = session.task
    with pytest.raises(NbannotateError):
        session.answer(**wrong)
    assert session.task == shown
    assert session.store.answers() == session.history == []
    assert session.progress.answered == 0


RELATIONS = [view for view in VIEW_LIST if view.shows("relations")]
DRUG = {"start": 0, "end": 4, "label": "DRUG"}
PLACE = {"start": 10, "end": 13, "label": "PLACE"}
NEAR = {"head": DRUG, "child": PLACE, "label": "NEAR"}
related_views = pytest.mark.parametrize("view", RELATIONS, ids=lambda v: v.name)


@related_views
def test_relations_are_kept_with_the_spans_they_lead_between(view: View):
    settled = settle(view, "accept", spans=[PLACE, DRUG], relations=[NEAR])
    assert settled.relations == (Relation(Span(0, 4, "DRUG"), Span(10, 13, "PLACE"), "NEAR"),)
    assert set(settled.spans) == {settled.relations[0].head, settled.relations[0].child}
    again = settle(view, "accept", spans=settled.spans, relations=settled.relations)
    assert again == settled


@related_views
def test_two_relations_may_lead_between_two_spans_and_both_ways(view: View):
    back = {**NEAR, "head": PLACE, "child": DRUG}
    assert len(settle(view, "accept", spans=[DRUG, PLACE], relations=[NEAR, back]).relations) == 2


@related_views
@pytest.mark.parametrize(
    ("relations", "error", "said"),
    [
        ([{**NEAR, "label": "FAR"}], LabelError, "'FAR'.*'NEAR'"),
        ([{**NEAR, "label": 3}], AnswerError, "no string"),
        ([{**NEAR, "child": DRUG}], AnswerError, "to itself"),
        ([NEAR, NEAR], AnswerError, "given twice"),
        ([{**NEAR, "child": {**PLACE, "label": "DRUG"}}], AnswerError, "child.*no span of the"),
        (
            [{**NEAR, "head": {"start": 0, "end": 3, "label": "DRUG"}}],
            AnswerError,
            "head.*no span",
        ),
        ([{**NEAR, "head": {"start": 0}}], SpanError, "lacks one of"),
        ([{"head": DRUG, "label": "NEAR"}], AnswerError, "lacks one of"),
        (["NEAR"], AnswerError, "lacks one of"),
        (NEAR, AnswerError, "give a list"),
        (3, AnswerError, "give a list"),
    ],
)
def test_a_relation_that_cannot_stand_is_refused_and_told_why(view: View, relations, error, said):
    with pytest.raises(error, match=said):
        settle(view, "accept", spans=[DRUG, PLACE], relations=relations)


@pytest.mark.parametrize(
    "view", [v for v in VIEW_LIST if v not in RELATIONS], ids=lambda v: v.name
)
def test_relations_are_refused_where_none_are_drawn(view: View):
    with pytest.raises(AnswerError, match="relations were given"):
        settle(view, "accept", relations=[], **right_parts(view))
