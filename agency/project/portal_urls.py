"""The URLs of a company's portal host. Nothing of the agency's own pages answers here."""

from django.urls import URLPattern, URLResolver, include, path

from agency.project import portal_pages
from agency.views import portal, preferences
from billing.views import charges
from chat.views import rating, transcript

handler400 = "agency.views.errors.bad_request"
handler403 = "agency.views.errors.not_found"
handler404 = "agency.views.errors.not_found"
handler500 = "agency.views.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", portal_pages.home, name="portal_home"),
    path("chats/", portal_pages.chats, name="portal_chats"),
    path("chats.csv", portal_pages.chats_csv, name="portal_chats_csv"),
    path("chats/<uuid:chat_id>/", portal_pages.chat, name="portal_chat"),
    path("satisfaction/", portal_pages.satisfaction, name="portal_satisfaction"),
    path("charges/", charges.portal_charges, name="portal_charges"),
    path("charges.csv", charges.portal_charges_csv, name="portal_charges_csv"),
    path("colours.css", portal.colours, name="portal_colours"),
    path("rating/<str:token>/", rating.rating, name="rating"),
    path("transcript/<str:token>/", transcript.transcript, name="transcript"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("accounts/", include("agency.project.account_urls")),
]
