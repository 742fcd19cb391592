from django.urls import path

from accounts import code_views, profile_views, views

app_name = "accounts"
urlpatterns = [
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("login/code/", code_views.login_code, name="login_code"),
    path("login/code/verify/", code_views.login_verify, name="login_verify"),
    path("register/", code_views.register, name="register"),
    path("register/verify/", code_views.register_verify, name="register_verify"),
    path("register/details/", code_views.register_details, name="register_details"),
    path("reset/", code_views.reset, name="reset"),
    path("reset/verify/", code_views.reset_verify, name="reset_verify"),
    path("reset/password/", code_views.reset_password, name="reset_password"),
    path("terms/", views.terms, name="terms"),
    path("privacy/", views.privacy, name="privacy"),
    path("me/", profile_views.me, name="me"),
    path("me/enterprise/", profile_views.enterprise, name="enterprise"),
    path("me/password/", profile_views.password, name="password"),
    path("managers/<uuid:pk>/photo/", profile_views.manager_photo, name="manager_photo"),
]
