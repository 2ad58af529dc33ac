"""Raw pictures and recordings, and the recipe that makes a net's numbers of them."""

from beenet.media.read import Example, kind_of_suffix, read_examples
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
    "kind_of_suffix",
    "parse_recipe",
    "read_examples",
    "recipe_for",
    "sniff",
]
