"""The words of both languages: templates in which ``{l}`` and ``{r}`` are the two sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.rules.labels import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """One language's templates, by operation."""

    compare: Mapping[str, str]
    count: Mapping[str, str]
    call: Mapping[str, str]
    denied: Mapping[str, str]
    macro: Mapping[str, str]
    units: Mapping[str, str]
    junction: Mapping[str, str]
    words: Mapping[str, str]


_EN = Phrases(
    compare={
        "<": "{l} is below {r}",
        "<=": "{l} is at most {r}",
        ">": "{l} is above {r}",
        ">=": "{l} is at least {r}",
        "==": "{l} is {r}",
        "!=": "{l} is not {r}",
    },
    count={
        "<": "there are fewer than {r} {l}",
        "<=": "there are {r} or fewer {l}",
        ">": "there are more than {r} {l}",
        ">=": "there are {r} or more {l}",
        "==": "there are exactly {r} {l}",
        "!=": "there are not exactly {r} {l}",
    },
    call={
        "+": "({l} plus {r})",
        "-": "({l} minus {r})",
        "*": "({l} times {r})",
        "/": "({l} divided by {r})",
        "%": "(the remainder of {l} divided by {r})",
        "join": "({l} followed by {r})",
        "neg": "(minus {l})",
        "int": "({l}, cut to a whole number)",
        "double": "({l}, as a decimal)",
        "size": "the number of {l}",
        "length": "the number of characters of {l}",
        "item": "entry {r} (counted from 0) of {l}",
        "entry": "the entry for {r} in {l}",
        "in": "{l} is one of {r}",
        "startsWith": "{l} begins with {r}",
        "endsWith": "{l} ends with {r}",
        "contains": "{l} contains {r}",
    },
    denied={
        "in": "{l} is none of {r}",
        "startsWith": "{l} does not begin with {r}",
        "endsWith": "{l} does not end with {r}",
        "contains": "{l} does not contain {r}",
        "[]": "it does not hold that {l}",
    },
    macro={
        "exists": "there is at least one of {l} for which ({r})",
        "all": "for every one of {l}, ({r})",
        "exists_one": "there is exactly one of {l} for which ({r})",
        "not exists": "there is none of {l} for which ({r})",
        "not all": "not for every one of {l}, ({r})",
        "not exists_one": "there is not exactly one of {l} for which ({r})",
        "filter": "{l} for which ({r})",
        "map": "the values of [{r}] over {l}",
        "range": "{l}",
        "named": "{l} (each called {r})",
    },
    units={
        "DAYS": "{n} days",
        "MONTHS": "{n} months",
        "YEARS": "{n} years",
        "POINTS": "{n} points",
        "SHARE": "{n} %",
    },
    junction={"and": " and ", "or": " or ", "list": ", ", "range": " and "},
    words={
        "true": "always",
        "false": "never",
        "yes": "true",
        "no": "false",
        "known": "{l} is known",
        "unknown": "{l} is not known",
        "known bool": "it is known whether {l}",
        "unknown bool": "it is not known whether {l}",
        "known true": "it is known that {l}",
        "whether": "whether ({l})",
        "if": "(if {c}: {y}; otherwise: {n})",
        "value if": "({y} if {c}, otherwise {n})",
        "of": "{l} (of {r})",
        "item": "the item {l}",
        "holds": "{l} holds",
        "denies": "{l} does not hold",
        "group": "({l})",
        "list": "[{l}]",
        "map": "the list {{{l}}}",
        "pair": "{l}: {r}",
        "text": '"{l}"',
    },
)
_ZH = Phrases(
    compare={
        "<": "{l}低于{r}",
        "<=": "{l}不高于{r}",
        ">": "{l}高于{r}",
        ">=": "{l}不低于{r}",
        "==": "{l}为{r}",
        "!=": "{l}不为{r}",
    },
    count={
        "<": "{l}少于{r}",
        "<=": "{l}不多于{r}",
        ">": "{l}多于{r}",
        ">=": "{l}不少于{r}",
        "==": "{l}恰为{r}",
        "!=": "{l}不等于{r}",
    },
    call={
        "+": "({l}加{r})",
        "-": "({l}减{r})",
        "*": "({l}乘以{r})",
        "/": "({l}除以{r})",
        "%": "({l}除以{r}的余数)",
        "join": "({l}后接{r})",
        "neg": "(负的{l})",
        "int": "({l}取整)",
        "double": "({l}的小数值)",
        "size": "{l}的个数",
        "length": "{l}的字符数",
        "item": "{l}的第{r}项(从0起)",
        "entry": "{l}中{r}对应的值",
        "in": "{l}属于{r}",
        "startsWith": "{l}以{r}开头",
        "endsWith": "{l}以{r}结尾",
        "contains": "{l}包含{r}",
    },
    denied={
        "in": "{l}不属于{r}",
        "startsWith": "{l}不以{r}开头",
        "endsWith": "{l}不以{r}结尾",
        "contains": "{l}不包含{r}",
        "[]": "以下不成立: {l}",
    },
    macro={
        "exists": "{l}中至少有一项满足({r})",
        "all": "{l}每一项均满足({r})",
        "exists_one": "{l}中恰有一项满足({r})",
        "not exists": "{l}中没有任何一项满足({r})",
        "not all": "{l}并非每一项均满足({r})",
        "not exists_one": "{l}中满足({r})的并非恰有一项",
        "filter": "{l}中满足({r})的项",
        "map": "{l}各项的[{r}]",
        "range": "{l}",
        "named": "{l}(各项记为{r})",
    },
    units={
        "DAYS": "{n}天",
        "MONTHS": "{n}个月",
        "YEARS": "{n}岁",
        "POINTS": "{n}分",
        "SHARE": "{n}%",
    },
    junction={"and": ", 且", "or": ", 或", "list": "、", "range": "且"},
    words={
        "true": "任何情况下",
        "false": "永不成立",
        "yes": "是",
        "no": "否",
        "known": "{l}已知",
        "unknown": "{l}未知",
        "known bool": "“{l}”与否已知",
        "unknown bool": "“{l}”与否未知",
        "known true": "已知{l}",
        "whether": "“{l}”是否成立",
        "if": "(若{c}, 则{y}; 否则{n})",
        "value if": "(若{c}则取{y}, 否则取{n})",
        "of": "{r}的{l}",
        "item": "该项{l}",
        "holds": "{l}成立",
        "denies": "{l}不成立",
        "group": "({l})",
        "list": "[{l}]",
        "map": "对照表{{{l}}}",
        "pair": "{l}: {r}",
        "text": "“{l}”",
    },
)
PHRASES: Mapping[Language, Phrases] = {"en": _EN, "zh": _ZH}
