"""Laws of the page's files joined into one: whole, in order, and refused where they do not fit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import nbannotate as nb
from nbannotate.errors import PageError
from nbannotate.widget.joining import join_script, join_style

STATIC = Path(nb.__file__).parent / "widget" / "static"
TYPES_ALONE = {"types.js"}


def folder_of(tmp_path: Path, **sources: str) -> Path:
    for name, source in sources.items():
        (tmp_path / f"{name}.js").write_text(source, encoding="utf-8")
    return tmp_path


def test_the_widget_is_sent_the_joined_files():
    assert nb.Annotator._esm == join_script()
    assert nb.Annotator._css == join_style()


def test_each_file_of_the_page_is_in_the_joined_one():
    joined = join_script()
    assert {f"// {file.name}" for file in STATIC.glob("*.js") if file.name not in TYPES_ALONE} == {
        line for line in joined.splitlines() if re.fullmatch(r"// [\w-]+\.js", line)
    }


def test_each_sheet_of_the_page_is_in_the_joined_one():
    joined = join_style()
    for sheet in STATIC.glob("*.css"):
        if sheet.name != "widget.css":
            assert sheet.read_text(encoding="utf-8") in joined


def test_what_is_joined_imports_nothing_and_exports_its_default_alone():
    script = join_script()
    assert re.findall(r"^\s*import\b|\bimport\(", script, re.MULTILINE) == []
    assert re.findall(r"^export .*", script, re.MULTILINE) == ["export default { render };"]
    assert "@import" not in join_style()


def test_a_module_comes_after_all_that_it_needs_and_once(tmp_path: Path):
    folder = folder_of(
        tmp_path,
        root='import { b } from "./b.js";\nimport { c } from "./c.js";\nexport default { b, c };\n',
        b='import { c } from "./c.js";\nexport const b = c + 1;\n',
        c="export const c = 1;\n",
    )
    assert join_script(folder, "root.js").split("\n\n") == [
        "// c.js\nconst c = 1;",
        "// b.js\nconst b = c + 1;",
        "// root.js\nexport default { b, c };\n",
    ]


def test_imports_may_take_several_lines(tmp_path: Path):
    root = 'import {\n  b,\n  B,\n} from "./b.js";\nexport default [b, B];\n'
    folder = folder_of(
        tmp_path, root=root, b="export function b() {}\nexport class B {}\nconst c = 1;\n"
    )
    assert "function b() {}\nclass B {}" in join_script(folder, "root.js")


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ({"root": 'import { b } from "./b.js";\n'}, "root.js imports b.js, which is not in"),
        (
            {"root": 'import { b } from "./b.js";\n', "b": "const b = 1;\nexport const d = 1;\n"},
            "root.js imports 'b' from b.js, which exports d",
        ),
        (
            {"root": 'import { b as c } from "./b.js";\n', "b": "export const b = 1;\n"},
            "imports 'b as c' from b.js",
        ),
        (
            {"root": 'import { b } from "./b.js";\nconst c = 1;\n', "b": "export const b = 1;\nlet c;"},
            "b.js and root.js both declare 'c'",
        ),
        (
            {
                "root": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "b": 'import { a } from "./root.js";\nexport const b = 1;\n',
            },
            "root.js imports b.js imports root.js; .* circle",
        ),
        ({"root": 'import "./b.js";\n'}, "root.js says 'import \"./b.js\";'"),
        ({"root": 'import * as b from "./b.js";\n'}, "root.js says"),
        ({"root": 'import { b } from "preact";\n'}, "root.js says"),
        ({"root": "const b = 1;\nexport { b };\n"}, "root.js says 'export { b };'"),
        ({"root": 'export * from "./b.js";\n'}, "root.js says"),
    ],
)  # fmt: skip
def test_modules_that_do_not_fit_together_are_refused_by_name(
    tmp_path: Path, sources: dict[str, str], said: str
):
    with pytest.raises(PageError, match=said):
        join_script(folder_of(tmp_path, **sources), "root.js")


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path):
    (tmp_path / "root.css").write_text('@import "./gone.css";\n', encoding="utf-8")
    with pytest.raises(PageError, match=r"gone\.css, which is not in"):
        join_style(tmp_path, "root.css")
