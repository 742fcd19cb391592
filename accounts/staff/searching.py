"""The search of every list of the admin site, by POST."""

from django.contrib.admin import ModelAdmin
from django.contrib.admin.views.main import ChangeList, ChangeListSearchForm
from django.http import HttpRequest, HttpResponse

from bandian.text.fields import OVERRIDES
from bandian.web.searching import SEARCH, SearchField, to_results


class SealedSearch(ModelAdmin):
    """Takes the search of a list by POST (templates/admin/search_form.html sends it so), and makes plain what is typed
    into its forms.
    """

    formfield_overrides = OVERRIDES

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return to_results(request) or super().changelist_view(request, extra_context)

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        stock = super().get_changelist(request, **kwargs)
        form = type("SearchForm", (_SearchForm,), {"whose": request.user.pk})
        return type(stock.__name__, (stock,), {"search_form_class": form})


class _SearchForm(ChangeListSearchForm):
    whose: object = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = SearchField(required=False, strip=False)
        field.whose = self.whose
        self.fields = {SEARCH: field}
