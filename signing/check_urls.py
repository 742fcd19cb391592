from django.urls import path

from signing import check_views

app_name = "check"
urlpatterns = [
    path("", check_views.start, name="start"),
    path("<str:code>/", check_views.document, name="document"),
]
