"""The form on which agents change their own password: allauth's, in front of our operation."""

from allauth.account.forms import ChangePasswordForm as AllauthForm

from partnercenter.agents.models import Agent
from partnercenter.agents.operations import change_own_password


class ChangePasswordForm(AllauthForm):
    user: Agent

    def clean_oldpassword(self) -> str:
        """The operation compares it with the password in force, under its lock."""
        current: str = self.cleaned_data["oldpassword"]
        return current

    def save(self) -> None:
        """Raises Refused for another current password. The session goes on under the new one."""
        changed = change_own_password(
            agent=self.user,
            current=self.cleaned_data["oldpassword"],
            password=self.cleaned_data["password1"],
            by=self.user,
        )
        self.user.password = changed.password
        self.user.must_change_password = changed.must_change_password
