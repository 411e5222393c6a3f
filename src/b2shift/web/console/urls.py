"""Addresses of the pages."""

from django.urls import URLPattern, path
from django.views.i18n import set_language

from b2shift.web.console import palette, preferences
from b2shift.web.console.customer import views as customer
from b2shift.web.console.customers import views as customers
from b2shift.web.console.home import views as home

app_name = "console"
urlpatterns: list[URLPattern] = [
    path("", home.index, name="home"),
    path("busca/", palette.results, name="search"),
    path("preferencias/", preferences.preferences, name="preferences"),
    path("unidade/", preferences.unit, name="unit"),
    path("idioma/", set_language, name="language"),
    path("clientes/", customers.index, name="customers"),
    path("clientes/exportar/", customers.export, name="customers_export"),
    path("clientes/<str:customer_id>/", customer.index, name="customer"),
    path("clientes/<str:customer_id>/historico/", customer.timeline, name="customer_timeline"),
    path("clientes/<str:customer_id>/contatos/", customer.contacts, name="customer_contacts"),
]
