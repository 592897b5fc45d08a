"""A spec file: YAML with positions, read into a ``Spec``, or refused with all its faults."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from yaml.nodes import Node, ScalarNode, SequenceNode

from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.reader import Reader
from engine.rules.source import Source
from engine.rules.yaml_source import compose, node_span, read_source, scalar
from engine.training.formula import Formula, FormulaError, parse
from engine.training.read_feature import check_separate, read_feature
from engine.training.spec import (
    BureauColumns,
    DataSpec,
    Exclusion,
    FeatureSpec,
    Protected,
    Segment,
    Spec,
    Split,
    TargetSpec,
    Tuning,
)
from engine.training.table import spoken
from engine.training.times import TIMES, time_key

MAX_FEATURES = 2_000
_MONTHS = 6
_STATUSES = ("no_use", "paid_in_full", "revolving")
_REQUIRED = ("card", "data", "target")
_OPTIONAL = (
    "description",
    "features",
    "bureau",
    "defaults",
    "protected",
    "segments",
    "exclude",
    "interactions",
    "weight",
    "split",
    "tuning",
    "scale",
    "limits",
    "not_used",
)


def read_spec(path: Path) -> Spec:
    """The spec in a file. Raises ``PolicyError`` with every fault, as a compiler shows them."""
    found = Diagnostics()
    contents = {path.name: path.read_bytes()} if path.is_file() else {}
    source = read_source(contents, path.name, found)
    node = None if source is None else compose(source, found)
    found.refuse_if_errors()
    if source is None or node is None:
        raise AssertionError("a spec that cannot be read has a diagnostic")
    spec = _spec(source, node, found, sha256(contents[path.name]).hexdigest())
    found.refuse_if_errors()
    return spec


def _spec(source: Source, node: Node, found: Diagnostics, digest: str) -> Spec:
    reader = Reader(source, node, found, "the spec")
    reader.allow(_REQUIRED, _OPTIONAL)
    features = _features(reader)
    spec = Spec(
        card=reader.name("card"),
        description=reader.text("description"),
        data=_data(reader),
        target=_target(reader),
        features=features,
        digest=digest,
        bureau=_bureau(reader),
        protected=tuple(_protected(reader, item) for item in reader.list_of("protected")),
        segments=tuple(_segment(reader, item) for item in reader.list_of("segments")),
        exclusions=tuple(_exclusion(reader, item) for item in reader.list_of("exclude")),
        interactions=_interactions(reader, features),
        weight=reader.text("weight"),
        split=_split(reader),
        tuning=_tuning(reader),
        limits=_texts(reader, "limits"),
        excluded=_texts(reader, "not_used"),
        **_scale(reader),
    )
    _check_whole(reader, spec)
    return spec


def _entry(reader: Reader, node: Node, what: str) -> Reader:
    return Reader(reader.source, node, reader.found, what)


def _texts(reader: Reader, name: str) -> tuple[str, ...]:
    """A list of texts; numbers are taken as they are written."""
    found = []
    for node in reader.list_of(name):
        if not isinstance(node, ScalarNode):
            reader.wrong(node, f"`{name}` must list texts")
            continue
        found.append(str(node.value))
    return tuple(found)


def _features(reader: Reader) -> tuple[FeatureSpec, ...]:
    defaults = reader.mapping("defaults", "`defaults`")
    if defaults is not None:
        defaults.allow((), ("missing", "special", "outside", "family"))
    nodes = reader.list_of("features")
    if len(nodes) > MAX_FEATURES:
        reader.wrong(nodes[MAX_FEATURES], f"a card has at most {MAX_FEATURES} features")
    entries = [_entry(reader, node, "a feature") for node in nodes[:MAX_FEATURES]]
    found = [read_feature(entry, defaults) for entry in entries]
    check_separate(list(zip(entries, found, strict=True)))
    seen: set[str] = set()
    for node, feature in zip(nodes, found, strict=False):
        if feature.name in seen:
            reader.found.error(
                Code.DUPLICATE_ID,
                f"feature `{feature.name}` stands in the spec twice",
                node_span(reader.source, node),
            )
        seen.add(feature.name)
    return tuple(found)


def _data(reader: Reader) -> DataSpec:
    data = reader.mapping("data", "`data`")
    if data is None:
        return DataSpec(file="", name="", licence="")
    optional = ("name", "licence", "separator", "encoding", "decimal", "header", "nulls", "columns")
    data.allow(("file",), optional)
    renamed = data.mapping("columns", "`columns`")
    pairs = () if renamed is None else tuple((n, renamed.text(n)) for n in renamed.items)
    separator = data.text_as_is("separator", ",")
    if len(separator) != 1:
        data.wrong(data.items["separator"][1], "`separator` must be one character")
    encoding = data.text("encoding", "utf-8")
    try:
        "".encode(encoding)
    except LookupError:
        data.wrong(data.items["encoding"][1], f"`{encoding}` is not an encoding: utf-8, latin-1")
    decimal = data.text("decimal", ".")
    if decimal not in {".", ","}:
        data.wrong(data.items["decimal"][1], "`decimal` must be `.` or `,`")
    return DataSpec(
        file=data.text("file"),
        name=data.text("name"),
        licence=data.text("licence"),
        separator=separator,
        encoding=encoding,
        decimal=decimal,
        header=_texts(data, "header"),
        nulls=_texts(data, "nulls") or ("",),
        columns=pairs,
    )


def _target(reader: Reader) -> TargetSpec:
    target = reader.mapping("target", "`target`")
    if target is None:
        return TargetSpec(column="", bad=())
    target.allow(("column", "bad"), ("good", "indeterminate", "missing", "meaning"))
    lists = {name: _values(target, name) for name in ("bad", "good", "indeterminate")}
    if not lists["bad"] and "bad" in target.items:
        target.wrong(target.items["bad"][1], "`bad` must list the values that mean a bad outcome")
    named = [value for values in lists.values() for value in values]
    for name, values in lists.items():
        twice = [value for value in values if named.count(value) > 1]
        if twice and name != "bad":
            target.wrong(target.items[name][1], f"`{twice[0]}` stands in two lists")
    missing = target.text("missing", "refuse")
    if missing not in {"refuse", "exclude"}:
        target.wrong(target.items["missing"][1], "`missing` of the target: `refuse` or `exclude`")
    return TargetSpec(
        column=target.text("column"),
        **lists,
        skips_missing=missing == "exclude",
        meaning=target.text("meaning"),
    )


def _values(target: Reader, name: str) -> tuple[str, ...]:
    """Outcomes as a table has them: 1.0 is 1."""
    return tuple(spoken(text) or "" for text in _texts(target, name))


def _bureau(reader: Reader) -> BureauColumns | None:
    bureau = reader.mapping("bureau", "`bureau`")
    if bureau is None:
        return None
    bureau.allow(("status", "balance", "limit", "payment", "statuses"))
    columns = {name: _texts(bureau, name) for name in ("status", "balance", "limit", "payment")}
    for name, listed in columns.items():
        if name in bureau.items and len(listed) != _MONTHS:
            bureau.wrong(
                bureau.items[name][1], f"`{name}` must list {_MONTHS} columns, the latest first"
            )
    statuses = bureau.mapping("statuses", "`statuses`")
    return BureauColumns(
        **columns, statuses=() if statuses is None else tuple(_codes_of_status(statuses))
    )


def _codes_of_status(statuses: Reader) -> list[tuple[int, str]]:
    found = []
    for code, (key, value) in statuses.items.items():
        word = str(value.value) if isinstance(value, ScalarNode) else ""
        if word not in _STATUSES:
            hint = did_you_mean(word, _STATUSES)
            statuses.wrong(value, f"a status must be one of: {', '.join(_STATUSES)}", hint)
        elif not isinstance(scalar(key), int):
            statuses.wrong(key, "a code of a status must be a whole number")
        else:
            found.append((int(code), word))
    return found


def _protected(reader: Reader, node: Node) -> Protected:
    entry = _entry(reader, node, "a protected attribute")
    entry.allow(("name",), ("column", "cuts"))
    name = entry.text("name")
    cuts = []
    for cut in entry.list_of("cuts"):
        number = scalar(cut) if isinstance(cut, ScalarNode) else None
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            entry.wrong(cut, "`cuts` must list numbers")
        else:
            cuts.append(float(number))
    if sorted(set(cuts)) != cuts:
        entry.wrong(entry.items["cuts"][1], "`cuts` must rise")
    return Protected(name=name, column=entry.text("column", name), cuts=tuple(cuts))


def _formula(entry: Reader, name: str) -> Formula:
    text = entry.text(name)
    if text:
        try:
            return parse(text)
        except FormulaError as error:
            entry.wrong(entry.items[name][1], f"`{name}`: {error}")
    return parse("0")


def _segment(reader: Reader, node: Node) -> Segment:
    entry = _entry(reader, node, "a segment")
    entry.allow(("segment", "when"))
    return Segment(name=entry.text("segment"), when=_formula(entry, "when"))


def _exclusion(reader: Reader, node: Node) -> Exclusion:
    entry = _entry(reader, node, "an exclusion")
    entry.allow(("when", "why"))
    return Exclusion(when=_formula(entry, "when"), why=entry.text("why"))


def _interactions(reader: Reader, features: tuple[FeatureSpec, ...]) -> tuple[tuple[str, ...], ...]:
    """``families``: only within a family; or lists of features that may meet in a tree."""
    node = reader.node_of("interactions")
    if node is None:
        return ()
    if isinstance(node, ScalarNode) and node.value == "families":
        families = dict.fromkeys(feature.family for feature in features)
        return tuple(tuple(f.name for f in features if f.family == family) for family in families)
    names = {feature.name for feature in features}
    found = []
    for group in reader.list_of("interactions"):
        items = group.value if isinstance(group, SequenceNode) else [group]
        listed = [item.value for item in items if isinstance(item, ScalarNode)]
        if not isinstance(group, SequenceNode) or len(listed) < len(items):
            reader.wrong(group, "`interactions` must be `families`, or lists of features")
        for name in listed:
            if name not in names:
                reader.wrong(group, f"`{name}` is not a feature", did_you_mean(name, names))
        found.append(tuple(listed))
    return tuple(found)


def _split(reader: Reader) -> Split:
    split = reader.mapping("split", "`split`")
    if split is None:
        return Split()
    split.allow((), ("folds", "seed", "time", "calibrate_from", "test_from"))
    made = Split(
        folds=split.integer("folds", 5, 2, 20),
        seed=split.integer("seed", 42, 0, 2**31 - 1),
        column=split.text("time"),
        calibrate_from=split.as_written("calibrate_from"),
        test_from=split.as_written("test_from"),
    )
    moments = bool(made.calibrate_from) + bool(made.test_from)
    if (moments and not made.column) or (made.column and moments != 2):  # noqa: PLR2004 - both of them
        split.wrong(split.node, "a split by time needs `time`, `calibrate_from` and `test_from`")
    elif made.column:
        _check_moments(split, made)
    return made


def _check_moments(split: Reader, made: Split) -> None:
    keys = []
    for name in ("calibrate_from", "test_from"):
        key = time_key(getattr(made, name))
        if key is None:
            split.wrong(split.items[name][1], f"`{name}` is no time: {TIMES}")
            return
        keys.append(key)
    if keys[0][0] == keys[1][0] and keys[0] >= keys[1]:
        split.wrong(split.items["test_from"][1], "`test_from` must be after `calibrate_from`")


def _tuning(reader: Reader) -> Tuning:
    tuning = reader.mapping("tuning", "`tuning`")
    if tuning is None:
        return Tuning()
    keys = ("configurations", "rounds", "patience", "hold_outs", "bags", "additive")
    tuning.allow((), keys)
    return Tuning(
        configurations=tuning.integer("configurations", 12, 1, 12),
        rounds=tuning.integer("rounds", 800, 10, 5_000),
        patience=tuning.integer("patience", 40, 1, 1_000),
        hold_outs=tuning.integer("hold_outs", 1, 1, 10),
        bags=tuning.integer("bags", 3, 1, 20),
        additive=tuning.flag("additive"),
    )


def _scale(reader: Reader) -> dict[str, int]:
    scale = reader.mapping("scale", "`scale`")
    if scale is None:
        return {}
    scale.allow((), ("base", "base_odds", "pdo"))
    return {
        "base": scale.integer("base", 600, 0, 100_000),
        "base_odds": scale.integer("base_odds", 50, 1, 1_000_000),
        "pdo": scale.integer("pdo", 20, 1, 10_000),
    }


def _check_whole(reader: Reader, spec: Spec) -> None:
    if bool(spec.features) == (spec.bureau is not None):
        reader.wrong(
            reader.node,
            "a spec has either `features`, or `bureau` for the card over the bureau's summary",
        )
    unused = {text.partition(" (")[0].strip() for text in spec.excluded}
    for node, feature in zip(reader.list_of("features"), spec.features, strict=False):
        for column in unused.intersection(feature.of.names):
            reader.wrong(
                node,
                f"feature `{feature.name}` reads `{column}`, which `not_used` says is not used",
                "remove it from one of the two",
            )
    protected = {attribute.column: attribute.name for attribute in spec.protected}
    forbidden = {**protected, spec.target.column: "the target", spec.weight: "the weight"}
    for node, feature in zip(reader.list_of("features"), spec.features, strict=False):
        for column in feature.of.names:
            if column in forbidden:
                what = forbidden[column]
                told = f"protected ({what})" if column in protected else what
                reader.wrong(
                    node,
                    f"feature `{feature.name}` reads `{column}`, which is {told}",
                    "such a column is never a feature",
                )
