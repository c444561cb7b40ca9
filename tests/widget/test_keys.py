"""Laws of the keys: each has one meaning, and what cannot be meant is refused with what can."""

from __future__ import annotations

import pytest

import nbannotate as nb
from nbannotate.errors import KeyBindingError
from nbannotate.widget.keys import DEFAULT_KEYS, resolve_keys, resolve_relation_keys

LABELS = ["DRUG", "DOSE"]


def test_by_default_no_key_has_two_meanings():
    labels = [f"L{number}" for number in range(25)]
    actions, of_labels = resolve_keys(None, labels)
    keys = [key for own in actions.values() for key in own] + [key for key in of_labels if key]
    assert len(keys) == len(set(keys))
    assert of_labels[8:12] == ["9", "0", "shift+1", "shift+2"]
    assert of_labels[20:] == [None] * 5


def test_what_is_given_replaces_the_default_and_frees_its_key():
    actions, of_labels = resolve_keys(
        {"accept": "Y", "reject": ["a", "Shift+Enter"], "note": None, "DOSE": "d"}, LABELS
    )
    assert actions["accept"] == ["y"]
    assert actions["reject"] == ["a", "shift+enter"]
    assert actions["note"] == []
    assert actions["ignore"] == ["space"]
    assert of_labels == ["1", "d"]
    assert set(actions) == set(DEFAULT_KEYS) - {"write", "relate", "turn"}


def test_the_key_that_leads_to_the_fields_is_free_where_there_are_none():
    assert resolve_keys({"DRUG": "i"}, LABELS)[1] == ["i", "2"]
    assert resolve_keys(None, LABELS, writes=True)[0]["write"] == ["i"]
    with pytest.raises(KeyBindingError, match="'write' and 'DRUG'"):
        resolve_keys({"DRUG": "i"}, LABELS, writes=True)


def test_the_keys_of_a_page_go_on_from_view_to_view():
    groups = [["A", "B"], ["c", "d"]]
    assert resolve_keys(None, [*groups[0], *groups[1]], groups=groups)[1] == ["1", "2", "3", "4"]


def test_where_a_page_has_more_labels_than_keys_each_view_keeps_a_row_of_its_own():
    groups = [[f"A{i}" for i in range(25)], ["c", "d"]]
    keys = resolve_keys(None, [*groups[0], *groups[1]], groups=groups)[1]
    assert keys[:10] == list("1234567890")
    assert keys[10:25] == [None] * 15
    assert keys[25:] == ["shift+1", "shift+2"]


@pytest.mark.parametrize("key", ["y", "Y", "ü", "ф", "!", ";", "shift+y", "space", " ", "Delete"])
def test_any_one_character_and_a_few_named_keys_can_be_given(key):
    resolve_keys({"accept": key, "back": None, "ignore": None}, LABELS)


@pytest.mark.parametrize(
    "key", ["", "yy", "ctrl+y", "alt+y", "tab", "ArrowLeft", "home", "f2", "shift+!", "\t", 7]
)
def test_what_is_no_key_or_belongs_to_the_notebook_is_refused(key):
    with pytest.raises(KeyBindingError, match=r"keys=\{'accept': .* is no key that can be given"):
        resolve_keys({"accept": [key]}, LABELS)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"accept": "x"}, "key 'x' would mean both 'accept' and 'reject'"),
        ({"accept": "y", "reject": "Y"}, "'y' would mean both"),
        ({"accept": "1"}, "key '1' would mean both 'accept' and 'DRUG'"),
        ({"DRUG": "a"}, "key 'a' would mean both 'accept' and 'DRUG'"),
        ({"DRUG": "d", "DOSE": "d"}, "'d' would mean both 'DRUG' and 'DOSE'"),
        ({"DRUG": "2"}, "'2' would mean both 'DRUG' and 'DOSE'"),
        ({"aksept": "y"}, "names nothing that has a key; allowed are the actions accept, reject"),
    ],
)
def test_clashes_and_unknown_names_are_refused_with_both_meanings(keys, said):
    with pytest.raises(KeyBindingError, match=said):
        resolve_keys(keys, LABELS)


def test_a_label_that_is_named_like_an_action_cannot_be_meant():
    with pytest.raises(KeyBindingError, match="an action and a label"):
        resolve_keys({"flag": "y"}, ["flag"])


def test_a_recipe_with_keys_that_cannot_be_starts_nothing():
    with nb.Store(":memory:") as store:
        with pytest.raises(KeyBindingError):
            nb.ner.manual(["One"], labels=LABELS, store=store, keys={"accept": "1"})
        assert store.sessions().empty


def test_a_recipes_keys_are_sent_to_the_page():
    keys = {"accept": "3", "DRUG": "d"}
    ann = nb.ner.manual(["One"], labels=LABELS, store=":memory:", keys=keys)
    assert ann._config["keys"]["accept"] == ["3"]
    assert [label["key"] for label in ann._config["labels"]] == ["d", "2"]
    ann.add_label("ROUTE").add_label("FORM")
    assert [label["key"] for label in ann._config["labels"]] == ["d", "2", None, "4"]
    ann.close()


def test_every_key_of_a_label_is_sent_to_the_page():
    keys = {"DRUG": ["d", "1", "ü"], "CAUSES": ["c", "1"]}
    ann = nb.relations.manual(
        ["One"], labels=LABELS, relations=["CAUSES"], store=":memory:", nlp=False, keys=keys
    )
    of = {label["name"]: label for label in [*ann._config["labels"], *ann._config["relations"]]}
    assert (of["DRUG"]["key"], of["DRUG"]["further_keys"]) == ("d", ["1", "ü"])
    assert (of["CAUSES"]["key"], of["CAUSES"]["further_keys"]) == ("c", ["1"])
    assert of["DOSE"]["further_keys"] == []
    ann.close()


RELATED = ["CAUSES", "ENDS", "IN"]


def of_relations(keys) -> list[str | None]:
    actions, _ = resolve_keys(keys, LABELS, relations=RELATED)
    return resolve_relation_keys(keys, RELATED, actions)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (None, ["1", "2", "3"]),
        ({"CAUSES": "c", "DRUG": "d"}, ["c", "2", "3"]),
        ({"CAUSES": None}, [None, "2", "3"]),
        ({"ENDS": "d", "DRUG": "d"}, ["1", "d", "3"]),
        ({"CAUSES": "2", "ENDS": "1"}, ["2", "1", "3"]),
    ],
)
def test_labels_of_relations_have_keys_of_their_own_while_one_is_in_hand(keys, expected):
    assert of_relations(keys) == expected


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"CAUSES": "a"}, "'accept' and 'CAUSES'"),
        ({"CAUSES": "r"}, "'relate' and 'CAUSES'"),
        ({"CAUSES": "c", "ENDS": "c"}, "'CAUSES' and 'ENDS'"),
        ({"CAUSES": "2"}, "'CAUSES' and 'ENDS'"),
        ({"CAUSES": "ctrl+c"}, "is no key"),
        ({"CAUSED": "c"}, "of relations 'CAUSES', 'ENDS', 'IN'"),
    ],
)
def test_a_key_of_a_relation_that_means_something_else_is_refused(keys, said: str):
    with pytest.raises(KeyBindingError, match=said):
        of_relations(keys)


def test_a_name_of_a_label_and_of_a_relation_is_refused_a_key():
    with pytest.raises(KeyBindingError, match="a label and a relation's label"):
        resolve_keys({"DRUG": "d"}, LABELS, relations=["DRUG"])
