"""What the pages of full passes looked like: one that came before is not read again."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sfconnector.models import PageDigest
from sfconnector.records import Target
from sfconnector.sync.readers.rest import Page
from sfconnector.sync.work.checkpoints import FullPass
from sfconnector.sync.work.work import Work


def known(work: Work) -> dict[str, PageDigest]:
    """Return what former passes remembered of their pages, by digest.

    Nothing when somebody asked for everything anew: that must mend whatever is wrong.
    """
    if work.checkpoint.anew:
        return {}
    rows = PageDigest.objects.filter(
        org=work.run.org_id,
        sobject=work.shape.sobject,
        definition=work.shape.definition,
    )
    return {row.digest: row for row in rows}


def remember(work: Work, batch: Sequence[Page], *, first_number: int) -> None:
    """Replace the digests of these positions, where a page is not the same."""
    fresh = [
        PageDigest(
            org_id=work.run.org_id,
            sobject=work.shape.sobject,
            definition=work.shape.definition,
            position=first_number + place,
            digest=page.digest,
            first_id=page.first_id,
            last_id=page.last_id,
            row_count=page.row_count,
        )
        for place, page in enumerate(batch)
        if page.rows and page.digest
    ]
    if fresh:
        same = PageDigest.objects.filter(
            org=work.run.org_id,
            sobject=work.shape.sobject,
            definition=work.shape.definition,
        )
        same.filter(position__in=[row.position for row in fresh]).delete()
        PageDigest.objects.bulk_create(fresh)


def forget(target: Target, ids: Collection[str]) -> None:
    """Forget the pages in which records changed otherwise than by a full pass."""
    wanted = sorted(ids)
    if not wanted:
        return
    rows = PageDigest.objects.filter(
        org=target.org_id,
        sobject=target.sobject,
        first_id__lte=wanted[-1],
        last_id__gte=wanted[0],
    )
    touched = [
        key
        for key, first, last in rows.values_list("pk", "first_id", "last_id")
        if any(first <= one <= last for one in wanted)
    ]
    PageDigest.objects.filter(pk__in=touched).delete()


def forget_others(work: Work) -> None:
    """Drop the digests of other definitions, before records are written by this one."""
    mine = PageDigest.objects.filter(org=work.run.org_id, sobject=work.shape.sobject)
    mine.exclude(definition=work.shape.definition).delete()


def forget_beyond(work: Work) -> None:
    """Drop the digests of other definitions and of pages beyond the last one."""
    forget_others(work)
    mine = PageDigest.objects.filter(org=work.run.org_id, sobject=work.shape.sobject)
    mine.filter(position__gte=work.at(FullPass).pages).delete()
