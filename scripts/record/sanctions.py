"""Entries of the Security Council's consolidated list for the groups that the paper names. No natural persons."""

from __future__ import annotations

from record.tables import Tables
from record.writer import Record, day, text, thing

SOURCE, TABLE = "un-sanctions-list", "un_sanctions_entities_ct"
#: Reference number -> group, and the name on the list, which must agree.
GROUPS = {
    "QDe.001": ("abu-sayyaf", "ABU SAYYAF GROUP"),
    "QDe.004": ("al-qaida", "AL-QAIDA"),
    "QDe.014": ("al-qaida-in-the-islamic-maghreb", "THE ORGANIZATION OF AL-QAIDA IN THE ISLAMIC MAGHREB"),
    "QDe.092": ("jemaah-islamiyah", "JEMAAH ISLAMIYAH"),
    "QDe.115": ("islamic-state", "AL-QAIDA IN IRAQ"),
    "QDe.138": ("boko-haram", "JAMA'ATU AHLIS SUNNA LIDDA'AWATI WAL-JIHAD"),
    "QDe.165": ("islamic-state-libyan-branch", "ISLAMIC STATE IN IRAQ AND THE LEVANT - LIBYA"),
    "SOe.001": ("al-shabaab", "AL-SHABAAB"),
}
REGIMES = {
    "Al-Qaida": "ISIL (Da'esh) and Al-Qaida list, resolutions 1267, 1989 and 2253.",
    "Somalia": "Somalia list, resolution 751 and its successors.",
}


def build(tables: Tables, record: Record) -> None:
    """State the listings."""
    source = record.source(SOURCE)
    left = dict(GROUPS)
    for row in tables[TABLE]:
        number = row["reference_number"]
        if number not in left:
            record.left_out[TABLE, "an entity that the paper does not name"] += 1
            continue
        key, name = left.pop(number)
        if row["name"] != name:
            raise SystemExit(f"{TABLE}: {number} is {row['name']}, not {name}; mend GROUPS in sanctions.py")
        group = thing("group", key)
        listing = record.say(
            SOURCE,
            thing("listing", number),
            a="SanctionsListing",
            label=f"Listing of {record.names[group.value]} as {number}",
            about=group,
            referenceNumber=number,
            date=day(row["listed_on"]),
            note=text(REGIMES[row["un_list_type"]]),
            statedIn=source,
        )
        record.name(SOURCE, listing, row["name"])
        for alias in row["aliases"].split("|"):
            record.name(SOURCE, listing, alias.strip())
    if left:
        raise SystemExit(f"{TABLE}: no entries {sorted(left)}; mend GROUPS in sanctions.py")
