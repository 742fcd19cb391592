"""The search of every list of the admin site, by POST."""

from django.contrib.admin.views.main import ChangeList

from bandian.web.searching import SEARCH, SearchField, is_search, to_results


class SealedSearch:
    """Makes the lists of a ModelAdmin take their search by POST (templates/admin/search_form.html sends it so)."""

    def changelist_view(self, request, extra_context=None):
        return to_results(request) if is_search(request) else super().changelist_view(request, extra_context)

    def get_changelist(self, request, **kwargs):
        stock = super().get_changelist(request, **kwargs)
        return type(stock.__name__, (stock,), {"search_form_class": _SearchForm})


class _SearchForm(ChangeList.search_form_class):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields = {SEARCH: SearchField(required=False, strip=False)}
