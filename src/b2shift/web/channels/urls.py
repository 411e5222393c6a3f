"""Addresses for people and programs outside."""

from django.urls import URLPattern, path

from b2shift.web.channels import hooks, signed_links

app_name = "channels"
urlpatterns: list[URLPattern] = [
    path("descadastro/<str:token>/", signed_links.leave, name="leave"),
    path("l/<str:token>/", signed_links.click, name="click"),
    path("a/<str:token>/", signed_links.opened, name="opened"),
    path("ganchos/whatsapp/", hooks.from_whatsapp, name="from_whatsapp"),
    path("ganchos/sms/", hooks.from_sms, name="from_sms"),
    path("ganchos/slack/", hooks.from_slack, name="from_slack"),
]
