from django.urls import path

from signing import pki_views

app_name = "pki"
urlpatterns = [
    path("root.crt", pki_views.root, name="root"),
    path("crl.der", pki_views.crl, name="crl"),
]
