"""Lists of which each follows the choice above come back with what was chosen, and all there was to choose from."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.models import Session
from bandian.tests.acts import Page
from bandian.tests.test_keeping import BACKEND

CHOSEN = ["33", "3301", "330106"]


def lists(page, names):
    """Return, of each list, what is chosen by its name, and how many there are to choose from."""
    found = []
    for name in names:
        options = page.split(f'name="{name}"')[1].split("</select>")[0]
        chosen = re.findall(r"<option[^>]* selected[^>]*>\s*([^<]*?)\s*</option>", options)
        found.append((chosen, options.count("<option") > 5))
    return found


@pytest.mark.parametrize(
    ("actor", "page", "thing", "names"),
    [
        ("customer", "workorders:new", "-", ["province", "city", "district"]),
        (
            "supervisor",
            "admin:workorders_servicearea_change",
            "admin_area",
            [f"regions-1-prefix_{n}" for n in (0, 1, 2)],
        ),
    ],
)
def test_region_that_was_chosen_comes_back_after_the_login(world, actor, page, thing, names):
    url, client = world.path(page, thing), world.browser(actor)
    fields = next(fields for _, fields in Page(client.get(url).content.decode()).forms if names[0] in fields)
    Session.objects.filter(user=world.users[actor]).delete()

    answer = client.post(url, fields | dict(zip(names, CHOSEN, strict=True)))
    client.force_login(world.users[actor], BACKEND)
    shown = client.get(parse_qs(urlsplit(answer.headers["Location"]).query)["next"][0]).content.decode()

    assert lists(shown, names) == [(["浙江省"], True), (["杭州市"], True), (["西湖区"], True)]
