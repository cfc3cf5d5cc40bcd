"""The objects a new org comes with."""

from __future__ import annotations

from functools import cache

from sfconnector.simulator.schema.objects import SObjectType
from sfconnector.simulator.schema.standard import (
    accounts,
    campaigns,
    custom,
    files,
    people,
    sales,
    work,
)
from sfconnector.simulator.schema.standard.catalogue import catalogue, companions


def rich_objects() -> list[SObjectType]:
    """The objects that are described in full."""
    makers = (
        accounts.account,
        accounts.contact,
        sales.opportunity,
        sales.lead,
        work.case,
        work.task,
        work.event,
        campaigns.campaign,
        campaigns.campaign_member,
        sales.opportunity_contact_role,
        sales.product,
        sales.pricebook,
        files.content_document,
        files.content_version,
        files.attachment,
        custom.shipment,
        custom.parcel,
        people.user,
        people.organization,
        people.profile,
        people.user_role,
        people.group,
        people.record_type,
    )
    return [maker() for maker in makers]


@cache
def standard_objects() -> tuple[SObjectType, ...]:
    """All objects: those described in full, those only listed, and their companions."""
    main = (*catalogue(), *rich_objects())
    return (*main, *(beside for one in main for beside in companions(one)))
