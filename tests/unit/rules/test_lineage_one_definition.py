"""One canonical definition for each term: the three definitions of applicant income, and around them."""

from rampgate.model.sourced import Missing
from rampgate.rules.lineage_one_definition import KIND
from worlds.facts_world import a_glossary, a_lineage, example_rules, facts, judge, lint, outcomes

CORE, TAX, FORM = "core_banking.gross_monthly_income", "tax_file.net_yearly_income", "application_form.stated_income"


def features(*definitions, term="applicant_income"):
    return a_lineage(
        {"features": [{"id": f"income_{n}", "definition": each, "term": term} for n, each in enumerate(definitions, 1)]}
    )


def test_the_canonical_definition_passes():
    (answer,) = judge(KIND, facts(lineage=features(CORE)))
    assert answer.outcome == "pass"
    assert answer.message == f"applicant income has one canonical definition: `{CORE}`"


def test_three_definitions_are_listed_in_one_failure():
    about = facts(lineage=features(CORE, TAX, FORM))
    (answer,) = judge(KIND, about)
    assert answer.outcome == "fail"
    assert answer.message == (
        f"applicant income has 3 definitions, `{CORE}`, `{TAX}`, `{FORM}`; the canonical one is `{CORE}`"
    )
    assert answer.location == about.subject.lineage.at("features", 1, "definition")
    assert "`income_2`, `income_3`" in answer.fix
    assert "policies/glossary.yaml" in answer.fix


def test_one_definition_that_is_not_the_canonical_one_fails():
    (answer,) = judge(KIND, facts(lineage=features(TAX)))
    assert answer.outcome == "fail"
    assert f"defined as `{TAX}` by `income_1`" in answer.message


def test_an_equivalent_definition_passes():
    term = {"canonical": CORE, "meaning": "gross income a month", "equivalent": [TAX]}
    glossary = a_glossary({"applicant_income": term})
    assert outcomes(judge(KIND, facts(lineage=features(CORE, TAX), glossary=glossary))) == ["pass"]
    assert outcomes(judge(KIND, facts(lineage=features(TAX), glossary=glossary))) == ["pass"]
    assert outcomes(judge(KIND, facts(lineage=features(TAX, FORM), glossary=glossary))) == ["fail"]


def test_a_definition_that_only_looks_alike_fails():
    for alike in (CORE.upper(), f"{CORE} ", CORE.replace("o", "о", 1)):  # the last one has a Cyrillic letter
        assert outcomes(judge(KIND, facts(lineage=features(alike)))) == ["fail"]


def test_every_term_is_judged_by_itself():
    lineage = a_lineage(
        {
            "features": [
                {"id": "income", "definition": CORE, "term": "applicant_income"},
                {"id": "age", "definition": "crm.age", "term": "applicant_age"},
            ]
        }
    )
    glossary = a_glossary({"applicant_income": CORE, "applicant_age": "core_banking.age"})
    assert outcomes(judge(KIND, facts(lineage=lineage, glossary=glossary))) == ["pass", "fail"]


def test_an_unknown_term_fails_with_the_closest_one():
    about = facts(lineage=features(CORE, term="aplicant_income"))
    (answer,) = judge(KIND, about)
    assert answer.outcome == "fail"
    assert answer.message.endswith("; did you mean `applicant_income`?")
    assert answer.location == about.subject.lineage.at("features", 0, "term")


def test_a_feature_without_a_term_is_insufficient_only_where_every_feature_needs_one():
    lineage = a_lineage({"features": _two()})
    assert outcomes(judge(KIND, facts(lineage=lineage))) == ["pass"]
    answers = judge(KIND, facts(lineage=lineage), every_feature=True)
    assert outcomes(answers) == ["insufficient", "pass"]
    assert answers[0].message == "feature `age` claims no term"


def _two():
    return [
        {"id": "income", "definition": CORE, "term": "applicant_income"},
        {"id": "age", "definition": "crm.age"},
    ]


def test_nothing_to_compare_is_insufficient_and_never_a_pass():
    without = a_lineage({"features": [{"id": "age", "definition": "crm.age"}]})
    none = a_lineage({"features": []})
    assert outcomes(judge(KIND, facts(lineage=without))) == ["insufficient"]
    assert outcomes(judge(KIND, facts(lineage=none))) == ["insufficient"]
    assert outcomes(judge(KIND, facts(lineage=none), every_feature=True)) == ["insufficient"]


def test_no_glossary_and_no_lineage_are_insufficient():
    gone = Missing("there is no `policies/glossary.yaml`", "write one")
    assert outcomes(judge(KIND, facts(lineage=features(CORE), glossary=gone))) == ["insufficient"]
    assert outcomes(judge(KIND, facts())) == ["insufficient"]
    assert outcomes(judge(KIND, facts(glossary=gone))) == ["insufficient", "insufficient"]


def test_a_feature_that_is_declared_twice_fails():
    lineage = a_lineage({"features": [{"id": "income", "definition": CORE, "term": "applicant_income"}] * 2})
    assert outcomes(judge(KIND, facts(lineage=lineage))) == ["fail", "pass"]


def test_a_definition_with_a_line_break_stays_on_one_line():
    (answer,) = judge(KIND, facts(lineage=features("x\n::error::`allow`")))
    assert "\n" not in answer.message + answer.fix + answer.found
    assert "`allow`" not in answer.message


def test_the_example_on_the_page_is_a_rule_of_this_kind():
    (rule,) = example_rules(KIND)
    assert rule.kind == KIND.id
    assert lint(KIND, **rule.with_) == []
