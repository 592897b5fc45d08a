"""JSON Schemas of a policy's files, for editors: what completes and underlines while one types.

Enumerations, limits and the vocabulary come from the code that reads the files. A schema says what
can be said of one file by itself; ``touchstone policy check`` says the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from engine.cases import read_application, read_expect
from engine.lines.product import Combine
from engine.model import EvidenceKind, IdentifierKind, SourceStatus
from engine.outcome import CapName, LimitStatus, Outcome
from engine.portfolio import columns as account_columns
from engine.portfolio.language import DERIVED
from engine.portfolio.policy import Action, BudgetName, Rating
from engine.portfolio.read_policy import MAX_EXTRA, MAX_RULES, MAX_STEPS
from engine.proof.claims import MAX_CLAIMS, Kind, Unproved
from engine.rules import vocabulary
from engine.rules.lists import IDENTIFIER, ListKind, Match
from engine.rules.model import Contributions, Fallback, OnFailure
from engine.rules.read_lists import MAX_REASON, MAX_VALUE
from engine.rules.read_reasons import BUILT_IN
from engine.rules.read_ruleset import EFFECTS, MAX_AMOUNT_MINOR
from engine.rules.read_snoozes import MAX_SNOOZES
from engine.rules.read_strategy import MAX_CHALLENGERS, MAX_SEGMENTS, Gives
from engine.rules.reader import NAME, UPPER_NAME
from engine.rules.tables.draft import MAX_COLUMNS, MAX_ROWS
from engine.rules.tables.model import Aggregate, HitPolicy
from engine.rules.wording import TEXTS, Section

Schema = dict[str, object]

_TEXT: Schema = {"type": "string", "pattern": r"\S"}
_NAME: Schema = {"type": "string", "pattern": NAME.pattern}
_ID: Schema = {"type": "string", "pattern": UPPER_NAME.pattern}
_DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_FLAG: Schema = {"type": "boolean"}
_SCALAR: Schema = {"type": ["boolean", "number", "string", "null"]}
_NAMES: Schema = {"type": "array", "items": _NAME, "uniqueItems": True}
_TYPES = {"bool": "boolean", "int": "integer", "double": "number", "string": "string"}


def schemas() -> dict[str, Schema]:
    """By file name under ``schemas/``."""
    made = {
        "strategy": _strategy(),
        "ruleset": _ruleset(),
        "table": _table(),
        "expressions": _expressions(),
        "parameters": _parameters(),
        "list": _list(),
        "snoozes": _snoozes(),
        "proofs": _proofs(),
        "tests": _suite(),
        "reasons": _reasons(),
        "wording": _wording(),
        "products": _products(),
        "portfolio": _portfolio(),
    }
    # A file beside the strategy holds a ruleset or a table, whichever its first key says.
    either: Schema = {
        "if": {"required": ["table"]},
        "then": made["table"],
        "else": made["ruleset"],
    }
    return {
        f"{name}.schema.json": {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": f"Touchstone policy: {name.replace('_', ' ')}",
            **schema,
        }
        for name, schema in {**made, "ruleset_or_table": either}.items()
    }


def _object(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    properties = {**required, **(optional or {})}
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


def _each(schema: Schema, names: Schema | None = None) -> Schema:
    """A mapping from names to values of one form."""
    keys = {"propertyNames": names} if names is not None else {}
    return {"type": "object", **keys, "additionalProperties": schema}


def _many(items: Schema, least: int = 0, most: int | None = None) -> Schema:
    bounds = {"minItems": least} | ({"maxItems": most} if most is not None else {})
    return {"type": "array", "items": items, **bounds}


def _enum(kind: type[StrEnum] | Iterable[str]) -> Schema:
    return {"enum": [str(item) for item in kind]}


def _whole(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def _any(*forms: Schema) -> Schema:
    return {"anyOf": list(forms)}


def _condition() -> Schema:
    roots = ", ".join((*vocabulary.roots(), *vocabulary.BUNDLE_ROOTS))
    told = f"A CEL condition. It reads fields of: {roots}. All are in docs/vocabulary.md."
    # A bare `true` or `3 > 2` is a condition too: YAML reads the first as a truth value.
    return {"type": ["string", "boolean", "number"], "description": told}


def _undecided() -> Schema:
    bare = [item for item in Fallback if item is not Fallback.DECLINE]
    return _any(_enum(bare), _object({"outcome": _enum(Fallback), "reason": _ID}))


def _effects() -> Schema:
    forms: dict[str, Schema] = {
        "outcome": _enum(Outcome),
        "reason": _ID,
        "signal": _NAME,
        "require": _NAMES,
        "cap_line_minor": _whole(0, MAX_AMOUNT_MINOR),
        "adjust_points": _whole(-1_000, 1_000),
    }
    return _object({}, {name: forms[name] for name in EFFECTS})


def _common() -> dict[str, Schema]:
    return {
        "description": _TEXT,
        "on_unknown": _undecided(),
        "on_error": _undecided(),
        "from": _DAY,
        "until": _DAY,
    }


def _ruleset() -> Schema:
    rule = _object(
        {"id": _ID, "when": _condition(), "then": _effects()},
        {**_common(), "priority": _whole(0, 9_999)},
    )
    return _object({"ruleset": _NAME, "rules": _many(rule)}, _common())


def _table() -> Schema:
    cell = _any(_SCALAR, _many(_SCALAR))
    cells = _many(cell)
    then = _any(_effects(), cells)
    row = _object({"when": cells, "then": then}, {**_common(), "id": _ID})
    aggregate = _enum(Aggregate)
    return _object(
        {
            "table": _NAME,
            "hit": _enum(HitPolicy),
            "columns": _many(_condition(), 1, MAX_COLUMNS),
            "rows": _many(_any(cells, row), 1, MAX_ROWS),
        },
        {
            **_common(),
            "priority": _whole(0, 9_999),
            "effects": {**_many(_enum(EFFECTS)), "uniqueItems": True},
            "otherwise": then,
            "aggregates": _object({}, {"adjust_points": aggregate, "cap_line_minor": aggregate}),
        },
    )


def _strategy() -> Schema:
    source = _object(
        {"timeout_ms": _whole(1, 60_000), "on_failure": _enum(OnFailure)},
        {"max_age_s": _whole(1, 3_650 * 86_400)},
    )
    stage = _object(
        {"stage": _NAME},
        {
            "rulesets": _NAMES,
            "scorecard": _NAME,
            "gives": _enum(Gives),
            "challengers": {**_NAMES, "maxItems": MAX_CHALLENGERS},
            "segments": _many(_object({"signal": _NAME, "scorecard": _NAME}), most=MAX_SEGMENTS),
            "contributions": _enum(Contributions),
            "sources": {**_many(_enum(vocabulary.KNOWN_SOURCES)), "uniqueItems": True},
            "fail_closed": _FLAG,
        },
    )
    currency: Schema = {"type": "string", "pattern": "^[A-Z]{3}$"}
    return _object(
        {"strategy": _NAME, "currency": currency, "stages": _many(stage)},
        {
            "sources": _object({}, dict.fromkeys(vocabulary.KNOWN_SOURCES, source)),
            "utc_offset_minutes": _whole(-14 * 60, 14 * 60),
        },
    )


def _expressions() -> Schema:
    value = _condition()
    entry = _object({"value": value}, {"description": _TEXT})
    return _object({"expressions": _each(_any(value, entry), _NAME)})


def _parameters() -> Schema:
    def typed(name: str, kind: str) -> Schema:
        value: Schema = {"type": kind}
        return _object(
            {"type": {"const": name}, "default": _any(value, _many(value, 1))},
            {"products": _each(value), "description": _TEXT},
        )

    types = _any(*(typed(name, kind) for name, kind in _TYPES.items()))
    return _object({"parameters": _each(types, _NAME)})


def _list() -> Schema:
    texts = [
        path
        for path, field in vocabulary.fields().items()
        if field.type == "string" and path.split(".")[0] in {"application", "applicant", "session"}
    ]
    identifiers = [f"{IDENTIFIER}.{kind.value}" for kind in IdentifierKind]
    value: Schema = {"type": "string", "minLength": 1, "maxLength": MAX_VALUE}
    reason: Schema = {"type": "string", "maxLength": MAX_REASON}
    more: dict[str, Schema] = {"until": _DAY, "reason": reason, "added": _DAY, "by": {}}
    return _object(
        {"list": _NAME, "kind": _enum(ListKind), "matches": _enum((*texts, *identifiers))},
        {
            "description": _TEXT,
            "match": _enum(Match),
            "entries": _many(_any(value, _object({"value": value}, more))),
            "entries_from": {"type": "string", "pattern": r"^[^/]+\.csv$"},
        },
    )


def _snoozes() -> Schema:
    token: Schema = {"type": "string", "pattern": "^id_number:[0-9a-f]{64}$"}
    one: dict[str, Schema] = {"rule": _ID, "customer": token, "until": _DAY, "reason": _TEXT}
    return _object({"snoozes": _many(_object({**one, "by": _TEXT}), most=MAX_SNOOZES)})


def _proofs() -> Schema:
    about: dict[Kind, Schema] = {
        Kind.NEVER: _enum(Outcome),
        Kind.ALWAYS: _enum(Outcome),
        Kind.LINE_AT_MOST: _whole(0, 10**15),
        Kind.NEVER_LOWERS: _enum(["line"]),
        Kind.NEVER_RAISES: _enum(["line"]),
        Kind.NEVER_IMPROVES: _enum(["outcome"]),
        Kind.NEVER_WORSENS: _enum(["outcome"]),
    }
    numbers = [p for p, field in vocabulary.fields().items() if field.type in {"int", "double"}]
    more: dict[str, Schema] = {
        "description": _TEXT,
        "when": _condition(),
        "raising": _enum(numbers),
        "unproved": _enum(Unproved),
    }
    claim = _object({"id": _ID}, {**more, **{kind.value: form for kind, form in about.items()}})
    claim["oneOf"] = [{"required": [kind.value]} for kind in Kind]
    return _object({"prove": _many(claim, most=MAX_CLAIMS)})


def _suite() -> Schema:
    given: dict[str, Schema] = {
        "facts": _facts(),
        "application": _object({}, {name: {} for name in read_application.FIELDS}),
        "sources": _object({}, dict.fromkeys(vocabulary.KNOWN_SOURCES, _enum(SourceStatus))),
        "on": _DAY,
        "base": _enum(["standard", "unknown"]),
        "expect": _expect(),
    }
    case: dict[str, Schema] = {**given, "only": _FLAG, "skip": _TEXT, "description": _TEXT}
    columns = _many({"type": "string"})
    table = _object({"table": _TEXT, "columns": columns, "rows": _many({"type": "array"}, 1)}, case)
    either: Schema = {
        "if": {"required": ["table"]},
        "then": table,
        "else": _object({"name": _TEXT}, case),
    }
    more: dict[str, Schema] = {"description": _TEXT, "given": _object({}, given)}
    return _object({"suite": _TEXT, "cases": _many(either, 1)}, more)


def _facts() -> Schema:
    """Every path of the vocabulary with its type; null where it can be unknown."""
    paths: dict[str, Schema] = {}
    for path, field in vocabulary.fields().items():
        kind = _TYPES.get(field.type, "array")
        told = f"{field.type}{', null if unknown' if field.known_by else ''}"
        paths[path] = {"type": [kind, "null"] if field.known_by else kind, "description": told}
    facts = _object({}, paths)
    facts["patternProperties"] = {f"^{vocabulary.LISTS}\\.": {"type": ["boolean", "null"]}}
    return facts


def _expect() -> Schema:
    texts = _many({"type": "string"})
    members = _any(texts, _object({}, {"contains": texts, "without": texts}))
    number: Schema = {"type": "number"}
    between = _any(number, _object({}, {"at_least": number, "at_most": number}))
    forms: dict[str, Schema] = {
        "outcome": _enum(Outcome),
        "line_binding": _enum(CapName),
        "limit_status": _enum(LimitStatus),
        "risk_band": {"type": "string"},
        **dict.fromkeys(("line", "offer", "score", "pd"), between),
    }
    return _object({}, {name: forms.get(name, members) for name in read_expect.FIELDS})


def _reasons() -> Schema:
    texts = _each(_object({"text_en": _TEXT, "text_zh": _TEXT}), _ID)
    return _object({"reasons": {**texts, "required": list(BUILT_IN)}})


def _wording() -> Schema:
    """Placeholders are the reader's."""
    text = _object({"text_en": _TEXT, "text_zh": _TEXT})
    sections = {str(name): _object(dict.fromkeys(names, text)) for name, names in TEXTS.items()}
    return _object({"wording": _object(dict(sections), {Section.DOCUMENTS: _each(text, _NAME)})})


def _products() -> Schema:
    """Amounts and rates are only told to be there; their bounds are the reader's."""
    number: Schema = {"type": "number", "minimum": 0}
    evidence = _object(
        {
            "combine": _enum(Combine),
            **dict.fromkeys(("haircut", "cap", "cost", "days", "grid"), number),
        }
    )
    band_numbers = ("pd_below", "income_multiple", "asset_share", "expected_use", "loss_budget")
    band = _object({"name": _TEXT, **dict.fromkeys(band_numbers, number)})
    age = _object({"ceiling": number}, {"from": number, "below": number})
    ceilings = _object(
        {},
        {
            "unsecured": number,
            "student": number,
            "ages": _many(age),
            "segments": _each(number),
        },
    )
    amounts = (
        *("step", "minimum", "maximum", "debt_service_share", "minimum_payment"),
        *("loss_given_default", "total_exposure", "income_cap", "assets_cap"),
    )
    product = _object(
        {
            **dict.fromkeys(amounts, number),
            "bands": _many(band, 1),
            "evidence": _many(_enum(EvidenceKind)),
            "ceilings": ceilings,
        },
        {
            "group_exposure": number,
            "plan_days": _whole(1, 365),
            "supplementary": _object({"share": number}, {"minimum": number, "maximum": number}),
            "temporary": _object({"share": number, "maximum": number, "days": _whole(1, 366)}),
        },
    )
    kinds = _object({}, dict.fromkeys((kind.value for kind in EvidenceKind), evidence))
    return _object({"evidence": kinds, "products": {**_each(product), "minProperties": 1}})


def _one_of(schema: Schema) -> Schema:
    """A mapping with exactly one of its keys."""
    return {**schema, "minProperties": 1, "maxProperties": 1}


def _portfolio() -> Schema:
    share: Schema = {"type": "number", "minimum": 0, "maximum": 1}
    amount: Schema = {"type": "number", "minimum": 0}
    shares = ("margin", "raise_response", "credit_conversion", "capital_share", "capital_cost")
    value = _object({**dict.fromkeys(shares, share), "adverse_cost": amount})
    growth: Schema = {"type": "number", "minimum": -1, "maximum": 10}
    budget = _one_of(_object({}, {"at_most": amount, "growth": growth}))
    steps = _many({"type": "number", "exclusiveMinimum": 0, "maximum": 10}, most=MAX_STEPS)
    adverse = [action.value for action in Action if action.adverse]
    then = _object(
        {},
        {
            "may": _enum([*adverse, Action.RAISE]),
            "must": _enum([*adverse, Action.KEEP]),
            "reason": _ID,
        },
    )
    then["oneOf"] = [{"required": ["may"]}, {"required": ["must"]}]
    names = [item.name for item in account_columns.COLUMNS if item.read]
    derived = [f"{root}.{name}" for root, name, _, _ in DERIVED]
    told = f"A CEL condition. It reads account.NAME of: {', '.join(names)}; {', '.join(derived)}."
    when: Schema = {"type": ["string", "boolean"], "description": told}
    rule = _object({"id": _ID, "description": _TEXT, "when": when, "then": then})
    column = _object({"type": _enum(account_columns.Kind), "description": _TEXT})
    return _object(
        {
            "rating": _one_of(_object({}, {kind.value: _NAME for kind in Rating})),
            "unrated_pd": share,
            "cooling_off_months": _whole(0, 120),
            "steps": _object({"raise": steps, "cut": steps}),
            "value": value,
            "rules": _many(rule, most=MAX_RULES),
        },
        {
            "budgets": _object({}, dict.fromkeys((name.value for name in BudgetName), budget)),
            "columns": {**_each(column, _NAME), "maxProperties": MAX_EXTRA},
        },
    )
