"""The URLs of a company's portal host. Nothing of the agency's own pages answers here."""

from django.urls import URLPattern, URLResolver, include, path

from agency.views import portal, preferences

handler400 = "agency.views.errors.bad_request"
handler403 = "agency.views.errors.not_found"
handler404 = "agency.views.errors.not_found"
handler500 = "agency.views.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", portal.home, name="portal_home"),
    path("colours.css", portal.colours, name="portal_colours"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("accounts/", include("agency.project.account_urls")),
]
