"""The audit log as a Django app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "lionrock.desk.audit"
    label = "audit"
