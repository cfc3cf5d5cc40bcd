"""A full pass by REST: every record in order of its id, page by page."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial
from operator import lt
from typing import Any

from sfconnector.exceptions import Corrupt
from sfconnector.models import PageDigest
from sfconnector.records import Applied, Span
from sfconnector.sync.readers import rest, wide
from sfconnector.sync.readers.rest import Page
from sfconnector.sync.walks import digests, missing
from sfconnector.sync.work.checkpoints import FullPass
from sfconnector.sync.work.pipe import Pipe
from sfconnector.sync.work.work import Work
from sfconnector.texts import gettext_noop as _


def walk(work: Work) -> None:
    """Read from the checkpoint to the end. Raises Corrupt when rows are missing.

    With a window in the checkpoint, so many rows are asked for at a time.
    """
    known = digests.known(work)
    window = work.at(FullPass).window
    while _read(work, known, window) == window:
        pass


def _read(work: Work, known: dict[str, PageDigest], window: int | None) -> int:
    compose = partial(_compose, work, work.at(FullPass).after, window)
    reader = rest.Reader(
        work.shape,
        version=work.client.api_version,
        # A digest speaks for all fields only when all of them are in the page.
        known=known if wide.fits(work, compose) else None,
    )
    source = wide.pages(work, compose, read=reader)
    arrived = 0
    pipe = Pipe(source, weight=lambda page: page.byte_count, idle=work.look_around)
    with pipe:
        while (batch := pipe.drain()) is not None:
            total, is_last = rest.announced(batch, arrived), batch[-1].is_last
            arrived += sum(page.row_count for page in batch)
            if not _is_in_order(batch, work.at(FullPass).after):
                work.start_over(work.checkpoint.restarted())
                raise Corrupt(_("The records did not come in the order of their ids."))
            if arrived > total:
                work.start_over(work.checkpoint.restarted())
                raise Corrupt(
                    _("More records arrived than the {total:,} announced.").format(
                        total=total
                    )
                )
            _commit(work, batch, is_end=is_last and arrived != window)
            if is_last and arrived < total:
                work.start_over(work.checkpoint.restarted())
                raise Corrupt(
                    _("Only {arrived:,} of {total:,} records arrived.").format(
                        arrived=arrived, total=total
                    )
                )
    return arrived


def _is_in_order(batch: Sequence[Page], after: str) -> bool:
    """Tell whether each id is above the one before: none came twice, none too late."""
    for page in batch:
        ids = [after, *[row.record_id for row in page.rows]]
        if page.is_known:
            ids.append(page.first_id)
        if not all(map(lt, ids, ids[1:])):
            return False
        after = page.last_id or after
    return True


def _compose(work: Work, after: str, window: int | None, fields: Sequence[str]) -> str:
    return work.shape.full(after_id=after, limit=window, fields=fields)


def _commit(work: Work, batch: Sequence[Page], *, is_end: bool) -> None:
    checkpoint = work.at(FullPass)
    spans, after = [], checkpoint.after
    for page in batch:
        spans += _spans(page, after, is_end=is_end and page is batch[-1])
        after = page.last_id or after
    number = checkpoint.pages

    def remember(applied: Applied) -> None:
        digests.remember(work, batch, first_number=number)
        # Until they are settled, their pages do not say what is cached: should this
        # run fail, the next one has to miss them again.
        digests.forget(work.target, applied.missing)
        missing.note(work, applied.missing)

    work.commit(
        [row for page in batch for row in page.rows],
        checkpoint=dataclasses.replace(
            checkpoint, after=after, pages=number + len(batch)
        ),
        spans=spans,
        fetched=sum(page.row_count for page in batch),
        cleaned=[page.cleaned for page in batch],
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
