"""The scopes that clients ask for. They carry no rights: those come from roles alone."""

USER_IMPERSONATION = "https://api.partnercenter.microsoft.com/user_impersonation"
# Whatever Microsoft's clients are known to ask for; what they do not ask for is the first one.
SCOPES = (
    "https://api.partnercenter.microsoft.com/.default",
    USER_IMPERSONATION,
    "https://graph.windows.net/.default",
    "https://graph.microsoft.com/.default",
    "openid",
    "profile",
    "offline_access",
)
DEFAULT = SCOPES[0]
