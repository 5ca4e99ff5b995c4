"""What is known of trusts beyond the published tables: mergers, present names, home systems."""

MERGED = {
    "RA4": ("RH5", "2023-04-01", "Yeovil District Hospital NHS Foundation Trust"),
    "RVY": ("RBN", "2023-07-01", "Southport and Ormskirk Hospital NHS Trust"),
    "R1C": ("RW1", "2024-10-01", "Solent NHS Trust"),
    "RYK": ("TAJ", "2024-10-01", "Dudley Integrated Health and Care NHS Trust"),
    "RRP": ("G6V2S", "2024-11-01", "Barnet, Enfield and Haringey Mental Health NHS Trust"),
    "TAF": ("G6V2S", "2024-11-01", "Camden and Islington NHS Foundation Trust"),
    "RY9": ("RAX", "2024-11-01", "Hounslow and Richmond Community Healthcare NHS Trust"),
    "RAP": ("RAL", "2025-01-01", "North Middlesex University Hospital NHS Trust"),
}
"""Trusts that were gone by March 2026: who took them over, when, and what they were called."""

MERGED_SINCE = {
    "RNK": "joined North London NHS Foundation Trust on 1 April 2026",
    "RY2": "joined Warrington and Halton as North Cheshire and Mersey on 1 April 2026",
    "RWW": "took in Bridgewater Community Healthcare as North Cheshire and Mersey on 1 April 2026",
    "RYV": "joined Norfolk Community Health and Care on 1 April 2026",
    "RY3": "took in Cambridgeshire Community Services on 1 April 2026",
    "RVJ": "joined University Hospitals Bristol and Weston as Bristol NHS on 1 July 2026",
    "RA7": "took in North Bristol as Bristol NHS on 1 July 2026",
}
"""Trusts that merged from April 2026 on: listed apart, as all their figures still are."""

FOUNDED = {"G6V2S": ("Mental Health", "Z9B2Z")}
"""Trusts made by a merger that the tables do not have: their sort, and their system now."""

NAMES = {
    "G6V2S": "North London NHS Foundation Trust",
    "RA4": "Yeovil District Hospital NHS Foundation Trust",
    "RAX": "Kingston and Richmond NHS Foundation Trust",
    "RCX": "The Queen Elizabeth Hospital King's Lynn NHS Foundation Trust",
    "RJC": "South Warwickshire University NHS Foundation Trust",
    "RNK": "Tavistock and Portman NHS Foundation Trust",
    "RRE": "Midlands Partnership University NHS Foundation Trust",
    "RRF": "Wrightington, Wigan and Leigh Teaching Hospitals NHS Foundation Trust",
    "RW1": "Hampshire and Isle of Wight Healthcare NHS Foundation Trust",
    "RWD": "United Lincolnshire Teaching Hospitals NHS Trust",
    "RWG": "West Hertfordshire Teaching Hospitals NHS Trust",
    "RWH": "East and North Hertfordshire Teaching NHS Trust",
    "RXF": "Mid Yorkshire Teaching NHS Trust",
    "RXY": "Kent and Medway Mental Health NHS Trust",
    "TAH": "Sheffield Health Partnership University NHS Foundation Trust",
}
"""Names of 2025/26 where the table of finance has an earlier one, or capitals."""

HOME = {
    "G6V2S": ("QMJ", "made of two trusts of North Central London"),
    "RAN": ("QMJ", "in Stanmore, but a trust of North Central London"),
    "RNK": ("QMJ", "in Camden"),
    "RV3": ("QRV", "run from Westminster, in North West London"),
    "RVJ": ("QUY", "in Bristol"),
    "RY2": ("QYG", "in Warrington"),
    "RY3": ("QMM", "in Norwich"),
    "RYV": ("QUE", "in St Ives, Cambridgeshire"),
    "RYX": ("QRV", "run from Westminster, in North West London"),
    "RRU": ("QKK", "serves London; its headquarters are in Lambeth"),
    "RX6": ("QHM", "serves North East England; its headquarters are in Newcastle"),
    "RX7": ("QOP", "serves North West England; its headquarters are in Bolton"),
    "RX8": ("QWO", "serves Yorkshire; its headquarters are in Wakefield"),
    "RX9": ("QT1", "serves the East Midlands; its headquarters are in Nottingham"),
    "RYA": ("QUA", "serves the West Midlands; its headquarters are in Brierley Hill"),
    "RYC": ("QUE", "serves the East of England; its headquarters are in Melbourn"),
    "RYD": ("QNX", "serves Kent, Surrey and Sussex; its headquarters are in Crawley"),
    "RYE": ("QU9", "serves Thames Valley and Hampshire; its headquarters are in Bicester"),
    "RYF": ("QJK", "serves South West England; its headquarters are in Exeter"),
}
"""Former systems of trusts that the table gives none, two or another; and why."""

PART_YEAR = {
    ("RAL", "2024/25"): "has North Middlesex from 1 January 2025 at the earliest",
    ("RAX", "2024/25"): "has Hounslow and Richmond from 1 November 2024 at the earliest",
}
"""Years in which a trust took over another, so that its figure has part of the other's year."""
