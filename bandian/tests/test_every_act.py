"""Every form that acts, but for those of orders: a second click, the way back, an ended session, a stale token."""

import pytest
from django.core.cache import cache
from django.db import transaction

from bandian.tests import matrix
from bandian.tests.acts import ACTS, NO_ACT, ONCE, of_orders
from bandian.tests.tried import done, too_late


def who(page):
    """Return who may be let into a page at all; the desk leads all others away."""
    return ("manager", "supervisor") if page.startswith("admin") else matrix.ACTORS[1:-1]


def test_every_page_that_takes_a_post_is_sent_here_or_said_why_not():
    known = {str(act) for act in ACTS} | of_orders() | ONCE | NO_ACT
    acting = {
        page
        for page, (_, answers) in matrix.read().items()
        if any(answers["POST"][actor] not in (403, 404, 405) for actor in who(page))
        and not page.endswith(("_changelist", "_history"))  # searches
        and not page.startswith("admin/")  # they only lead on
    }

    assert acting - known == set(), "Add rows to bandian/tests/acts.py."
    assert known - matrix.read().keys() == set()


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_form_acts_once_and_keeps_what_was_typed(world, act):
    cache.clear()
    act.prepare(world)
    client, user, page = world.browser(act.actor), world.users[act.actor], world.path(act.page, act.thing)
    address, fields = act.form(world, client)

    with transaction.atomic():
        late = too_late(world.browser(act.actor), user, address, fields)
        transaction.set_rollback(True)
    assert late + done(client, page, address, fields) == []
