"""The search of every list of the admin site, by POST."""

import re
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.views.main import ChangeList, ChangeListSearchForm
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.validators import normalise_phone
from bandian.text.fields import OVERRIDES
from bandian.web.searching import SEARCH, SearchField, to_results

_CODE = re.compile("[0-9A-Z]{4,}")


class SealedSearch(ModelAdmin):
    """Takes the search of a list by POST (templates/admin/search_form.html sends it so), and makes plain what is typed
    into its forms.
    """

    formfield_overrides = OVERRIDES

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return to_results(request) or super().changelist_view(request, extra_context)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Find a number or a code also with what people put between its signs: (+86)138-0013-8000."""
        found, is_doubled = super().get_search_results(request, queryset, search_term)
        bare = normalise_phone(search_term)
        if bare == search_term or not _CODE.fullmatch(bare):
            return found, is_doubled
        more, is_more_doubled = super().get_search_results(request, queryset, bare)
        return found | more, is_doubled or is_more_doubled

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        stock = super().get_changelist(request, **kwargs)
        form = type("SearchForm", (_SearchForm,), {"whose": request.user.pk})
        return type(stock.__name__, (stock,), {"search_form_class": form})


class _SearchForm(ChangeListSearchForm):
    whose: object = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = SearchField(required=False, strip=False)
        field.whose = self.whose
        self.fields = {SEARCH: field}
