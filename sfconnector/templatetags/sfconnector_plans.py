"""Numbers and times of plans, as their pages write them."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import formats
from django.utils.translation import gettext as _

from sfconnector.templatetags.sfconnector_admin import grouped

register = template.Library()

EXACT_BELOW = 10


@register.filter
def about(number: float) -> str:
    """Write a mean as a person would: whole, with a decimal where it is small."""
    if 0 < number < 1:
        return _("less than 1")
    if number < EXACT_BELOW and number != int(number):
        return str(formats.number_format(number, decimal_pos=1, use_l10n=True))
    return grouped(round(number))


@register.filter
def with_weekday(moment: datetime) -> str:
    """Write a moment with its weekday, in the zone that it is given in."""
    day = formats.date_format(moment, "D")
    return f"{day} {formats.date_format(moment, 'SHORT_DATE_FORMAT')} {moment:%H:%M}"
