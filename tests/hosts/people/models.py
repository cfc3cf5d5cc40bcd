"""Users as hosts define them: by UUID without groups, and by an e-mail address."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models


class Plain(AbstractBaseUser):
    """A person with a UUID, who has neither groups nor permissions in the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.EmailField(unique=True)
    is_staff = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    is_superuser = models.BooleanField(default=False)
    USERNAME_FIELD = "email"

    def has_perm(self, _perm: str, _obj: Any = None) -> bool:
        return True

    def has_module_perms(self, _label: str) -> bool:
        return True


class Mail(AbstractBaseUser, PermissionsMixin):
    """A person whose key is the e-mail address."""

    email = models.EmailField(primary_key=True)
    is_staff = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    USERNAME_FIELD = "email"


class Hold(models.Model):
    """A row of the host that holds a row of any kind, without a name for the way back."""

    org = models.ForeignKey(
        "sfconnector.Org", on_delete=models.PROTECT, null=True, related_name="+"
    )
    plan = models.ForeignKey(
        "sfconnector.SyncPlan", on_delete=models.RESTRICT, null=True, related_name="+"
    )
    run = models.ForeignKey(
        "sfconnector.SyncRun", on_delete=models.PROTECT, null=True, related_name="+"
    )
    call = models.ForeignKey(
        "sfconnector.ApiCall", on_delete=models.PROTECT, null=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"a hold of {self.org_id or self.plan_id or self.run_id or self.call_id}"


class Note(models.Model):
    """A row of the host that holds a record, and does not let it go."""

    record = models.ForeignKey(
        "sfconnector.Record", on_delete=models.PROTECT, related_name="notes"
    )

    def __str__(self) -> str:
        return f"a note on {self.record_id}"
