"""Every URL of every app, in one list."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from agency.views import home, manage, preferences
from chat.views import console, live, widget

handler400 = "agency.views.errors.bad_request"
handler403 = "agency.views.errors.not_found"
handler404 = "agency.views.errors.not_found"
handler500 = "agency.views.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("console/", console.console, name="console"),
    path("console/companies.css", console.companies_css, name="console_companies"),
    path("manage/", manage.home, name="manage_home"),
    path("manage/chats/", live.chats, name="manage_chats"),
    path("manage/chats/<uuid:chat_id>/close/", live.close, name="manage_chat_close"),
    path("manage/colours.css", manage.colours, name="manage_colours"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("accounts/", include("agency.project.account_urls")),
    re_path(r"^widget/(?P<site_key>[0-9a-f]{32})\.js$", widget.loader, name="widget_loader"),
    path("widget/panel/<slug:release>/<path:name>", widget.panel, name="widget_panel"),
]
