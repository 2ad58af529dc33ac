"""Reads raw pictures and recordings by a recipe into the arrays that a net takes."""

from beenet.media.read import (
    Example,
    files_below,
    is_clutter,
    kind_of_suffix,
    read_examples,
    shown,
)
from beenet.media.recipe import (
    AudioRecipe,
    ImageRecipe,
    Recipe,
    parse_recipe,
    recipe_for,
)
from beenet.media.sniff import Content, sniff

__all__ = [
    "AudioRecipe",
    "Content",
    "Example",
    "ImageRecipe",
    "Recipe",
    "files_below",
    "is_clutter",
    "kind_of_suffix",
    "parse_recipe",
    "read_examples",
    "recipe_for",
    "shown",
    "sniff",
]
