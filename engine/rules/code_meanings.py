"""The table of diagnostic codes: what is the matter, what brings it about, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.rules.diagnostics import Code


@dataclass(frozen=True, slots=True)
class Meaning:
    """``told``: what is the matter. ``example``: what brings it about. ``remedy``: what to do."""

    told: str
    example: str
    remedy: str


MEANINGS: Mapping[Code, Meaning] = {
    Code.YAML_SYNTAX: Meaning(
        "The file is not YAML.",
        "`when: applicant.age < 18: true`",
        "Mend the line shown; put a text with `: ` or a leading sign in quotes, or after `|`.",
    ),
    Code.DUPLICATE_KEY: Meaning(
        "A key stands twice in one mapping; one of the values would be lost.",
        "two `when:` in one rule",
        "Remove one of them.",
    ),
    Code.YAML_FEATURE: Meaning(
        "Anchors, aliases, tags and keys that are no names are not read.",
        "`then: *same`",
        "Write the values out.",
    ),
    Code.FILE_LIMIT: Meaning(
        "A file or the whole policy is larger or deeper than is read.",
        "a ruleset of 2 MB",
        "Split it, or remove what does not belong to the policy.",
    ),
    Code.ENCODING: Meaning(
        "The file is not UTF-8, or holds characters that a reader does not see.",
        "a file saved as GB18030",
        "Save it as UTF-8, and type the line anew.",
    ),
    Code.MISSING_FILE: Meaning(
        "A file that the policy needs is not there.",
        "no `reasons.yaml`",
        "Create it, or check the directory that was named.",
    ),
    Code.UNKNOWN_KEY: Meaning(
        "A key that nobody reads, mostly a slip of the pen.",
        "`wehn: applicant.age < 18`",
        "Write it as one of the known keys.",
    ),
    Code.MISSING_KEY: Meaning(
        "A key that is needed is not there.",
        "a rule without `then`",
        "Add it.",
    ),
    Code.WRONG_VALUE: Meaning(
        "A value of the wrong kind, or beyond its bounds; also in products and scorecards.",
        "`priority: high`",
        "Write a value that the message allows.",
    ),
    Code.BAD_NAME: Meaning(
        "A name is not spelled as names are.",
        "`id: under-age`",
        "Rules and reasons are UPPER_SNAKE_CASE, all else lower_snake_case.",
    ),
    Code.UNKNOWN_REFERENCE: Meaning(
        "Something is named that is not there.",
        "a stage with `rulesets: [frad]`",
        "Correct the name, or add what it names.",
    ),
    Code.CEL_SYNTAX: Meaning(
        "The condition is not CEL.",
        "`when: applicant.age = 18`",
        "Mend it at the caret; CEL writes `==`, `&&`, `||`, `!`.",
    ),
    Code.UNKNOWN_FIELD: Meaning(
        "The condition reads a field, or calls a function, that is not there.",
        "`bureau.scroe < 600`",
        "See [vocabulary.md](vocabulary.md) for all fields.",
    ),
    Code.TYPE_ERROR: Meaning(
        "The types of the two sides do not go together.",
        "`score.pd > 1`",
        "Write `4.0` for `4` beside a double, and texts in quotes.",
    ),
    Code.NOT_BOOL: Meaning(
        "The condition is a value, not true or false.",
        "`when: applicant.age`",
        "Compare it with something.",
    ),
    Code.NOT_IN_LANGUAGE: Meaning(
        "It is CEL, but not of the part that policies use.",
        "`applicant.occupation.matches('a.*')`",
        "Use what [policy_language.md](policy_language.md) lists.",
    ),
    Code.EXPRESSION_LIMIT: Meaning(
        "The condition is longer, deeper or wider than the engine was measured with.",
        "40 terms joined with `||`",
        "Compare with a list, `x in [a, b]`, or split the rule with a signal.",
    ),
    Code.RULE_LIMIT: Meaning(
        "A stage has more rules or signals than the engine was measured with.",
        "5,000 rules in a stage",
        "Move rules to another stage, or make a table of them.",
    ),
    Code.DUPLICATE_ID: Meaning(
        "An id stands twice.",
        "two rules `UNDER_AGE`",
        "Rename one.",
    ),
    Code.MISSING_REASON: Meaning(
        "A rule declines or refers and gives no reason.",
        "`then: {outcome: decline}`",
        "Add `reason: CODE`; the customer is owed one.",
    ),
    Code.UNKNOWN_REASON: Meaning(
        "A reason that `reasons.yaml` does not hold.",
        "`reason: AGE_TO_LOW`",
        "Correct it, or add its texts to `reasons.yaml`.",
    ),
    Code.MISSING_BUILT_IN_REASON: Meaning(
        "A reason that the engine itself gives has no text.",
        "no `INFORMATION_MISSING`",
        "Add it to `reasons.yaml`.",
    ),
    Code.PLACEHOLDER: Meaning(
        "A placeholder that has no value in this text, or one that the text must not leave out.",
        "`{target}` in the name of a proof",
        "Use the placeholders that docs/policy_language.md lists for the text.",
    ),
    Code.DOCUMENT_TEXT: Meaning(
        "A document that a rule requires and that the wording has no name for.",
        "`then: {require: [payslips]}` and no `payslips` under `documents`",
        "Name it in wording.yaml, under `documents`, in both languages.",
    ),
    Code.IDLE_REASON: Meaning(
        "A reason where none is given to anybody.",
        "`then: {outcome: approve, reason: GOOD}`",
        "Remove it, or decline or refer with it.",
    ),
    Code.NO_EFFECT: Meaning(
        "A rule from which nothing follows.",
        "`then: {}`",
        "Give it an effect, or remove it.",
    ),
    Code.SIGNAL_CYCLE: Meaning(
        "Rules wait for each other's signals.",
        "`a` needs `b`, and `b` needs `a`",
        "Break the circle that the message names.",
    ),
    Code.SIGNAL_NEVER_SET: Meaning(
        "A signal is read, but no rule sets it.",
        "`signals.device_brust`",
        "Correct the name, or set it with `then: {signal: ...}`.",
    ),
    Code.UNUSED_SIGNAL: Meaning(
        "A signal is set, but nobody reads it.",
        "`then: {signal: unread}`",
        "Read it, or remove it.",
    ),
    Code.SIGNAL_READ_EARLY: Meaning(
        "A signal is read in a stage before the one that sets it; it is never set there.",
        "eligibility reads a signal of fraud",
        "Move one of the rules.",
    ),
    Code.SOURCE_NOT_DECLARED: Meaning(
        "A rule reads a source that its stage has not gathered.",
        "`graph.*` without `sources: [graph]`",
        "Add the source to the stage or to an earlier one.",
    ),
    Code.SCORE_READ_EARLY: Meaning(
        "A rule reads the score before the stage that computes it.",
        "`score.pd` in eligibility",
        "Move the rule behind the scorecard.",
    ),
    Code.TABLE_SHAPE: Meaning(
        "A table's rows and columns do not fit each other.",
        "a row with too few cells",
        "Make every row as wide as the columns.",
    ),
    Code.TABLE_LIMIT: Meaning(
        "A table is larger than is read.",
        "a row too many",
        "Split the table.",
    ),
    Code.TABLE_COLUMN: Meaning(
        "A column is no expression of the vocabulary of a simple type.",
        "a column over `graph.neighbours`",
        "Name a field, or an expression that gives a number, text or truth.",
    ),
    Code.CELL_SYNTAX: Meaning(
        "A cell is none of the forms that cells have.",
        "`[18..65`",
        "See the forms of cells in [policy_language.md](policy_language.md).",
    ),
    Code.CELL_TYPE: Meaning(
        "A cell's value does not go with its column.",
        "`gold` in a column of numbers",
        "Write a value of the column's type.",
    ),
    Code.CELL_PRESENCE: Meaning(
        "A cell asks whether something is known that cannot be asked.",
        "`known` in a column that always is",
        "Leave the cell empty or compare the value.",
    ),
    Code.AGGREGATE: Meaning(
        "An aggregate has no meaning here.",
        "`aggregates` with `hit: first`",
        "Only with `hit: collect` several rows apply.",
    ),
    Code.DUPLICATE_ROW: Meaning(
        "Two rows ask the same.",
        "a row copied and left",
        "Remove one of them.",
    ),
    Code.ROW_NEVER_REACHED: Meaning(
        "An earlier row of a `first` table takes all that this one would.",
        "a row after a row of `any`",
        "Move it up, or remove it.",
    ),
    Code.SHEET_CONTENT: Meaning(
        "A sheet's head or rows do not make a table.",
        "a head without effects",
        "Mend the sheet at the place named.",
    ),
    Code.SHEET_FILE: Meaning(
        "The file is no sheet that can be read.",
        "an `.xls` file",
        "Save it as CSV in UTF-8, or as XLSX.",
    ),
    Code.NOT_LISTED: Meaning(
        "No stage lists a ruleset or table of the policy, so it decides nothing.",
        "`bands.yaml`, which the strategy does not name",
        "Add it to the `rulesets` of a stage, or remove the file.",
    ),
    Code.EXPRESSION_CYCLE: Meaning(
        "Named expressions read one another in a circle.",
        "`a` reads `named.b`, which reads `named.a`",
        "Break the circle that the message names.",
    ),
    Code.UNUSED_DEFINITION: Meaning(
        "An expression, parameter or list that nothing reads.",
        "`named.spare` in no condition",
        "Read it, or remove it.",
    ),
    Code.NOT_A_VALUE: Meaning(
        "A named expression that is neither a simple value nor a list of them.",
        "an expression that is `graph.neighbours`",
        "Name a number, text, truth, or a list of them.",
    ),
    Code.PARAMETER_TYPE: Meaning(
        "A parameter's value is not of its type.",
        "`low` for a parameter of type int",
        "Write a value of that type.",
    ),
    Code.BAD_DAY: Meaning(
        "A day is no calendar day, or a time in force ends before it begins.",
        "`from: 2026-02-30`",
        "Write days as 2026-01-31, `from` not after `until`.",
    ),
    Code.BAD_ENTRY: Meaning(
        "An entry of a list is not as entries are.",
        "an empty value",
        "Mend the line shown.",
    ),
    Code.RAW_IDENTIFIER: Meaning(
        "A policy holds no raw identifiers, only tokens of them.",
        "a telephone number in a list",
        "Make a token with `touchstone policy token`.",
    ),
    Code.DUPLICATE_ENTRY: Meaning(
        "An entry stands twice.",
        "one token on two lines",
        "Remove one of them.",
    ),
    Code.LIST_LIMIT: Meaning(
        "A list, or the number of lists, is larger than is read.",
        "a list with an entry too many",
        "Split the list, or take out what has expired.",
    ),
    Code.FAIL_OPEN: Meaning(
        "A stage that fails closed ignores what is unknown or failed.",
        "`on_unknown: ignore` in such a stage",
        "Let it refer or decline, or take `fail_closed` from the stage.",
    ),
    Code.NEVER_FIRES: Meaning(
        "No application can ever satisfy the rule.",
        "`age < 18 && age > 65`",
        "Correct the condition, or remove the rule.",
    ),
    Code.ALWAYS_FIRES: Meaning(
        "The rule hits every application.",
        "`applicant.age >= 0`",
        "If that is meant write `when: 'true'`.",
    ),
    Code.SHADOWED: Meaning(
        "Whatever the rule would catch is already ended before it.",
        "a referral of whom an earlier rule declines",
        "Remove it, or narrow the earlier one.",
    ),
    Code.CONTRADICTION: Meaning(
        "Two rules of equal priority say opposite things of one application.",
        "one approves whom the other declines",
        "Say which one holds: by its condition or its priority.",
    ),
    Code.ROW_TAKEN: Meaning(
        "Earlier rows together take everything that a row would.",
        "ranges that already cover it",
        "Remove the row, or correct the ranges.",
    ),
    Code.ROWS_OVERLAP: Meaning(
        "Two rows of a `unique` table hold for one application.",
        "`[6..12]` beside `[12..24]`",
        "Make the ranges disjoint: `[6..12)`.",
    ),
    Code.TABLE_GAP: Meaning(
        "No row of the table holds for some application.",
        "`< 6` and `> 6`",
        "Add a row, or `otherwise`.",
    ),
    Code.UNPROVED: Meaning(
        "Nothing was proved, either way: it is beyond what the solver can tell in its time.",
        "a product of two fields",
        "Look at it yourself, and write a case for it.",
    ),
    Code.CLAIM: Meaning(
        "A statement of `proofs.yaml` cannot be read, or does not hold.",
        "a claim about a field that is not there",
        "Correct the claim, or the rule that breaks it.",
    ),
    Code.CASE_UNKNOWN_PATH: Meaning(
        "A case sets a field that is not in the vocabulary.",
        "`facts: {applicant.aeg: 17}`",
        "Correct the path.",
    ),
    Code.CASE_WRONG_VALUE: Meaning(
        "A case gives a value of the wrong kind.",
        "`applicant.age: young`",
        "Write a value of the field's type.",
    ),
    Code.CASE_UNKNOWN_NAME: Meaning(
        "A case names a rule, reason, product or the like that is not there.",
        "`reasons: [AGE_TO_LOW]`",
        "Correct the name.",
    ),
    Code.DUPLICATE_CASE: Meaning(
        "Two cases of a suite have the same name.",
        "two `Nobody under 18`",
        "Rename one.",
    ),
    Code.IMPOSSIBLE_CASE: Meaning(
        "No decision can be as the case says.",
        "declined, with a limit granted",
        "Correct what is expected.",
    ),
    Code.EMPTY_SUITE: Meaning(
        "A suite or a case that would test nothing.",
        "a case without `expect`",
        "Say what must come out, or remove it.",
    ),
    Code.CASE_ROW: Meaning(
        "A row of a table of cases does not fit its columns.",
        "a row with too few values",
        "Give it a value for every column.",
    ),
    Code.ONLY_LEFT: Meaning(
        "`only: true` keeps every other case from running.",
        "a case left with `only`",
        "Remove `only` before the policy is proposed.",
    ),
}
