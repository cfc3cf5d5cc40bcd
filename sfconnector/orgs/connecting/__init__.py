"""How an org gets its tokens: by a person who logs in, by an invitation, or by code.

``authorize`` begins, ``arriving`` reads what comes back, ``callback`` completes it and
``settling`` keeps the grant, once ``identity`` knows whose it is. ``headless`` connects
without a person.
"""
