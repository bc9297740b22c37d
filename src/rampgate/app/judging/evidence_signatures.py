"""Who signed a piece of evidence: a DSSE envelope over an in-toto statement that names the file by its digest."""

from __future__ import annotations

import base64
import binascii
import json
from pathlib import Path
from typing import Final

from rampgate.adapters import signing
from rampgate.errors import InvalidInput
from rampgate.formats.digest import canonical_json
from rampgate.formats.dsse import PAYLOAD_TYPE, STATEMENT_TYPE, pre_authentication_encoding, statement
from rampgate.formats.json_text import load_json
from rampgate.model.evidence import Evidence
from rampgate.model.people import People
from rampgate.model.sourced import Missing, Sourced

NAMESPACE: Final = "rampgate-evidence"
"""The SSH signature namespace: a signature made for anything else is refused."""

PREDICATE_TYPE: Final = "urn:rampgate:evidence-signature:v1"


def sign_evidence(name: str, digest: str, key: Path) -> bytes:
    """Return a DSSE envelope in which the SSH key states that this file, of this digest, is its evidence."""
    subject = [{"name": name, "digest": {"sha256": digest.removeprefix("sha256:")}}]
    payload = canonical_json(statement(subject, PREDICATE_TYPE, {}))
    signature = signing.sign(pre_authentication_encoding(PAYLOAD_TYPE, payload), key, NAMESPACE)
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"sig": base64.b64encode(signature.encode()).decode()}],
    }
    return (json.dumps(envelope, indent=1) + "\n").encode()


def signer_of(envelope: bytes, path: str, evidence: Sourced[Evidence], people: People) -> str | Missing:
    """Return the name of the person whose key signed this evidence, or why nobody's did."""
    try:
        value = load_json(envelope, path).value
        payload = base64.b64decode(value["payload"], validate=True)
        signatures = [base64.b64decode(each["sig"], validate=True).decode() for each in value["signatures"]]
        stated = load_json(payload, path).value
        named = [f"sha256:{each['digest']['sha256']}" for each in stated["subject"]]
        kinds = (value["payloadType"], stated["_type"], stated["predicateType"])
    except (InvalidInput, KeyError, TypeError, ValueError, binascii.Error):
        return Missing(f"`{path}` is not a DSSE envelope", "sign it again with `rampgate measure --sign`")
    if kinds != (PAYLOAD_TYPE, STATEMENT_TYPE, PREDICATE_TYPE):
        return Missing(f"`{path}` signs something else than evidence", "sign it again with `rampgate measure --sign`")
    if named != [evidence.digest]:
        return Missing(f"`{path}` signs other bytes than `{evidence.path}`", "sign it again after measuring")
    keys = {person.name: person.keys for person in people.people if person.keys}
    signed = pre_authentication_encoding(value["payloadType"], payload)
    for signature in signatures:
        person = signing.verify(signed, signature, NAMESPACE, keys)
        if person is not None:
            return person
    return Missing(f"`{path}` is signed by no key in `policies/people.yaml`", "add the signer's public key there")
