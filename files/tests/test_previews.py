import hashlib
import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from files import previews
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
