"""A full pass by REST: every record in order of its id, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sfconnector.exceptions import Corrupt
from sfconnector.models import PageDigest
from sfconnector.records import Applied, Span
from sfconnector.sync import missing, rest
from sfconnector.sync.pipe import Pipe
from sfconnector.sync.rest import Page
from sfconnector.sync.work import Work


def walk(work: Work) -> None:
    """Read from the checkpoint to the end. Raises Corrupt when rows are missing."""
    checkpoint = work.checkpoint
    query = work.shape.full(after_id=checkpoint.get("after", ""))
    reader = rest.Reader(
        stamp_field=work.shape.cursor_field,
        warn=work.warn,
        known=rest.known_digests(
            org_id=work.run.org_id,
            sobject=work.shape.sobject,
            definition=work.shape.definition,
        ),
    )
    source = rest.pages(
        work.client, query, all_rows=work.shape.with_deleted, read=reader
    )
    arrived = 0
    with Pipe(source, weight=lambda page: page.byte_count) as pipe:
        while (batch := pipe.drain()) is not None:
            arrived += sum(page.row_count for page in batch)
            _commit(work, batch)
            if batch[-1].is_last and arrived < batch[-1].total:
                _start_over(work)
                raise Corrupt(
                    f"Only {arrived:,} of {batch[-1].total:,} records arrived."
                )


def _start_over(work: Work) -> None:
    """Forget the place: which of the pages was short cannot be told."""
    kept = {"kind", "started", "by"}
    work.write(
        checkpoint={k: v for k, v in work.checkpoint.items() if k in kept}, fetched=0
    )


def _commit(work: Work, batch: Sequence[Page]) -> None:
    checkpoint = work.checkpoint
    spans, after = [], checkpoint.get("after", "")
    for page in batch:
        spans += _spans(page, after)
        after = page.last_id or after
    number = checkpoint.get("pages", 0)
    checkpoint |= {"after": after, "pages": number + len(batch)}

    def remember(applied: Applied) -> None:
        _remember(work, batch, first_number=number)
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


def _spans(page: Page, after: str) -> list[Span]:
    upto = None if page.is_last else page.last_id
    if not page.is_known:
        return [Span(after=after, upto=upto)] if page.last_id or page.is_last else []
    spans = [Span(after=after, upto=None, gap_before=page.first_id)]
    if page.is_last:
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
        if page.rows
    ]
    if fresh:
        same = PageDigest.objects.filter(
            org=work.run.org_id,
            sobject=work.shape.sobject,
            definition=work.shape.definition,
        )
        same.filter(position__in=[row.position for row in fresh]).delete()
        PageDigest.objects.bulk_create(fresh)
