from django.urls import path

from signing import seal_views

app_name = "seals"
urlpatterns = [
    path("", seal_views.seal_list, name="list"),
    path("apply/", seal_views.apply, name="apply"),
    path("apply/preview/", seal_views.preview, name="preview"),
    path("cancel/", seal_views.cancel_list, name="cancel"),
    path("<uuid:pk>/picture/", seal_views.picture, name="picture"),
    path("<uuid:pk>/cancel/", seal_views.cancel, name="cancel_seal"),
]
