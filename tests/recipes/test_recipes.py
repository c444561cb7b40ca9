"""What a cell hands to a recipe, and what it gets back, good and bad."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import spacy

import nbannotate as nb
from nbannotate.errors import LabelError, PipelineError, SourceError, StoreLockedError
from tests.session.fakes import RecordingLearner

TEXTS = ["Meth is bad", "Aspirin is fine", "nothing here"]


@pytest.mark.parametrize(
    "recipe",
    [nb.ner.teach, nb.ner.correct, nb.spans.correct, nb.textcat.teach, nb.textcat.manual],
)
@pytest.mark.parametrize("labels", [[], ["A "], [" A"], ["A", "A"], [""], [3], [None]], ids=str)
def test_labels_that_would_train_on_nothing_are_refused(recipe, labels):
    with pytest.raises(LabelError):
        recipe(TEXTS, labels=labels, store=":memory:")


@pytest.mark.parametrize(
    "nlp",
    [3, "no/such/path", "en_no_such_package", object()],
    ids=["number", "path", "package", "object"],
)
def test_what_is_no_pipeline_is_refused(nlp):
    with pytest.raises(PipelineError):
        nb.ner.correct(TEXTS, labels=["A"], nlp=nlp, store=":memory:")


def a_pipeline(tmp_path: Path, kind: str):
    nlp = spacy.blank("en")
    if kind == "blank":
        return nlp
    ner = nlp.add_pipe("ner")
    ner.add_label("OTHER")
    nlp.initialize()
    if kind == "path":
        nlp.to_disk(tmp_path / "model")
        return str(tmp_path / "model")
    return nlp


@pytest.mark.parametrize("kind", ["blank", "with another label", "path"])
def test_a_pipeline_with_or_without_the_component_suggests_the_labels_asked_for(kind, tmp_path):
    nlp = a_pipeline(tmp_path, kind)
    before = None if isinstance(nlp, str) else nlp.to_bytes()
    ann = nb.ner.teach(TEXTS, labels=["DRUG"], nlp=nlp, store=":memory:", dataset="d")
    assert ann.session.task.label == "DRUG"
    ann.session.answer("accept")
    ann.session.join(60)
    assert "ner" in ann.nlp.pipe_names
    if before is not None:
        assert nlp.to_bytes() == before
    ann.close()


def test_the_loops_pipeline_is_a_copy_that_goes_stale_with_the_next_answer():
    ann = nb.ner.correct(TEXTS, labels=["DRUG"], store=":memory:")
    first = ann.nlp
    assert ann.nlp is first
    ann.session.answer("accept", spans=[])
    ann.session.join(60)
    assert ann.nlp is not first
    ann.close()


def test_without_a_model_there_is_no_pipeline():
    ann = nb.ner.manual(TEXTS, labels=["DRUG"], store=":memory:")
    with pytest.raises(PipelineError, match="no model"):
        _ = ann.nlp
    ann.use(spacy.blank("en"))
    assert ann.nlp("text").text == "text"
    ann.close()


def test_a_model_can_be_saved_and_loaded(tmp_path):
    ann = nb.textcat.manual(TEXTS, labels=["A", "B"], store=":memory:")
    ann.session.answer("accept", accept="A")
    ann.session.join(60)
    assert spacy.load(ann.save(tmp_path / "model"))("x").cats == ann.nlp("x").cats
    ann.close()


def test_a_learner_of_ones_own_is_taught_each_answer():
    learner = RecordingLearner(["A", "B"])
    ann = nb.textcat.manual(TEXTS, labels=["A", "B"], learner=learner, store=":memory:")
    given = ann.session.answer("accept", accept="B").answer_id
    ann.session.join(30)
    assert learner.seen == [given]
    with pytest.raises(PipelineError, match="learner of your own"):
        ann.use(spacy.blank("en"))
    ann.close()


def test_a_source_may_depend_on_who_is_asked():
    def texts_for(session):
        return [f"{text} ({session.annotator})" for text in TEXTS]

    ann = nb.ner.manual(texts_for, labels=["A"], annotator="alice", store=":memory:")
    assert ann.session.task.text == "Meth is bad (alice)"
    ann.close()


def test_pattern_matches_are_asked_first():
    rows = [{"label": "DRUG", "pattern": [{"lower": "aspirin"}]}]
    ann = nb.ner.teach(TEXTS, labels=["DRUG"], patterns=rows, store=":memory:")
    task = ann.session.task
    assert task.spans[0].text_of(task.text) == "Aspirin"
    assert task.why == "pattern"
    ann.close()


@pytest.mark.parametrize(
    ("patterns", "error"),
    [
        ([{"label": "OTHER", "pattern": "x"}], LabelError),
        ([{"label": "DRUG"}], SourceError),
        ("missing.jsonl", SourceError),
    ],
)
def test_patterns_that_cannot_be_used_are_refused(patterns, error):
    with pytest.raises(error):
        nb.ner.teach(TEXTS, labels=["DRUG"], patterns=patterns, store=":memory:")


def test_spans_that_came_with_the_source_are_shown_by_manual_and_by_no_other():
    rows = [{"text": TEXTS[0], "spans": [{"start": 0, "end": 4, "label": "DRUG"}]}]
    manual = nb.ner.manual(rows, labels=["DRUG"], store=":memory:")
    assert manual.session.task.spans == (nb.Span(0, 4, "DRUG"),)
    correct = nb.ner.correct(rows, labels=["DRUG"], store=":memory:")
    assert all(span.score is not None for span in correct.session.task.spans)
    for ann in (manual, correct):
        ann.close()


NESTED = [{"start": 0, "end": 4, "label": "A"}, {"start": 0, "end": 7, "label": "A"},
          {"start": 0, "end": 7, "label": "B"}]  # fmt: skip


def test_spans_that_came_with_the_source_may_overlap_where_answers_may():
    rows = [{"text": TEXTS[0], "spans": [*NESTED, NESTED[0]]}]
    ann = nb.spans.manual(rows, labels=["A", "B"], store=":memory:", dataset="d")
    shown = [span.to_dict() for span in ann.session.task.spans]
    assert sorted(shown, key=str) == sorted(NESTED, key=str)
    stored = ann.session.answer("accept")
    assert [span.to_dict() for span in stored.spans] == sorted(
        NESTED, key=lambda span: (span["start"], span["end"], span["label"])
    )
    assert len(ann.session.store.spans("d")) == 3
    ann.close()


def test_a_blank_model_of_spans_never_runs_out_of_questions_before_the_texts():
    ann = nb.spans.teach(TEXTS, labels=["A", "B"], store=":memory:", dataset="d")
    asked = []
    while (task := ann.session.task) is not None and len(asked) < 12:
        asked.append(task)
        ann.session.answer("reject")
        ann.session.join(60)
    assert {task.text for task in asked} == set(TEXTS)
    assert len({task.task_hash for task in asked}) == len(asked)
    ann.close()


def test_a_retrained_model_of_spans_goes_back_into_the_loop(tmp_path):
    store = nb.Store(tmp_path / "a.duckdb")
    ann = nb.spans.correct(TEXTS, labels=["A", "B"], store=store, dataset="d")
    while ann.session.task is not None:
        ann.session.answer("accept", spans=NESTED if ann.session.task.text == TEXTS[0] else [])
    result = nb.retrain(store, "d", evaluation=0.0, max_epochs=2, progress=False)
    ann.use(result)
    assert ann.session.model.version == result.version
    ann.session.undo()
    ann.session.join(60)
    assert ann.session.model.state != "paused"
    assert "sc" in ann.nlp(TEXTS[0]).spans
    ann.close()
    store.close()


def test_an_unknown_view_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'ner\.correct'"):
        nb.annotate(TEXTS, view="ner.dance", labels=["A"], store=":memory:")


OTHER_KERNEL = """
import sys
import nbannotate as nb
ann = nb.textcat.manual(["one", "two", "three"], labels=["A", "B"], dataset="d",
                        store=sys.argv[1], annotator="alice")
print("asked", ann.session.task.text, "learned", ann.session.model.learned)
for _ in range(int(sys.argv[2])):
    ann.session.answer("accept", accept="A")
print("texts", *sorted(ann.annotations()["text"]))
sys.stdout.flush()
import os, signal
os.kill(os.getpid(), signal.SIGKILL)
"""


def run(path: Path, n_answers: int) -> list[str]:
    command = [sys.executable, "-c", OTHER_KERNEL, str(path), str(n_answers)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return done.stdout.splitlines()


def test_a_killed_kernel_comes_back_with_every_answer_and_a_model_that_knows_them(tmp_path):
    path = tmp_path / "answers.duckdb"
    assert run(path, 2)[0].endswith("learned 0")
    first, texts = run(path, 1)
    assert first.endswith("learned 2")
    assert texts == "texts one three two"


IN_THE_MIDST = """
import sys, nbannotate as nb
texts = [f"Anna met Peter in Paris on day {i} of the trip" for i in range(40)]
ann = nb.ner.correct(texts, labels=["A", "B"], store=sys.argv[1], dataset="d", session_id="s")
for _ in range(6):
    task = ann.session.task
    ann.session.answer("accept", spans=[{"start": 0, "end": 4, "label": "A"}])
print("answered")
"""


def test_a_process_that_ends_while_the_model_learns_ends_well(tmp_path):
    path = tmp_path / "answers.duckdb"
    command = [sys.executable, "-c", IN_THE_MIDST, str(path)]
    for number in range(3):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert (done.returncode, done.stdout) == (0, "answered\n"), done.stderr
        with nb.Store(path) as store:
            assert len(store.annotations("d")) == 6 * (number + 1)


@pytest.mark.parametrize("learner", [object(), nb.RefitLearner])
def test_what_is_no_learner_is_refused_with_what_it_lacks(learner):
    with pytest.raises(TypeError, match=r"lacks labels, learned, predict|such as learner=Refit"):
        nb.textcat.manual(TEXTS, labels=["A", "B"], learner=learner, store=":memory:")


def test_one_label_alone_applies_or_not():
    ann = nb.textcat.manual(TEXTS, labels=["A"], store=":memory:", nlp=False)
    assert ann.session.answer("accept", accept=[]).accept == ()
    assert ann.session.answer("accept", accept="A").label == "A"
    ann.close()


def test_a_second_kernel_is_told_which_process_holds_the_file(tmp_path):
    path = tmp_path / "answers.duckdb"
    hold = "import sys, nbannotate as nb; s = nb.Store(sys.argv[1]); print('held'); sys.stdout.flush(); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline().strip() == "held"
        with pytest.raises(StoreLockedError) as refused:
            nb.ner.manual(TEXTS, labels=["A"], store=path)
        assert str(other.pid) in str(refused.value)
        assert "answers.duckdb" in str(refused.value)
        other.stdin.close()


@pytest.mark.parametrize("recipe", ["ner.correct", "textcat.correct", "spans.manual"])
def test_a_recipe_on_plain_texts_does_not_wait_for_pandas(recipe: str):
    script = (
        "import sys, nbannotate as nb\n"
        f"ann = nb.{recipe}(['The brake is loose'], labels=['A', 'B'], store=':memory:')\n"
        "assert ann.session.task.text\n"
        "assert 'pandas' not in sys.modules\n"
        "ann.close()\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)
