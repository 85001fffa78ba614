"""Where allauth meets the product: nobody signs up, and what happens at the door is recorded."""


from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from lionrock.desk.people.models import Person


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are added by an administrator."""
        return False


class MfaAdapter(DefaultMFAAdapter):
    pass


def display(person: Person) -> str:
    """Return how the person is called on allauth's pages."""
    return str(person)
