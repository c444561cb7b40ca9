"""The page's script and style, each joined into one from the files in ``static``.

A notebook loads a widget's script as one module, in which no import of a neighbour
works. What is kept true: each file stays one that a browser, a type checker and a test
can load as it is, so that nothing is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbannotate.errors import PageError

_STATIC = Path(__file__).parent / "static"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function|class|const|let)", re.MULTILINE)
_DECLARED = re.compile(
    r"^(export )?(?:async function|function|class|const|let|var) (\w+)", re.MULTILINE
)
_OTHER = re.compile(r"^(?:import\b|export (?!default\b)).*", re.MULTILINE)
_STYLE_IMPORT = re.compile(r'^@import "\./([\w-]+\.css)";\n', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the script.

    Parameters
    ----------
    name
        Its file's name.
    imports
        The names that it takes from each other file.
    declares
        The names that it declares outside functions.
    exports
        Those of them that others may import.
    body
        What is left without imports, and with nothing exported but by default.
    """

    name: str
    imports: dict[str, tuple[str, ...]]
    declares: tuple[str, ...]
    exports: frozenset[str]
    body: str


def join_script(folder: Path = _STATIC, root: str = "widget.js") -> str:
    """Return one module that is the root with all that it imports, each after what it needs.

    Parameters
    ----------
    folder
        Where the modules are.
    root
        The module whose default export is the joined one's.

    Returns
    -------
    str
        A module that imports nothing.

    Raises
    ------
    PageError
        If a module or a name that is imported is not there, two modules declare one name,
        imports go round in a circle, or an import or export is of another form than
        ``import { name } from "./file.js"`` and ``export`` before a declaration.
    """
    modules: dict[str, Module] = {}
    _collect(folder, root, modules, above=())
    for module in modules.values():
        _check_names(module, modules)
    _check_unique(modules)
    return "\n".join(f"// {module.name}\n{module.body}" for module in modules.values())


def join_style(folder: Path = _STATIC, root: str = "widget.css") -> str:
    """Return a style sheet with every sheet that it imports in its place.

    Raises
    ------
    PageError
        If a sheet is not there.
    """
    return _STYLE_IMPORT.sub(
        lambda found: join_style(folder, found[1]), _read(folder, root, "the page's style")
    )


def _collect(
    folder: Path, name: str, modules: dict[str, Module], *, above: tuple[str, ...]
) -> None:
    """Add a module behind those that it imports."""
    if name in above:
        raise PageError(
            f"{' imports '.join([*above, name])}; modules of the page may not import in a circle: "
            "move what both need into a module of its own"
        )
    if name in modules:
        return
    module = _parse(name, _read(folder, name, above[-1] if above else "the page"))
    for imported in module.imports:
        _collect(folder, imported, modules, above=(*above, name))
    modules[name] = module


def _parse(name: str, source: str) -> Module:
    rest = _IMPORT.sub("", source)
    body = _EXPORT.sub("", rest)
    if other := _OTHER.search(body):
        raise PageError(
            f'{name} says {other[0]!r}; write import {{ name }} from "./file.js" on one line or '
            "more, and export before a function, class or const"
        )
    declared = _DECLARED.findall(rest)
    return Module(
        name,
        {file: tuple(_names(listed)) for listed, file in _IMPORT.findall(source)},
        tuple(each for _, each in declared),
        frozenset(each for exported, each in declared if exported),
        body,
    )


def _names(listed: str) -> Iterator[str]:
    return (name.strip() for name in listed.split(",") if name.strip())


def _check_names(module: Module, modules: dict[str, Module]) -> None:
    for file, names in module.imports.items():
        exports = modules[file].exports
        for name in names:
            if name not in exports:
                raise PageError(
                    f"{module.name} imports {name!r} from {file}, which exports "
                    f"{', '.join(sorted(exports)) or 'nothing'}; import it by that name"
                )


def _check_unique(modules: dict[str, Module]) -> None:
    home: dict[str, str] = {}
    for module in modules.values():
        for name in module.declares:
            if name in home:
                raise PageError(
                    f"{home[name]} and {module.name} both declare {name!r}; joined into one "
                    "module they would clash: rename one"
                )
            home[name] = module.name


def _read(folder: Path, name: str, wanted_by: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        there = ", ".join(sorted(file.name for file in folder.glob(f"*{Path(name).suffix}")))
        raise PageError(
            f"{wanted_by} imports {name}, which is not in {folder}; there are: {there or 'none'}"
        ) from error
