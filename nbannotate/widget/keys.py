"""Which key does what on the page, by default and as a recipe changes it.

What is kept true: no key has two meanings, and none is taken from the notebook or from
moving about in a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nbannotate.errors import KeyBindingError

Keys = Mapping[str, str | Iterable[str] | None]
"""An action or a label, and its key, keys, or None for no key."""

DEFAULT_KEYS: dict[str, tuple[str, ...]] = {
    "accept": ("a",),
    "reject": ("x",),
    "ignore": ("space",),
    "undo": ("u",),
    "back": ("backspace", "delete"),
    "enter": ("enter",),
    "escape": ("escape",),
    "flag": ("f",),
    "note": ("n",),
    "write": ("i",),
    "history": ("l",),
    "why": ("?",),
    "help": ("h",),
    "all": ("shift+a",),
    "correct": ("e",),
    "next": ("s",),
    "previous": ("shift+s",),
    "filter": ("/",),
    "relate": ("r",),
    "turn": ("t",),
}

REVIEW_KEYS: dict[str, tuple[str, ...]] = {
    **DEFAULT_KEYS,
    "version": ("v",),
    "previous_version": ("shift+v",),
    **{f"version_{number}": (f"shift+{number}",) for number in range(1, 10)},
    "agreed": ("shift+g",),
}
"""Where versions are decided: the first nine are picked by their number."""

_NAMED = ("space", "enter", "escape", "backspace", "delete")
LABEL_KEYS = (*"1234567890", *(f"shift+{digit}" for digit in "1234567890"))


def resolve_keys(
    keys: Keys | None,
    labels: Sequence[str],
    *,
    groups: Sequence[Sequence[str]] = (),
    relations: Sequence[str] = (),
    writes: bool = False,
    is_strict: bool = True,
    actions: Mapping[str, tuple[str, ...]] = DEFAULT_KEYS,
) -> tuple[dict[str, list[str]], list[str | None]]:
    """Return the keys of every action, and the key of every label.

    Parameters
    ----------
    keys
        What differs from the default.
    labels
        The labels, in their order.
    groups
        The labels of each view of a page. Their keys go on from one to the next as long as
        there are enough; else the first has the digits, the second Shift and the digits.
    relations
        The labels of relations; without any the keys that draw relations are free. See
        `resolve_relation_keys` for theirs.
    writes
        Whether there are fields to write in; if not, the key that leads there is free.
    is_strict
        Whether to refuse a default key of a label that is given to something else; if
        not, that label has no key.
    actions
        The actions and their default keys; a label whose default key one of them has by
        default has none.

    Raises
    ------
    KeyBindingError
        If a name is neither an action nor a label, or a key is unknown, reserved, or
        given twice.

    Examples
    --------
    >>> actions, of_labels = resolve_keys({"accept": "y", "DRUG": "d"}, ["DRUG", "DOSE"])
    >>> actions["accept"], of_labels
    (['y'], ['d', '2'])
    """
    given = {name: _keys_of(name, value) for name, value in (keys or {}).items()}
    for name in given:
        _check_name(name, labels, actions, relations)
    useless = {*(() if writes else ("write",)), *(() if relations else ("relate", "turn"))}
    meanings = {name: given.get(name, own) for name, own in actions.items() if name not in useless}
    taken: dict[str, str] = {}
    for name, own in (*meanings.items(), *((n, k) for n, k in given.items() if n in labels)):
        for key in own:
            if key in taken:
                raise _clash(key, taken[key], name)
            taken[key] = name
    by_default = {key for name, own in actions.items() if name not in given for key in own}
    clashes = frozenset(taken) - by_default if is_strict else frozenset()
    usual = _usual_keys(labels, groups)
    of_labels = [
        next(iter(given[label]), None)
        if label in given
        else _default(label, usual.get(label), taken, clashes)
        for label in labels
    ]
    return {name: list(own) for name, own in meanings.items()}, of_labels


def resolve_relation_keys(
    keys: Keys | None,
    relations: Sequence[str],
    actions: Mapping[str, Sequence[str]],
    *,
    is_strict: bool = True,
) -> list[str | None]:
    """Return the key of each label of relations, by default its place in the row of digits.

    They mean these labels only while a relation is in hand, so they may be those of other
    labels, but not of actions.

    Parameters
    ----------
    keys
        What differs from the default.
    relations
        The labels, in their order.
    actions
        The keys of every action, from `resolve_keys`.
    is_strict
        As for `resolve_keys`.

    Raises
    ------
    KeyBindingError
        If a key is unknown, or means another relation or an action already.

    Examples
    --------
    >>> resolve_relation_keys({"CAUSES": "c"}, ["CAUSES", "ENDS"], {"accept": ["a"]})
    ['c', '2']
    """
    given = {name: _keys_of(name, own) for name, own in (keys or {}).items() if name in relations}
    taken = {key: name for name, own in actions.items() for key in own}
    for name, own in given.items():
        for key in own:
            if key in taken:
                raise _clash(key, taken[key], name)
            taken[key] = name
    clashes = frozenset(key for own in given.values() for key in own) if is_strict else frozenset()
    usual = dict(zip(relations, LABEL_KEYS, strict=False))
    return [
        next(iter(given[label]), None)
        if label in given
        else _default(label, usual.get(label), taken, clashes)
        for label in relations
    ]


def further_keys(keys: Keys | None, label: str) -> list[str]:
    """Return the keys that a label was given beside the one that the page shows on it.

    Examples
    --------
    >>> further_keys({"DRUG": ["d", "1"]}, "DRUG"), further_keys(None, "DOSE")
    (['1'], [])
    """
    return list(_keys_of(label, (keys or {}).get(label))[1:])


def _usual_keys(labels: Sequence[str], groups: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return the key that each label has by default; some may have none."""
    if len(groups) < 2 or len(labels) <= len(LABEL_KEYS):
        return dict(zip(labels, LABEL_KEYS, strict=False))
    half = len(LABEL_KEYS) // 2
    rows = (LABEL_KEYS[:half], LABEL_KEYS[half:])
    pairs = (zip(group, row, strict=False) for group, row in zip(groups, rows, strict=False))
    return {label: key for pair in pairs for label, key in pair}


def _default(
    label: str, key: str | None, taken: Mapping[str, str], clashes: frozenset[str]
) -> str | None:
    if key is None or key not in taken:
        return key
    if key in clashes:
        raise _clash(key, taken[key], label)
    return None


def _check_name(
    name: str, labels: Sequence[str], actions: Iterable[str], relations: Sequence[str]
) -> None:
    kinds = {"an action": actions, "a label": labels, "a relation's label": relations}
    found = [kind for kind, names in kinds.items() if name in names]
    if len(found) > 1:
        raise KeyBindingError(
            f"keys={{{name!r}: …}} names {' and '.join(found)}; rename the label to give one "
            "of them a key"
        )
    if not found:
        related = f" and of relations {', '.join(map(repr, relations))}" if relations else ""
        raise KeyBindingError(
            f"keys={{{name!r}: …}} names nothing that has a key; allowed are the actions "
            f"{', '.join(actions)} and the labels {', '.join(map(repr, labels))}{related}"
        )


def _keys_of(name: str, value: str | Iterable[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    several = [value] if isinstance(value, str) else list(value)
    return tuple(dict.fromkeys(_key(name, each) for each in several))


def _key(name: str, given: object) -> str:
    """Return a key under the one name that it has here."""
    if isinstance(given, str):
        shift, bare = ("shift+", given[6:]) if given.lower().startswith("shift+") else ("", given)
        lowered = bare.lower()
        if lowered in _NAMED or bare == " ":
            return shift + (lowered if lowered in _NAMED else "space")
        # What Shift makes of a key that is no letter or digit depends on the keyboard.
        if len(bare) == 1 and (bare.isalnum() or (bare.isprintable() and not shift)):
            return shift + lowered
    raise KeyBindingError(
        f"keys={{{name!r}: {given!r}}} is no key that can be given; allowed are one character "
        f"such as 'y' or '!', {', '.join(map(repr, _NAMED))}, 'shift+' before a letter, a digit "
        "or one of these, or None; arrows, Tab, and keys with Ctrl, Alt or Meta keep their meaning"
    )


def _clash(key: str, holder: str, other: str) -> KeyBindingError:
    return KeyBindingError(
        f"key {key!r} would mean both {holder!r} and {other!r}; give one of them another, such "
        f"as keys={{{holder!r}: …, {other!r}: …}}, or None for no key"
    )
