from django.contrib.admin.apps import AdminConfig


class AgentAdminConfig(AdminConfig):
    default_site = "partnercenter.admin.AgentAdminSite"
