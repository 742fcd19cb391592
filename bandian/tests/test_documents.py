"""The documents say what is there: their links and paths lead somewhere, the diagram is the machine's."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from workorders.models import STEPS

ROOT = settings.BASE_DIR
# security.md is made by a script, with tests of its own.
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
DOCUMENTS.remove(ROOT / "docs" / "security.md")
DECISIONS = ROOT / "docs" / "decisions"
TOP = {path.name for path in ROOT.iterdir() if path.is_dir()}
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]*)(#[^)\s]*)?\)")
# A path, and where words in brackets follow, what is in it.
PATH = re.compile(r"`([\w.-]+/[\w./-]*)`(?: \(((?:\w+, )*\w+)\))?")
ARROW = re.compile(r"^ +(\w+) --> (\w+): (\w+)", re.MULTILINE)
documents = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def anchors(path):
    """Return the goals of links to the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {"#" + re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@documents
def test_links_lead_to_files_and_headings(document):
    lost = []
    for target, anchor in LINK.findall(document.read_text()):
        if "://" in target:
            continue
        path = (document.parent / target) if target else document
        if not path.exists() or (anchor and anchor not in anchors(path)):
            lost.append(target + anchor)

    assert lost == []


@documents
def test_paths_are_there_and_hold_what_is_named(document):
    assert lost_paths(document.read_text()) == []


def test_paths_that_are_gone_are_found():
    text = "`workorders/journey/` (flow, gone), `workorders/gone.py`, `workorders/locks.py` (lock_order, gone)"

    assert lost_paths(text) == ["workorders/journey/: gone", "workorders/gone.py", "workorders/locks.py: gone"]


def lost_paths(text):
    """Return the paths into our folders that lead nowhere, and the names that are not in them."""
    lost = []
    for path, names in PATH.findall(text):
        if path.split("/")[0] not in TOP:
            continue
        if not (ROOT / path).exists():
            lost.append(path)
        lost += [f"{path}: {name}" for name in names.split(", ") if name and not holds(ROOT / path, name)]
    return lost


def holds(path: Path, name):
    """Whether a folder has a module, or a module a name."""
    if path.is_dir():
        return (path / f"{name}.py").exists() or (path / name).is_dir()
    return path.is_file() and re.search(rf"\b{name}\b", path.read_text())


def test_diagram_of_the_readme_is_the_machine():
    # Said in words below the diagram.
    steps = [step for step in STEPS.values() if step.name not in ("withdraw", "terminate")]

    drawn = ARROW.findall((ROOT / "README.md").read_text())

    assert sorted(drawn) == sorted(
        (source, target, s.name) for s in steps for source in s.source for target in s.targets
    )


def test_words_of_the_glossary_are_the_codes():
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    words = {word for row in rows for word in re.findall(r"`(\w+)`", row)}

    sources = [path for app in TOP & {"accounts", "chat", "notifications", "signing", "workorders"}
               for path in (ROOT / app).rglob("*.py") if "tests" not in path.parts]  # fmt: skip
    code = "\n".join(path.read_text() for path in sources)

    assert len(words) > 80
    assert [word for word in sorted(words) if not re.search(rf"\b{word}\b", code)] == []


def test_index_has_every_decision_with_its_title():
    listed = re.findall(
        r"^- \[(\d{4})\]\((\S+)\) (.+) \(\d{4}-\d\d-\d\d\)$", (DECISIONS / "README.md").read_text(), re.M
    )
    files = sorted(DECISIONS.glob("0*.md"))

    assert sorted(name for _, name, _ in listed) == [path.name for path in files]
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
    for number, name, title in listed:
        assert (DECISIONS / name).read_text().startswith(f"# {number} {title}\n\nDecided 20")
