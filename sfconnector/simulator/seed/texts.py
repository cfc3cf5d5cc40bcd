"""What people write into text fields, including what breaks careless readers."""

from __future__ import annotations

from typing import Final

COMPANY_NOTES: Final = (
    "Met at the spring trade fair. Wants a quote for three sites before the summer.",
    "Long-standing customer, renewed twice. Prefers e-mail over phone.",
    "Family business in the third generation.\nThe board decides, on Tuesdays.",
    "Key contact is on leave until further notice; talk to the deputy.",
    "Invoices must carry the purchase order number, cost centre and plant.",
    "Moved offices last year. The old address is still on many documents.",
    "Wettbewerber bietet 12 % Rabatt. Preisliste prüfen, Rückruf bis Freitag.",
    "来月、新しい工場を開設予定。見積書を送付済み。",
)
CASE_SUBJECTS: Final = (
    "Pump loses pressure after restart",
    "Invoice shows the wrong VAT rate",
    "Can't log in to the customer portal",
    "Replacement part arrived damaged",
    "Request for a second calibration certificate",
    "Motor läuft heiß, Sicherung fällt",
    "納期の確認をお願いします",
    "Sensor readings drift by 3 % at night",
    "Delivery to the wrong dock (again!)",
    "How do I export all orders as CSV?",
    'Display shows "E-17" & beeps',
    "الجهاز لا يعمل بعد التحديث",
)
TASK_SUBJECTS: Final = (
    "Call",
    "Send quote",
    "Follow up on the offer",
    "Prepare contract",
    "Email: price list",
    "Check delivery date",
    "Angebot nachfassen",
    "Invite to webinar",
)
EVENT_SUBJECTS: Final = (
    "Kick-off meeting",
    "Product demo",
    "Quarterly business review",
    "Site visit",
    "Lunch with purchasing",
    "Contract negotiation",
)
NEXT_STEPS: Final = (
    "Send revised quote",
    "Arrange a site visit",
    "Legal reviews the contract",
    "Call the CFO back",
    "Demo for the plant team",
    "Wait for the budget round",
)
DEALS: Final = (
    "Site licences",
    "New production line",
    "Service contract",
    "Spare parts, framework order",
    "Pilot project",
    "Fleet renewal",
    "Retrofit",
    "Training package",
    "Expansion",
    "Three-year renewal",
)
AWKWARD: Final = (
    'He said: "Call me back", then hung up.\nLine 2, with a comma; and more',
    "<img src=x onerror=alert(document.domain)>",
    "<script>alert('stored')</script> & &amp; &lt;b&gt;",
    "Emoji at work 🚀🔥 family 👨‍👩‍👧‍👦 flag 🇯🇵 and a ligature ﬁ",
    "مرحبا بالعالم \u200f(RTL)\u200f 123 – שלום עולם",
    "\\n is not a newline, \\u0041 is not an A, C:\\temp\\new",
    "'; DROP TABLE account; --",
    '=HYPERLINK("http://127.0.0.1";"click")',
    "Windows line\r\nUnix line\nold Mac line\rtab\there",
    "{{ 7*7 }} {% csrf_token %} ${7*7} %s %(name)s",
    "NULL",
    "NA",
    "An old import left a NUL\0 byte here",
    "0049",
    "1e5",
    "Zero\u200bwidth joiner and combining: Zürich Ångström",
    "日本語のテキスト、全角スペース　と「かぎ括弧」、そして𠮷野家",
)
LONG: Final = (
    "The customer runs four plants, each with its own purchasing department, and each"
    " with its own idea of what a delivery note should look like. In the first year we"
    " agreed on a common form; in the second, plant three left the agreement. Whoever"
    " takes over should read the minutes of the last two meetings first."
)
"""A paragraph; long texts repeat it."""
