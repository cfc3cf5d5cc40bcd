"""A full pass by REST: every record in order of its id, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sfconnector.exceptions import Corrupt
from sfconnector.models import PageDigest
from sfconnector.records import Applied, Span
from sfconnector.sync import missing, rest, wide
from sfconnector.sync.pipe import Pipe
from sfconnector.sync.rest import Page
from sfconnector.sync.work import Work


def walk(work: Work) -> None:
    """Read from the checkpoint to the end. Raises Corrupt when rows are missing.

    With a window in the checkpoint, so many rows are asked for at a time.
    """
    known = rest.known_digests(
        org_id=work.run.org_id,
        sobject=work.shape.sobject,
        definition=work.shape.definition,
    )
    window = work.checkpoint.get("window")
    while _read(work, known, window) == window:
        pass


def _read(work: Work, known: dict[str, PageDigest], window: int | None) -> int:
    compose = partial(_compose, work, work.checkpoint.get("after", ""), window)
    reader = rest.Reader(
        stamp_field=work.shape.cursor_field,
        warn=work.warn,
        # A digest speaks for all fields only when all of them are in the page.
        known=known if wide.fits(work, compose) else None,
    )
    source = wide.pages(work, compose, read=reader)
    arrived = 0
    pipe = Pipe(source, weight=lambda page: page.byte_count, idle=work.look_around)
    with pipe:
        while (batch := pipe.drain()) is not None:
            arrived += sum(page.row_count for page in batch)
            _commit(work, batch, is_end=batch[-1].is_last and arrived != window)
            if batch[-1].is_last and arrived < batch[-1].total:
                _start_over(work)
                raise Corrupt(
                    f"Only {arrived:,} of {batch[-1].total:,} records arrived."
                )
    return arrived


def _compose(work: Work, after: str, window: int | None, fields: Sequence[str]) -> str:
    return work.shape.full(after_id=after, limit=window, fields=fields)


def _start_over(work: Work) -> None:
    """Forget the place: which of the pages was short cannot be told."""
    kept = {"kind", "started", "by", "window", "room", "stalls", "stalled_at"}
    work.write(
        checkpoint={k: v for k, v in work.checkpoint.items() if k in kept}, fetched=0
    )


def _commit(work: Work, batch: Sequence[Page], *, is_end: bool) -> None:
    checkpoint = work.checkpoint
    spans, after = [], checkpoint.get("after", "")
    for page in batch:
        spans += _spans(page, after, is_end=is_end and page is batch[-1])
        after = page.last_id or after
    number = checkpoint.get("pages", 0)
    checkpoint |= {"after": after, "pages": number + len(batch)}

    def remember(applied: Applied) -> None:
        _remember(work, batch, first_number=number)
        # Until they are settled, their pages do not say what is cached: should this
        # run fail, the next one has to miss them again.
        rest.forget_digests(
            org_id=work.run.org_id, sobject=work.shape.sobject, ids=applied.missing
        )
        missing.note(work, applied.missing)

    work.commit(
        [row for page in batch for row in page.rows],
        checkpoint=checkpoint,
        spans=spans,
        fetched=sum(page.row_count for page in batch),
        also=remember,
        **_expected(work, batch[-1]),
    )


def _expected(work: Work, page: Page) -> dict[str, Any]:
    """Keep the first cursor's total: those after a restart count only the rest."""
    return {} if work.run.expected is not None else {"expected": page.total}


def _spans(page: Page, after: str, *, is_end: bool) -> list[Span]:
    if not page.is_known:
        upto = None if is_end else page.last_id
        return [Span(after=after, upto=upto)] if page.last_id or is_end else []
    spans = [Span(after=after, upto=None, gap_before=page.first_id)]
    if is_end:
        spans.append(Span(after=page.last_id, upto=None))
    return spans


def _remember(work: Work, batch: Sequence[Page], *, first_number: int) -> None:
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


def forget_others(work: Work) -> None:
    """Drop the digests of other definitions and of pages beyond the last one."""
    mine = PageDigest.objects.filter(org=work.run.org_id, sobject=work.shape.sobject)
    mine.exclude(definition=work.shape.definition).delete()
    mine.filter(position__gte=work.checkpoint.get("pages", 0)).delete()
