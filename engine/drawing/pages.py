"""Templates of pages that need nothing else: each of a package's own, and the style of all."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def environment(package: str, *, html: bool = True) -> Environment:
    """The ``templates`` of a package, such as ``engine.watch``; HTML includes ``style.html``.

    ``html``: values are escaped. ``jinja2.UndefinedError`` in rendering what was not given.
    """
    return Environment(
        loader=ChoiceLoader(
            [PackageLoader(package, "templates"), PackageLoader("engine.drawing", "templates")]
        ),
        autoescape=html,  # noqa: S701 - Markdown is of a spec that its author wrote
        undefined=StrictUndefined,
    )
