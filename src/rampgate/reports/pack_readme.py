"""The text beside a pack that says what lies where, whose keys sign, and how to check both with plain tools."""

from __future__ import annotations

from typing import Final

from rampgate.model.history import HistoryKey, HistorySettings
from rampgate.reports.escape import plain
from rampgate.reports.pack_page import verify_command
from rampgate.reports.packed import Pack

_FILES: Final = """\
index.html            all decisions on one page; open it in any browser, it loads nothing
decisions.csv         one row for each decision
findings.csv          one row for each answer of a rule
allowed_signers       every key that may sign records, as ssh-keygen reads them
MANIFEST              the SHA-256 of every file: sha256sum --check --strict MANIFEST
decisions/<record>/   everything of one decision:
  index.html              this decision alone
  record.json             the signed record, byte for byte as it lies in the history (DSSE envelope)
  record.statement.json   what it says (in-toto statement)
  record.signed           the bytes that the signature is over
  record.signed.sig       the signature
  allowed_signers         the keys that may sign this very record
  decision.json           the whole decision, with the answer of every rule
  reviews.json            the pull request, its reviews and commits, as the forge told of them
  base/                   files as they stood on the governed branch: policies, people, ladder, incumbent
  landing/                files as they were to land: card, lineage, evidence, attestations, events
  git-objects.pack        Git commits and trees that a clone may lack, where the record names them
"""


def readme(pack: Pack, settings: HistorySettings) -> str:
    """Return the text for a pack; settings: those by which its signatures were believed."""
    lines = [
        f"Decisions of {pack.repository}: {pack.selection}",
        f"The history had {pack.size} records; the newest has the digest {pack.head}.",
        "",
        *_FILES.splitlines(),
        "",
        "To check one signature, in the folder of its decision:",
        "",
        *(f"  {verify_command(each)}" for each in pack.decisions[:1]),
        "",
        "Keys that may sign records:",
        *(f"  {_key(each)}" for each in settings.signers),
        "",
        "Compare the keys with those that you were given on another way: a pack can not vouch for itself.",
        "Whether a record was left out is proved on a clone: rampgate audit verify",
    ]
    return "".join(f"{plain(line)}\n" for line in lines)


def _key(key: HistoryKey) -> str:
    until = f"to record {key.to}" if key.to is not None else "on"
    revoked = key.revoked
    ended = f"; revoked from record {revoked.from_} on: {revoked.reason}" if revoked is not None else ""
    return f"{key.name}: from record {key.from_} {until}{ended}; {key.key}"
