"""docs/security.md says what the tests hold, no more and no less."""

import importlib.util

import pytest
from django.conf import settings

PATH = settings.BASE_DIR / "docs" / "make_security.py"


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("make_security", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_is_up_to_date(maker):
    assert maker.main(["--check"]) == 0, "Run python3 docs/make_security.py"


def test_stale_page_fails(maker, tmp_path, monkeypatch):
    (tmp_path / "security.md").write_text("old")
    monkeypatch.setattr(maker, "TARGET", tmp_path / "security.md")

    assert "is stale" in maker.main(["--check"])

    assert maker.main([]) == maker.main(["--check"]) == 0


def test_checks_without_a_test_are_named_with_the_reason(maker):
    text = maker.document({"AZ-01": [("a.py", "test_az_01_x")]})

    assert "## Rights: 1 of 25" in text
    assert "| AZ-01 | The matrix" in text
    assert "**no test**: the sockets are those of AZ-14" in text


def test_tests_of_every_room_are_found(maker, tmp_path):
    for folder in ("app/tests", "app/room/tests", ".venv/lib/tests"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "test_x.py").write_text("def test_az_05_x():\n    pass\n")

    assert [path for path, _ in maker.find_tests(tmp_path)["AZ-05"]] == [
        "app/room/tests/test_x.py",
        "app/tests/test_x.py",
    ]


def test_test_of_a_check_that_there_is_not_is_named(maker):
    with pytest.raises(ValueError, match="AZ-77"):
        maker.document({"AZ-77": []})


def test_reasons_are_for_checks_without_a_test_only(maker):
    assert not maker.WITHOUT_TEST.keys() & maker.find_tests().keys()
