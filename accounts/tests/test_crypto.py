"""Values sealed in the database."""

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection

from accounts.identity import claims
from accounts.models import RealName
from bandian.db import crypto

NUMBER = "890101199003078881"
PLACE = "accounts.realname.id_number"


@pytest.fixture
def keys(settings):
    settings.FIELD_KEYS = {"k1": b"1" * 32}
    return settings


def test_sealed_text_opens_again_and_never_looks_the_same(keys):
    first, second = crypto.seal(NUMBER, place=PLACE), crypto.seal(NUMBER, place=PLACE)

    assert first != second
    assert first.startswith("k1:")
    assert NUMBER not in first
    assert crypto.unseal(first, place=PLACE) == crypto.unseal(second, place=PLACE) == NUMBER


@pytest.mark.parametrize("position", [3, 12, 30, -4])
def test_changed_value_does_not_open(keys, position):
    sealed = crypto.seal(NUMBER, place=PLACE)
    changed = "B" if sealed[position] == "A" else "A"
    sealed = sealed[:position] + changed + sealed[position + 1 :]

    with pytest.raises(crypto.SealBroken, match="k1 does not open"):
        crypto.unseal(sealed, place=PLACE)


@pytest.mark.parametrize("stored", ["k1:", "k1:AAAA", "k1:not base64", NUMBER, "k9:AAAA"])
def test_what_was_never_sealed_does_not_open_and_is_not_repeated(keys, stored):
    with pytest.raises(crypto.SealBroken) as caught:
        crypto.unseal(stored, place=PLACE)

    assert NUMBER not in str(caught.value)


def test_value_opens_in_its_own_column_only(keys):
    with pytest.raises(crypto.SealBroken):
        crypto.unseal(crypto.seal(NUMBER, place=PLACE), place="workorders.application.legal_id_number")


def test_wrong_key_of_the_same_name_is_named(keys):
    sealed = crypto.seal(NUMBER, place=PLACE)
    keys.FIELD_KEYS = {"k1": b"2" * 32}

    with pytest.raises(crypto.SealBroken, match="key k1 does not open"):
        crypto.unseal(sealed, place=PLACE)


def test_missing_key_is_told_with_the_keys_that_are_here(keys):
    sealed = crypto.seal(NUMBER, place=PLACE)
    keys.FIELD_KEYS = {"k2": b"2" * 32}

    with pytest.raises(crypto.SealBroken, match="the keys here are k2"):
        crypto.unseal(sealed, place=PLACE)


def test_older_key_still_opens_and_the_first_one_seals(keys):
    old = crypto.seal(NUMBER, place=PLACE)
    keys.FIELD_KEYS = {"k2": b"2" * 32, "k1": b"1" * 32}

    assert crypto.unseal(old, place=PLACE) == NUMBER
    assert crypto.seal(NUMBER, place=PLACE).startswith("k2:")
    assert crypto.blind_index(NUMBER) == crypto.blind_indexes(NUMBER)[0]
    assert len(set(crypto.blind_indexes(NUMBER))) == 2


def test_reseal_moves_every_row_to_the_first_key(keys, customer, outsider, capsys):
    claims.claim(customer, name=customer.name, id_number=NUMBER)
    keys.FIELD_KEYS = {"k2": b"2" * 32, "k1": b"1" * 32}
    call_command("reseal")
    keys.FIELD_KEYS = {"k2": b"2" * 32}

    record = RealName.objects.get()
    assert record.id_number == NUMBER
    assert record.id_index == crypto.blind_index(NUMBER)
    assert "accounts.RealName: 1" in capsys.readouterr().out


def test_pr_01_stored_id_number_is_sealed_and_found_by_its_blind_index(customer):
    claims.claim(customer, name=customer.name, id_number=NUMBER)

    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, id_index FROM accounts_realname")
        sealed, index = cursor.fetchone()
    assert sealed.startswith("dev:")
    assert NUMBER not in sealed + index
    assert RealName.objects.get(id_index=crypto.blind_index(NUMBER)).id_number == NUMBER


@pytest.mark.parametrize("lookup", ["id_number", "id_number__startswith", "id_number__in"])
def test_database_is_not_asked_for_a_sealed_value(db, lookup):
    with pytest.raises(FieldError):
        RealName.objects.filter(**{lookup: NUMBER}).exists()
