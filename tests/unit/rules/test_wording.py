"""What customers are told: complete, in both languages, and the shipped file is the default."""

import re
from pathlib import Path

import pytest

from engine.errors import PolicyError
from engine.rules import Code, Diagnostic, load_bundle
from engine.rules.read_wording import default_wording
from engine.rules.wording import TEXTS, Section
from tests.unit.rules.bundles import SHIPPED, eligibility, write_bundle

_SHIPPED = (SHIPPED / "wording.yaml").read_text("utf-8")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_PROMISES = re.compile(r"\b(is|are) (granted|approved|available)\b|可获得|已通过")


def test_a_policy_without_the_file_uses_the_shipped_texts(tmp_path: Path) -> None:
    """The shipped policy starts from the same, so that it can be copied and changed."""
    plain = load_bundle(write_bundle(tmp_path / "plain"))
    own = load_bundle(write_bundle(tmp_path / "own", {"wording.yaml": _SHIPPED}))
    assert plain.wording == own.wording == default_wording()
    assert plain.digest != own.digest


def test_every_text_is_there_in_its_language() -> None:
    """No Chinese in English texts, and Chinese in every Chinese one."""
    assert set(default_wording()) == {*TEXTS, Section.DOCUMENTS}
    for section, texts in default_wording().items():
        assert section is Section.DOCUMENTS or set(texts) == set(TEXTS[section])
        for text in texts.values():
            assert not _CHINESE.search(text.text_en)
            assert _CHINESE.search(text.text_zh)


def test_documents_are_named_by_the_policy_as_far_as_it_requires_any(tmp_path: Path) -> None:
    """One without a name is told at check; a policy that requires none needs no section."""
    rule = """
        - id: A
          when: applicant.age < 30
          then: {require: [payslip, id_document, payslips]}
        - id: B
          when: applicant.age < 20
          then: {require: [payslip]}
    """
    own = _SHIPPED + '    payslips: {text_en: "payslips", text_zh: "工资单"}\n'
    bundle = load_bundle(write_bundle(tmp_path / "a", {**eligibility(rule), "wording.yaml": own}))
    (warned,) = bundle.warnings
    assert isinstance(warned, Diagnostic)
    assert (warned.code, warned.span.path) == (Code.DOCUMENT_TEXT, "eligibility.yaml")
    assert "`payslip`" in warned.message
    assert "`payslips`" in warned.hint

    bare = _SHIPPED[: _SHIPPED.index("  documents:")]
    bundle = load_bundle(write_bundle(tmp_path / "b", {"wording.yaml": bare}))
    assert bundle.wording[Section.DOCUMENTS] == {}
    assert bundle.warnings == ()


@pytest.mark.parametrize("section", [Section.REFERRED, Section.ESTIMATED])
def test_nothing_is_promised_where_nothing_is_decided(section: Section) -> None:
    """A referral and a trial calculation do not sound like an approval."""
    for text in default_wording()[section].values():
        assert not _PROMISES.search(text.text_en)
        assert not _PROMISES.search(text.text_zh)


@pytest.mark.parametrize(
    "before, after",
    [
        ("{offer} is available", "{offer.__class__} is available"),
        ("{offer} is available", "{offer!r} is available"),
        ("{offer} is available", "{offer:>9} is available"),
        ("{offer} is available", "{0} is available"),
        ("{offer} is available", "{} is available"),
        ("{offer} is available", "{offer}} is available"),
    ],
)
def test_a_placeholder_is_a_plain_name(tmp_path: Path, before: str, after: str) -> None:
    """What would reach into a value, or shape it, is refused like a misspelt one."""
    assert before in _SHIPPED
    with pytest.raises(PolicyError, match=r"TS1310|TS1103"):
        load_bundle(write_bundle(tmp_path, {"wording.yaml": _SHIPPED.replace(before, after, 1)}))
