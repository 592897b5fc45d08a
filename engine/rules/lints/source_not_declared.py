"""A source must be gathered before its fields are read, with a fallback if it fails."""

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.lints.places import path_span
from engine.rules.model import Bundle
from engine.rules.vocabulary import SOURCE_OF_ROOT


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report fields of sources that neither the stage nor an earlier one gathers."""
    gathered: set[str] = set()
    for stage in bundle.strategy.stages:
        gathered.update(stage.sources)
        for rule in bundle.rules_of(stage):
            for path in rule.when.mentions:
                source = SOURCE_OF_ROOT.get(path.split(".", maxsplit=1)[0])
                if source is not None and source not in gathered:
                    found.error(
                        Code.SOURCE_NOT_DECLARED,
                        f"`{path}` comes from the source `{source}`, which stage "
                        f"`{stage.name}` has not gathered",
                        path_span(rule, path, found),
                        hint=f"add `sources: [{source}]` to the stage in strategy.yaml",
                    )
