import hashlib
import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from files import checks, previews
from files.tests import samples
from signing.tests import making


def test_a_page_is_drawn_at_the_width_asked_for():
    image = Image.open(io.BytesIO(previews.render_page(making.paper(), 0, 800)))

    assert (image.format, image.width) == ("PNG", 800)
    assert abs(image.height - 800 * 842 / 595) < 2


def test_pages_are_counted():
    assert previews.page_count(making.paper(pages=3)) == 3


def test_images_are_kept_by_hash(settings):
    data = making.paper()
    sha256 = hashlib.sha256(data).hexdigest()

    first = previews.render_page(data, 0, 240, sha256=sha256)

    [kept] = (settings.MEDIA_ROOT / "previews").rglob("*.png")
    assert kept.read_bytes() == first
    assert previews.render_page(b"not read any more", 0, 240, sha256=sha256) == first


def test_a_long_narrow_page_is_drawn_smaller_instead_of_filling_the_memory():
    image = Image.open(io.BytesIO(previews.render_page(making.paper([(10, 10, "长")], size=(72, 14_000)), 0, 1800)))

    assert image.width * image.height <= previews.MAX_PIXELS * 1.01


@pytest.mark.parametrize(
    ("index", "width", "error"), [(1, 800, IndexError), (-1, 800, IndexError), (0, 801, ValueError)]
)
def test_other_pages_and_widths_are_refused(index, width, error):
    with pytest.raises(error):
        previews.render_page(making.paper(), index, width)


def test_a_hash_that_is_a_path_is_refused():
    with pytest.raises(ValueError, match="hexadecimal"):
        previews.render_page(making.paper(), 0, 800, sha256="../../etc/passwd")


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValidationError):
        previews.render_page(b"%PDF-1.7 broken", 0, 800)


def test_up_33_a_page_that_cannot_be_drawn_is_not_tried_again(monkeypatch):
    monkeypatch.setattr(previews.PREVIEWS, "cpu", 1)
    data = samples.costly_pdf(pages=2)
    sha256 = hashlib.sha256(data).hexdigest()

    for source in (data, b"not read any more"):
        with pytest.raises(ValidationError, match=r"第 2 页.*下载原文件"):
            previews.render_page(source, 1, previews.PAGE, sha256=sha256)
    assert previews.render_page(data, 0, previews.PAGE, sha256=sha256)

    previews.forget(sha256)
    with pytest.raises(ValidationError, match="损坏"):
        previews.render_page(b"%PDF-1.7 broken", 1, previews.PAGE, sha256=sha256)


def test_up_33_a_paper_that_cannot_be_shown_is_refused_and_a_customers_file_kept_with_a_note(monkeypatch):
    monkeypatch.setattr(previews, "_MOST_SECONDS", 1)

    with pytest.raises(ValidationError, match=r"过于复杂.*重新上传"):
        previews.check(samples.costly_pdf())
    kept = checks.marked(checks.Checked(samples.costly_pdf(), "application/pdf"))
    assert "无法在网页上显示" in kept.notes
    assert not checks.marked(checks.Checked(making.paper(), "application/pdf")).notes


def test_up_33_the_page_that_costs_most_is_drawn_and_named(monkeypatch):
    monkeypatch.setattr(previews.PREVIEWS, "cpu", 1)
    data = samples.costly_pdf(fills=25, pages=3)

    with pytest.raises(ValidationError, match="第 3 页"):
        previews.check(data)
