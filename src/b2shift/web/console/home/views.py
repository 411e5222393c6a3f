"""`/`: one page per role."""

from django.http import HttpResponse
from django.shortcuts import render

from b2shift.web.console.doors import AskedBy, door


@door()
def index(request: AskedBy) -> HttpResponse:
    """What matters to this person now."""
    return render(request, "console/home.html")
