"""Plain words for steps, streams and settings, for readers who do not use nelfin."""

from __future__ import annotations

STREAMS = {
    "core": "hospital, community and mental health care, and prescribing",
    "primary_medical": "general practice",
    "other_primary_care": "pharmacy, dental and eye care",
    "running_cost": "the cost of running the integrated care board (ICB)",
    "specialised": "specialised services, such as dialysis or radiotherapy",
}
"""What a stream of money pays for, as far as its name tells."""

CHANGES = {
    "streams that begin": "money that comes to places for the first time",
    "streams that end": "money that no longer comes to places",
    "restated": "transfers and pay awards put into the money of the year before; they bring a cost "
    "of the same size",
    "envelope": "the growth that every place would have if all grew alike",
    "ring-fence": "money taken off the top and shared for a purpose of its own",
    "need": "this year's count of people and their need beside last year's",
    "pace": "the national rule that brings places nearer to their fair share, a step a year",
}
"""What moved a budget, part by part."""

STEPS = {
    "income growth": "income grows with the allocations and contracts",
    "convergence": "the system moves towards its fair share of the national money",
    "place budgets": "income moves with the budgets of the places served",
    "cost inflation": "pay and prices rise",
    "demand growth": "more people are treated",
    "pressures by driver": "causes of cost with a name and a figure",
    "not explained": "what the other steps leave over in years that are known, and what such years "
    "have shown on average in the others",
    "recurrent efficiency": "savings that last",
    "full-year effect of last year's schemes": "savings begun within the year before",
    "agency and bank": "fewer temporary staff",
    "prevention net cash": "cash back from prevention, less what is spent on it",
    "planned and urgent activity": "what is paid for care above or below what is funded, "
    "less what it costs",
    "beds closed": "savings of hospital beds that are freed and closed",
    "primary care gap": "the cost of more appointments in general practice",
    "capital consequences": "savings of the capital schemes, less the charges on them",
    "not explained, once": "what the other one-off steps leave over in a known year",
    "non-recurrent efficiency": "savings of one year only",
    "named one-offs": "one-off items with a name and a figure",
    "double running": "the old and the new service are paid for side by side",
    "deficit support": "money from NHS England for one year",
    "repayment": "past deficits that are paid back",
}
"""What each step of a bridge is."""
