"""The status of a page that shows a form."""

from django.http import HttpRequest


def status_of(request: HttpRequest) -> int:
    """Tell programs what the page tells people: a form that was sent and comes back wasn't taken.

    Returns:
        422 for a page that answers a POST, else 200.
    """
    return 422 if request.method == "POST" else 200
