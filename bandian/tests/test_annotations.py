"""Public functions of models and services say what they take and give: without that mypy finds no wrong argument."""

import ast
import re

import pytest
from django.conf import settings

# What Django and Channels call.
OUTSIDE = {
    "admin",
    "apps",
    "conftest",
    "consumers",
    "forms",
    "management",
    "middleware",
    "migrations",
    "routing",
    "templatetags",
    "tests",
    "urls",
    "views",
}


def modules(app):
    for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
        name = str(path.relative_to(settings.BASE_DIR))
        if not OUTSIDE & set(re.split(r"[/_.]", name)):
            yield name, ast.parse(path.read_text())


def public_functions(node):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not child.name.startswith("_"):
            if isinstance(child, ast.ClassDef):
                yield from public_functions(child)
            else:
                yield child


def lacks_types(function):
    known = function.args
    arguments = [*known.posonlyargs, *known.args, *known.kwonlyargs, known.vararg, known.kwarg]
    untyped = [one for one in arguments if one and not one.annotation and one.arg not in ("self", "cls")]
    return bool(untyped) or function.returns is None


@pytest.mark.parametrize("app", ["signing"])
def test_public_functions_are_annotated(app):
    found = [(name, function) for name, tree in modules(app) for function in public_functions(tree)]

    assert len(found) > 20
    assert [f"{name}: {function.name}" for name, function in found if lacks_types(function)] == []
