"""Whose are counted together, and that nobody can have them forgotten."""

from datetime import timedelta

import pytest

from bandian.web.rates import Rate, is_within, subscriber

ONCE = Rate("once", 1, timedelta(minutes=1))


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:c000:201", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::2", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("", ""),
    ],
)
def test_au_06_addresses_of_one_subscriber_are_one_however_written(address, whose):
    assert subscriber(address) == whose


def test_au_35_a_rate_is_not_forgotten_for_many_others():
    assert is_within(ONCE, "first")

    for number in range(2000):
        is_within(ONCE, number)

    assert not is_within(ONCE, "first")
