"""What an agent is told where an act stood in the way of purchases that are allowed."""

from django.contrib import messages
from django.http import HttpRequest

from customers.models import Customer
from customers.readiness import standing_obstacle


def warn_of_obstacle(request: HttpRequest, customer: Customer) -> None:
    """Says it on the next page, if the customer's switch is on and purchases are refused."""
    obstacle = standing_obstacle(customer)
    if obstacle:
        messages.warning(request, str(obstacle))
