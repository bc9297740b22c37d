"""Who owns a path by CODEOWNERS. Expected: the examples of GitHub's page "About code owners", worked by hand."""

from __future__ import annotations

import pytest

from rampgate.formats.codeowners import owners_of

# sentence -> (file, path, owners)
CASES = {
    "everything": ("* @all\n", "policies/people.yaml", ("@all",)),
    "the last match counts": ("* @all\n/policies/ @rita\n", "policies/people.yaml", ("@rita",)),
    "a line without owners takes ownership away": ("* @all\n/model_cards/\n", "model_cards/a/1/card.yaml", ()),
    "a comment at the end": ("/policies/ @rita # rules\n", "policies/people.yaml", ("@rita",)),
    "a slash at the end means a folder": ("/policies/ @rita\n", "policies", ()),
    "a folder anywhere": ("apps/ @ann\n", "src/apps/x.py", ("@ann",)),
    "an anchored folder is not found below": ("/apps/ @ann\n", "src/apps/x.py", ()),
    "a folder without its slash": ("/apps @ann\n", "apps/deep/x.py", ("@ann",)),
    "an ending anywhere": ("*.js @ann\n", "src/deep/x.js", ("@ann",)),
    "a star does not reach below": ("docs/* @ann\n", "docs/deep/x.md", ()),
    "a star within its folder": ("docs/* @ann\n", "docs/x.md", ("@ann",)),
    "two stars in front": ("**/logs @ann\n", "build/deep/logs/x.txt", ("@ann",)),
    "two stars at the end": ("model_cards/** @ann\n", "model_cards/a/1/card.yaml", ("@ann",)),
    "several owners": ("/policies/ @rita ben@example.com\n", "policies/x.yaml", ("@rita", "ben@example.com")),
    "nothing at all": ("", "policies/x.yaml", ()),
}


@pytest.mark.parametrize("sentence", CASES)
def test_the_owners_of_a_path(sentence):
    text, path, owners = CASES[sentence]
    assert owners_of(text, path) == owners
