"""Laws of saved models and of where a session's line begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbannotate.errors import StoreError
from nbannotate.store import Store
from nbannotate.store.models import KEPT_LOOP_VERSIONS
from tests.store.given import an_answer, an_undo


def write(folder: Path) -> None:
    folder.mkdir()
    (folder / "weights").write_text("1")


@pytest.fixture
def on_file(path: Path):
    with Store(path) as store:
        yield store


def test_a_saved_model_is_recorded_with_where_it_is(on_file: Store):
    version, path = on_file.save_model("my drugs", write, kind="loop", session_id="s")
    assert on_file.saved_model(version) == path
    assert (path / "weights").read_text() == "1"
    assert path.parent == on_file.models_path
    assert on_file.models()["path"].tolist() == [str(path)]


def test_the_annotator_of_a_model_is_that_of_its_session(on_file: Store):
    on_file.add_session("d", "s", annotator="alice", view="v")
    on_file.add_model("d", kind="loop", session_id="s")
    on_file.add_model("d", kind="retrain")
    assert on_file.models()["annotator"].fillna("").tolist() == ["alice", ""]


def test_a_dataset_keeps_its_newest_loop_versions_and_leaves_others_alone(on_file: Store):
    on_file.save_model("other", write, kind="loop")
    on_file.save_model("d", write, kind="retrain")
    versions = [on_file.save_model("d", write, kind="loop")[0] for _ in range(6)]
    models = on_file.models().set_index("version")
    kept = models[models["path"].notna()].index.tolist()
    assert kept == ["v1", "v2", *versions[-KEPT_LOOP_VERSIONS:]]
    with pytest.raises(StoreError, match=f"{versions[0]} are gone"):
        on_file.saved_model(versions[0])


def test_a_version_that_a_loop_or_a_retrained_model_began_at_is_kept(on_file: Store):
    used, parent = (on_file.save_model("d", write, kind="loop")[0] for _ in range(2))
    config = {"use": {"version": used, "after": 0, "waiting": []}}
    on_file.add_session("d", "s", annotator="a", view="v", config=config)
    on_file.add_model("d", kind="retrain", parent=parent)
    for _ in range(8):
        on_file.save_model("d", write, kind="loop")
    assert on_file.saved_model(used).is_dir()
    assert on_file.saved_model(parent).is_dir()


def test_a_version_that_was_asked_for_is_kept_while_the_file_is_open(on_file: Store):
    asked, other = (on_file.save_model("d", write, kind="loop")[0] for _ in range(2))
    with Store(on_file.path) as beside:
        path = beside.saved_model(asked)
    for _ in range(8):
        on_file.save_model("d", write, kind="loop")
    assert path.is_dir()
    with pytest.raises(StoreError, match=f"{other} are gone"):
        on_file.saved_model(other)


def test_a_folder_elsewhere_is_never_deleted(on_file: Store, tmp_path: Path):
    elsewhere = tmp_path / "mine"
    write(elsewhere)
    on_file.add_model("d", kind="loop", path=elsewhere)
    for _ in range(8):
        on_file.save_model("d", write, kind="loop")
    assert (elsewhere / "weights").exists()


def test_the_names_of_versions_are_told_from_other_words(store: Store):
    store.add_model("d", kind="loop")
    assert store.has_model("v1")
    assert not any(map(store.has_model, ("v2", "base", None, 1)))
    with pytest.raises(StoreError, match=r"it has v1"):
        store.saved_model("v2")


def test_answers_after_a_position_are_those_stored_since(store: Store):
    store.append(an_answer("a"))
    here = store.position()
    store.append(an_answer("b"))
    store.append(an_answer("c"))
    store.append(an_undo("u", "c"))
    assert [each.answer_id for each in store.answers("drugs", after=here)] == ["b"]
    assert store.answers(after=store.position()) == []
    assert Store(":memory:").position() == 0


def test_the_starts_of_a_session_are_read_in_their_order(store: Store):
    for number in range(3):
        store.add_session("d", f"s{number}", annotator="a", view="v", config={"n": number})
    store.add_session("d", "other", annotator="b", view="v")
    starts = store.starts("d", "a", "v")
    assert [(each["n"], each["session_id"]) for each in starts] == [
        (0, "s0"),
        (1, "s1"),
        (2, "s2"),
    ]


def test_an_answer_keeps_the_labels_it_was_asked_with(store: Store):
    store.append(an_answer("a", labels=("DRUG", "PLACE")))
    store.append(an_answer("b"))
    assert [each.labels for each in store.answers()] == [("DRUG", "PLACE"), ()]


def test_models_are_found_beside_a_file_that_was_moved_with_them(tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    with Store(before / "a.duckdb") as store:
        version, path = store.save_model("drugs", lambda folder: folder.mkdir(), kind="retrain")
    before.rename(after)
    with Store(after / "a.duckdb") as store:
        moved = after / path.relative_to(before)
        assert store.saved_model(version) == moved
        assert store.models()["path"].tolist() == [str(moved)]
        assert store.model_path(version) == str(moved)
