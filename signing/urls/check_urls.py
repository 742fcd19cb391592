from django.urls import path

from signing.views import check_pages

app_name = "check"
urlpatterns = [
    path("", check_pages.start, name="start"),
    path("<str:code>/", check_pages.document, name="document"),
]
