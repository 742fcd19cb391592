from django.urls import path

from signing.views import seal_pages

app_name = "seals"
urlpatterns = [
    path("", seal_pages.seal_list, name="list"),
    path("apply/", seal_pages.apply, name="apply"),
    path("apply/preview/", seal_pages.preview, name="preview"),
    path("cancel/", seal_pages.cancel_list, name="cancel"),
    path("<uuid:pk>/picture/", seal_pages.picture, name="picture"),
    path("<uuid:pk>/cancel/", seal_pages.cancel, name="cancel_seal"),
]
