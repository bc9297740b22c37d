"""`rampgate attest` and `rampgate waive` on files: what is written is read by the gate, what could not count is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rampgate.formats.yaml_text import load_yaml
from worlds.command_line import CommandLine
from worlds.governed_world import METRIC_RULE, GovernedWorld

FOLDER = "model_cards/credit-risk/2.0.0/attestations"
WHY = "a group is too thin until March"


@pytest.fixture
def world(tmp_path):
    return GovernedWorld(tmp_path)


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


def day(after: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=after)).isoformat()


def read(world: GovernedWorld, path: str) -> dict[str, object]:
    return load_yaml((world.root / path).read_bytes(), path).value


def attest(rampgate, *more, role="security", person="sam", statement="Reviewed threat model TM-12"):
    return rampgate("attest", "credit-risk", "2.0.0", "--role", role, "--as", person, "--statement", statement, *more)


def test_an_attestation_lasts_a_year_and_names_its_person(world, rampgate):
    said = attest(rampgate)
    assert said.exit == 0, said.err
    assert read(world, f"{FOLDER}/security.yaml") == {
        "schema": "rampgate/attestation/v1", "role": "security", "person": "sam",
        "statement": "Reviewed threat model TM-12", "covers": "version", "date": day(0), "expires": day(365),
    }  # fmt: skip
    assert "once `sam` has approved the pull request" in " ".join(said.out.split())


def test_the_user_is_known_by_the_address_that_git_commits_with(world, rampgate):
    said = rampgate("attest", "credit-risk", "--version", "2.0.0", "--role", "business_owner",
                    "--topic", "Outcome & goal", "--statement", "The target is mine", "--days", "30")  # fmt: skip
    assert said.exit == 0, said.err
    written = read(world, f"{FOLDER}/business_owner-outcome-goal.yaml")
    assert (written["person"], written["topic"], written["expires"]) == ("alice", "Outcome & goal", day(30))


def test_an_attestation_is_never_written_over(world, rampgate):
    assert attest(rampgate).exit == 0
    first = world.read(f"{FOLDER}/security.yaml")
    assert attest(rampgate, statement="Looked at it once more").exit == 0
    assert world.read(f"{FOLDER}/security.yaml") == first
    assert read(world, f"{FOLDER}/security-2.yaml")["statement"] == "Looked at it once more"


def test_the_gate_reads_a_written_attestation_and_waits_for_its_person(world, rampgate):
    assert attest(rampgate).exit == 0
    world.branch("promote")
    world.edit_card(stage="canary")
    head = world.commit("promote")
    answer = world.gate(head=head, now=f"{day(0)}T23:59:59Z")
    (finding,) = answer.of("attestation.is-vouched-for")
    assert (finding["outcome"], "waits for the approval of `sam`" in finding["message"]) == ("waiting", True)


ATTESTATIONS_REFUSED = {
    "a role that the person does not hold": ({"person": "alice"}, (), "it is held by `sam`"),
    "a role that nobody holds": ({"role": "securty"}, (), "did you mean `security`?"),
    "a person who is nobody": ({"person": "samm"}, (), "did you mean `sam`?"),
    "a statement that says nothing": ({"statement": "ok"}, (), "at least 10 characters"),
    "an end before today": ({}, ("--expires", "2020-01-01"), "is before today"),
    "an end that is no day": ({}, ("--expires", "tomorrow"), "write YYYY-MM-DD"),
    "an end that does not exist": ({}, ("--expires", "2027-02-30"), "write YYYY-MM-DD"),
    "two ends": ({}, ("--expires", "2099-01-01", "--days", "3"), "not both"),
}


@pytest.mark.parametrize("case", ATTESTATIONS_REFUSED)
def test_an_attestation_that_could_not_count_is_refused(case, world, rampgate):
    said_by, more, message = ATTESTATIONS_REFUSED[case]
    said = attest(rampgate, *more, **said_by)
    assert (said.exit, message in said.err) == (2, True), said.err
    assert not (world.root / FOLDER).exists()


def waive(rampgate, *more, rule="evidence.accuracy-floor", owner="alice", approver="rita", stage="canary", reason=WHY):
    return rampgate("waive", rule, "credit-risk", "2.0.0", "--entering", stage, "--reason", reason,
                    "--owner", owner, "--approved-by", approver, *more)  # fmt: skip


def test_a_waiver_counts_its_first_and_its_last_day(world, rampgate):
    said = waive(rampgate, "--days", "30")
    assert said.exit == 0, said.err
    year = day(0)[:4]
    written = read(world, f"policies/waivers/W-{year}-001.yaml")
    assert (written["id"], written["starts"], written["ends"]) == (f"W-{year}-001", day(0), day(29))
    assert "`rita` has approved" in " ".join(said.out.split())


def test_the_next_waiver_takes_the_next_free_number(world, rampgate):
    year = day(0)[:4]
    assert waive(rampgate, "--days", "1").exit == 0
    (world.root / f"policies/waivers/W-{year}-001.yaml").rename(world.root / f"policies/waivers/W-{year}-041.yaml")
    moved = world.read(f"policies/waivers/W-{year}-041.yaml").replace(f"W-{year}-001", f"W-{year}-041")
    world.write(f"policies/waivers/W-{year}-041.yaml", moved)
    assert waive(rampgate, "--ends", day(3)).exit == 0
    assert (world.root / f"policies/waivers/W-{year}-042.yaml").is_file()


def test_the_gate_holds_the_written_waiver_for_its_approver(world, rampgate):
    world.branch("waiver")
    assert waive(rampgate, "--days", "30").exit == 0
    answer = world.gate(head=world.commit("waiver"), now=f"{day(0)}T23:59:59Z")
    assert (answer.verdict, answer.exit) == ("hold", 11), answer.text
    assert "waits for the approval of `rita`" in answer.of("waiver.is-granted")[0]["message"]


WAIVERS_REFUSED = {
    "a rule that is not there": ({"rule": "evidence.acuracy-floor"}, "did you mean `evidence.accuracy-floor`?"),
    "a rule without terms": ({"rule": "approval.risk-agrees"}, "`approval.risk-agrees` can not be waived"),
    "a rule of rampgate itself": ({"rule": "change.stage-move"}, "is a rule of rampgate itself"),
    "an approver without the role": ({"approver": "sam"}, "`sam` does not hold `risk`"),
    "an approver who asks": ({"owner": "rita"}, "`rita` can not grant a waiver to themselves"),
    "an approver who is nobody": ({"approver": "ritta"}, "did you mean `rita`?"),
    "a stage that is not there": ({"stage": "canry"}, "did you mean `canary`?"),
    "a reason that says nothing": ({"reason": "why not"}, "fewer than 10 characters"),
}


@pytest.mark.parametrize("case", WAIVERS_REFUSED)
def test_a_waiver_that_could_never_count_is_refused(case, world, rampgate):
    changed, message = WAIVERS_REFUSED[case]
    said = waive(rampgate, "--days", "30", **changed)
    assert (said.exit, message in said.err) == (2, True), said.err
    assert not (world.root / "policies/waivers").exists()


def test_a_waiver_of_one_day_more_than_the_rule_allows_is_refused(rampgate):
    said = waive(rampgate, "--days", "31")
    assert (said.exit, "it lasts 31 days, and the rule allows 30 at `canary`" in said.err) == (2, True)


def test_every_reason_is_told_at_once(rampgate):
    said = waive(rampgate, "--days", "400", owner="sam", approver="sam")
    assert said.exit == 2
    assert "it lasts 400 days" in said.err
    assert "grant a waiver to themselves" in said.err
    assert "does not hold `risk`" in said.err


def test_a_waiver_needs_exactly_one_end(rampgate):
    assert "either --days N or --ends DATE" in waive(rampgate).err
    assert "either --days N or --ends DATE" in waive(rampgate, "--days", "3", "--ends", day(3)).err


def test_a_stage_at_which_the_rule_is_silent_is_refused(tmp_path, capsys):
    rule = {**METRIC_RULE, "applies": {"entering": ["full"]}}
    world = GovernedWorld(tmp_path, rules=(rule,))
    said = waive(CommandLine(capsys, world.root), "--days", "3")
    assert (said.exit, "does not speak at `canary`; it speaks at `full`" in said.err) == (2, True)


def test_a_rule_that_only_warns_is_told_so(tmp_path, capsys):
    effect = {"canary": "warn", "ramp": "block", "majority": "block", "full": "block"}
    world = GovernedWorld(tmp_path, rules=({**METRIC_RULE, "effect": effect},))
    said = waive(CommandLine(capsys, world.root), "--days", "3")
    assert said.exit == 0, said.err
    assert "does not block at `canary` (warn)" in " ".join(said.out.split())
