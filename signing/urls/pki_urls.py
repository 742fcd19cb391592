from django.urls import path

from signing.views import pki_pages

app_name = "pki"
urlpatterns = [
    path("root.crt", pki_pages.root, name="root"),
    path("crl.der", pki_pages.crl, name="crl"),
]
