"""The frame and the style sheet that all pages share; no external assets."""

from __future__ import annotations

from html import escape

_STYLE = """
:root{--ink:#16325c;--soft:#54698d;--line:#d8dde6;--blue:#0070d2;--paper:#fff;
--ground:#f4f6f9;--good:#2e844a;--bad:#ba0517}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);line-height:1.5;
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header{background:linear-gradient(135deg,#032d60,#0176d3);color:#fff;
padding:1.25rem 1.5rem}
header h1{margin:0;font-size:1.35rem;font-weight:600}
header p{margin:.15rem 0 0;opacity:.85;font-size:.9rem}
main{max-width:72rem;margin:1.5rem auto;padding:0 1.25rem}
.card{background:var(--paper);border:1px solid var(--line);border-radius:.6rem;
padding:1.25rem 1.5rem;margin-bottom:1.25rem;box-shadow:0 1px 3px rgba(3,45,96,.08)}
.card h2{margin:0 0 .75rem;font-size:1.05rem}
.narrow{max-width:27rem;margin:7vh auto}
.narrow .card{padding:2rem}
.cloud{display:block;width:4.5rem;margin:0 auto .5rem}
.chip{display:inline-block;border-radius:1rem;padding:.05rem .65rem;font-size:.8rem;
background:#e5f1fb;color:#014486}
.chip.sandbox{background:#fef0cd;color:#6a4b00}
.chip.good{background:#dff5e1;color:#194e31}.chip.bad{background:#fde2e0;color:#8e030f}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th{text-align:left;color:var(--soft);font-weight:600}
th,td{padding:.4rem .6rem;border-bottom:1px solid #eef1f6}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
code,.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;
font-size:.85em;overflow-wrap:anywhere}
label{display:block;margin:.9rem 0 .25rem;font-size:.9rem;color:var(--soft)}
input,select{width:100%;padding:.6rem .7rem;border:1px solid #c9d2e0;
border-radius:.35rem;font:inherit;background:#fff;color:inherit}
input:focus,select:focus,button:focus{outline:2px solid var(--blue);outline-offset:1px}
.buttons{display:flex;flex-direction:row-reverse;gap:.75rem;margin-top:1.5rem}
button{flex:1;padding:.65rem 1rem;border-radius:.35rem;border:1px solid var(--blue);
font:inherit;font-weight:600;cursor:pointer;background:#fff;color:var(--blue)}
button.main{background:var(--blue);color:#fff}
.problem{background:#fef1ee;border:1px solid #f3b0a6;border-radius:.4rem;
color:var(--bad);padding:.7rem .9rem;margin:1rem 0 0}
.note{color:var(--soft);font-size:.85rem}
ul.plain{margin:.5rem 0;padding-left:1.2rem}
.columns{display:grid;grid-template-columns:1fr 1fr;gap:1.25rem}
.scroll{overflow-x:auto}
@media(max-width:55rem){.columns{grid-template-columns:1fr;gap:0}}
"""

CLOUD = (
    '<svg class="cloud" viewBox="0 0 120 84" role="img" aria-label="Cloud">'
    '<path fill="#0d9dda" d="M50 12a25 25 0 0 1 35 9 27 27 0 1 1 5 52H34'
    'a20 20 0 0 1-10-37 24 24 0 0 1 26-24z"/>'
    '<text x="60" y="55" text-anchor="middle" fill="#fff" font-size="17" '
    'font-family="system-ui,sans-serif" font-style="italic">simulator</text></svg>'
)


def document(title: str, body: str) -> str:
    """A whole HTML page around ``body``, which must already be escaped."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>\n"
    )
