"""Finding orders by number, name, address or phone, quick also among a million.

Numbers and phones are found by index from their beginning. Names, of the company and of the handling person, and
addresses are found by any piece of two characters or more: an application keeps its words as pairs of characters,
which PostgreSQL indexes (GIN); SQLite reads them through.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorExact
from django.db import connection
from django.db.models import Q, QuerySet

from accounts.validators import PHONE_PATTERN, normalise_phone
from bandian.text import plain
from workorders import regions
from workorders.models import WorkOrder

LONGEST = 60
MOST = 200
_NUMBERS = ("number", "application_number", "account_number")
_NUMBER = re.compile(r"(?:SQ)?\d{4,}", re.IGNORECASE)
_REGION_ENDS = re.compile("[省市区县旗]")


def words(*texts: str) -> str:
    """Return the pairs of neighbouring characters of texts made plain, as words that any index keeps whole."""
    pairs = {pair for text in texts for pair in pairwise(_folded(text))}
    return " ".join(sorted(f"x{ord(one):x}y{ord(other):x}" for one, other in pairs))


def find(orders: QuerySet[WorkOrder], text: str) -> QuerySet[WorkOrder]:
    """Return the orders that the text fits, MOST of them at most; none for a text that is too short.

    They are picked first and sorted by the caller, so that the database never sorts all that fit.
    """
    phone, text = normalise_phone(text), _folded(text)[:LONGEST]
    if re.fullmatch(PHONE_PATTERN, phone):
        return _picked(orders, Q(customer__phone=phone), Q(application__handler_phone=phone))
    if _NUMBER.fullmatch(text):
        text = text.upper()
        return _picked(orders, *(Q(**{f"{name}__startswith": text}) for name in _NUMBERS))
    return _picked(orders, _by_words(text), *_in_regions(text)) if len(text) > 1 else orders.none()


def _picked(orders: QuerySet[WorkOrder], *conditions: Q) -> QuerySet[WorkOrder]:
    """Return the orders of any of the conditions; one query each, for together they would use no index."""
    picked: set[UUID] = set()
    for condition in conditions:
        picked.update(orders.order_by().filter(condition).values_list("pk", flat=True)[:MOST])
    return orders.model.objects.filter(pk__in=list(picked)[:MOST])


def _by_words(text: str) -> Q:
    pairs = words(text).split()
    if connection.vendor == "postgresql":
        wanted = SearchQuery(" & ".join(pairs), config="simple", search_type="raw")
        return Q(SearchVectorExact(SearchVector("application__words", config="simple"), wanted))
    return Q(*(Q(application__words__contains=pair) for pair in pairs))


def _in_regions(text: str) -> Iterator[Q]:
    """Yield the condition of an address that begins with a region (西湖区演示路8号), whose name no words hold."""
    for end in reversed([found.end() for found in _REGION_ENDS.finditer(text)]):
        if len(text) - end > 1 and (codes := regions.containing(text[:end])):
            yield Q(application__region__in=codes) & _by_words(text[end:])
            return


def _folded(text: str) -> str:
    return plain.key(text).replace(" ", "")
