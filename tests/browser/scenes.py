"""The notebook that every front end opens: one cell for each view, each with a dataset of its own."""

from __future__ import annotations

SETUP = """\
import nbannotate as nb
store = nb.Store("answers.duckdb")
df = nb.sample_data()
few = ["🚲 👩‍🔧 brake at Harbour Gate is loose", "The saddle of bike 12 is wet", "וְהַגַּלְגַּל at Old Pier",
       "日本語 テキスト Pier 7", "The lock\\r\\n\\tat Mill Lane jams", "Charged twice at Mill Lane"]
related_rows = [{"text": f"🚲 bell {i} at Old Pier", "relations": [{"head": 1, "child": 4, "label": "AT"}],
                 "spans": [{"start": 2, "end": 6, "label": "PART"}, {"start": 12, "end": 20, "label": "PLACE"}]}
                for i in range(3)]"""

THINGS = 'labels=["PLACE", "PART"]'
TOPICS = 'labels=["hardware", "payment", "account"]'
PLACES = 'patterns=[{"label": "PLACE", "pattern": "Harbour Gate"}, {"label": "PART", "pattern": "saddle"}]'

RECIPES = {
    "choice": f"nb.textcat.manual(df, {TOPICS}",
    "choices": f"nb.textcat.manual(few, {TOPICS}, exclusive=False, nlp=False",
    "proposed_choice": f"nb.textcat.correct(df, {TOPICS}",
    "yes_no_choice": f"nb.textcat.teach(df, {TOPICS}",
    "words": f"nb.ner.manual(few, {THINGS}, nlp=False",
    "proposed_words": f"nb.ner.correct(df, {THINGS}",
    "yes_no_words": f"nb.ner.teach(df, {THINGS}",
    "nested": f"nb.spans.manual(few, {THINGS}, nlp=False",
    "proposed_nested": f"nb.spans.correct(df, {THINGS}",
    "yes_no_nested": f"nb.spans.teach(df, {THINGS}",
    "many_labels": 'nb.ner.manual(few, labels=[f"LABEL_{i}" for i in range(40)], nlp=False',
    "own_keys": f'nb.textcat.manual(few, {TOPICS}, nlp=False, keys={{"ignore": "z", "payment": "p"}}',
    "twice": f"nb.textcat.manual(few, {TOPICS}, nlp=False",
    "remarks": f"nb.textcat.manual(few, {TOPICS}, nlp=False",
    "duel": 'nb.compare(few, {"shouter": str.upper, "lowerer": str.lower}',
    "page": (
        'nb.annotate(few, view=["ner.manual", "textcat.manual"], labels={"ner.manual": ["PLACE"], '
        '"textcat.manual": ["hardware", "payment"]}, inputs=[nb.Input("reason", required=True)], '
        "nlp=False"
    ),
    "writing": 'nb.annotate(few, view="input", inputs=["gist", nb.Input("more", multiline=True)]',
    "related": (
        f'nb.relations.manual(related_rows, {THINGS}, relations=["AT", "NEAR"], keys={{"NEAR": "w"}}'
    ),
    "related_page": (
        'nb.annotate(related_rows, view=["ner.manual", "textcat.manual"], relations=["AT", "NEAR"], labels={'
        '"ner.manual": ["PLACE", "PART"], "textcat.manual": ["hardware", "payment"]}, nlp=False'
    ),
    "shown": (
        """nb.annotate(few, view="binary", html=lambda row: f"<h3>{len(row['text'])}</h3>"""
        """<img src=x onerror='document.title = 1'><a href='https://away.test'>x</a>\""""
    ),
    "steps": f"nb.textcat.manual([f'text {{i}}' for i in range(80)], {TOPICS}, nlp=False",
}
"""Each view's recipe, by the dataset that its answers go to."""

REVIEW = """\
_saddle, _bike = nb.Span(4, 10, "PART"), nb.Span(14, 18, "PLACE")
for _who, _spans, _label, _why in [("alice", [_saddle, _bike], "AT", "so"), ("bob", [_saddle, _bike], "NEAR", "no")]:
    _own = nb.annotate(few[1:2], view="spans.manual", relations=["AT", "NEAR"], labels=["PART", "PLACE"],
                       inputs="why", dataset="judged", annotator=_who, store=store, nlp=False)
    _related = {"head": _saddle.to_dict(), "child": _bike.to_dict(), "label": _label}
    _own.session.answer("accept", spans=_spans, relations=[_related], inputs=_why)
    _own.close()
ann_decided = nb.review(store, "judged", reviewer="rita", into="decided")
ann_decided"""

SCENES = [*RECIPES, "decided"]


def recipe_cell(dataset: str, call: str | None = None) -> str:
    """Return a cell that starts a recipe and shows its widget."""
    if call is None and dataset == "decided":
        return REVIEW
    begun = call or RECIPES[dataset]
    where = f'dataset="{dataset}", session_id="s", store=store'
    return f"ann_{dataset} = {begun}, {where})\nann_{dataset}"


def cells() -> list[str]:
    """Return the whole notebook; the last cell shows a widget a second time."""
    return [SETUP, *map(recipe_cell, SCENES), "ann_twice"]


def cell_of(dataset: str) -> int:
    """Return the cell that shows a dataset's widget."""
    return 1 + SCENES.index(dataset)
