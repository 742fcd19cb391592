"""That the linters of .ci/run find what they are for: each sees a copy of ours with one mistake in it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

APPS = ("accounts", "bandian", "chat", "files", "notifications", "signing", "workorders")
MISTAKES = {
    "eqeqeq": "export const f = (a) => a == 1;",
    "no-undef": "undeclared();",
    "no-unused-vars": "function unused() {}",
    "no-var": "export const f = () => { var a = 1; return a; };",
    "prefer-const": "export function f() { let a = 1; return a; }",
    "import(named)": 'import { two } from "./other.js"; two();',
}


def lint(command, *arguments, folder):
    command = Path(sys.executable).with_name(command)
    return subprocess.run([command, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def tree(tmp_path):
    shutil.copy(settings.BASE_DIR / ".importlinter", tmp_path)
    for app in APPS:
        shutil.copytree(settings.BASE_DIR / app, tmp_path / app, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def check_imports(tree):
    return lint("lint-imports", "--no-cache", folder=tree)


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("notifications.planted", "chat.models"),
        ("signing.planted", "workorders.models"),
        ("workorders.models.planted", "workorders.forms"),
        ("chat.planted", "bandian.urls"),
        ("files.planted", "notifications.services"),
        ("bandian.web.planted", "accounts.models"),
        ("signing.pki.planted", "signing.seals"),
    ],
)
def test_an_import_upwards_is_found(tree, module, imported):
    path = tree / f"{module.replace('.', '/')}.py"
    with path.open("a") as file:
        file.write(f"\nimport {imported}\n")

    answer = check_imports(tree)

    assert answer.returncode == 1
    assert f"{module} -> {imported}" in answer.stdout


def test_our_imports_go_downwards(tree):
    answer = check_imports(tree)

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("rule", MISTAKES)
def test_a_mistake_in_a_script_is_found(tmp_path, rule):
    shutil.copy(settings.BASE_DIR / ".oxlintrc.json", tmp_path)
    (tmp_path / "other.js").write_text("export const one = 1;\n")
    (tmp_path / "planted.js").write_text(f"{MISTAKES[rule]}\n")

    answer = lint("oxlint", "--format=unix", folder=tmp_path)

    assert answer.returncode == 1
    assert rule in answer.stdout


def test_a_service_worker_has_names_that_a_page_has_not(tmp_path):
    worker = "templates/notifications/sw.js"
    shutil.copy(settings.BASE_DIR / ".oxlintrc.json", tmp_path)
    (tmp_path / worker).parent.mkdir(parents=True)
    for name in ("page.js", worker):
        (tmp_path / name).write_text("clients.claim();\n")

    answer = lint("oxlint", "--format=unix", folder=tmp_path)

    assert "page.js:1" in answer.stdout
    assert "sw.js" not in answer.stdout
