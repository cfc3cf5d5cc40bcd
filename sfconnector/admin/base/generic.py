"""Django's classes that take their model in brackets, as the type stubs have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django import forms
from django.contrib import admin
from django.db.models import Model

__all__ = ["M", "ModelAdmin", "ModelForm"]

M = TypeVar("M", bound=Model)

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.forms import ModelForm

else:

    class ModelAdmin(admin.ModelAdmin):
        """Django's own, which takes its model in brackets only in the stubs."""

        def __class_getitem__(cls, model: object) -> type:
            return cls

    class ModelForm(forms.ModelForm):
        """Django's own, likewise."""

        def __class_getitem__(cls, model: object) -> type:
            return cls
