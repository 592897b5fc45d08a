import pytest
import yaml
from yaml.nodes import MappingNode

from engine.rules.positions import value_positions
from engine.rules.source import Source

STYLES = {
    "plain": "when: applicant.age > LAST\n",
    "plain over lines": "when: applicant.age > 3\n    && applicant.age\n      < LAST\n",
    "single quotes": "when: 'it''s == ''x'' && LAST'\n",
    "single quotes over lines": "when: 'it''s\n    == LAST'\n",
    "double quotes": 'when: "a == \\"x\\" && \\u4e2d\\t LAST"\n',
    "double quotes, continued": 'when: "a == 3 \\\n    && LAST"\n',
    "literal": "when: |\n  applicant.age > 3\n    && LAST\n",
    "literal, stripped": "when: |- # why\n  applicant.age > 3\n\n    && LAST\n",
    "folded": "when: >\n  applicant.age > 3\n  && x\n\n  && LAST\n",
    "folded, stripped": "when: >-\n   applicant.age > 3\n   && LAST",
    "chinese": 'when: a == "学生" && LAST\n',
    "flow": "{when: applicant.age > LAST, then: 3}\n",
}


@pytest.mark.parametrize("style", STYLES)
def test_a_place_in_a_condition_is_found_in_the_file(style: str) -> None:
    """Whatever the YAML style, the caret stands under the word at fault."""
    text = STYLES[style]
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, MappingNode)
    node = root.value[0][1]
    places = value_positions(Source("x.yaml", text), node)
    offset = node.value.index("LAST")
    assert text[places[offset] : places[offset] + 4] == "LAST"
    assert len(places) == len(node.value) + 1
    assert list(places) == sorted(places)


def test_a_place_becomes_line_and_column() -> None:
    """Both from one, columns in code points, also on the last line without its end."""
    source = Source("x.yaml", "ab\r\n学生x\n")
    assert [source.position(n) for n in (0, 4, 6, 8)] == [(1, 1), (2, 1), (2, 3), (3, 1)]
    assert [source.line(n) for n in (1, 2, 3)] == ["ab", "学生x", ""]
