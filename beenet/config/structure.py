"""The base models of a config's parts: strict mappings, and a choice of one name."""

import contextlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from beenet.config.faults import did_you_mean
from beenet.errors import ConfigError
from beenet.text.values import show


class Strict(BaseModel):
    """A mapping with known keys: unknown ones are errors, values keep their type."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )

    def given(self, key: str) -> bool:
        """Return whether ``key`` differs from its default."""
        return bool(getattr(self, key) != type(self).model_fields[key].default)


class Component(Strict):
    """A mapping of arguments under a name, such as ``sgd: {...}``."""

    yaml_name: ClassVar[str]
    """Its name in a config: TFLearn's, if TFLearn has it."""

    def arguments(self) -> dict[str, Any]:
        """Return its arguments by TFLearn's names."""
        fields = type(self).model_fields.items()
        return {field.alias or name: getattr(self, name) for name, field in fields}


class OneOf:
    """An annotation: a bare name, or a mapping of one name to its arguments.

    ``Annotated[Optimizer, OneOf("an optimizer", OPTIMIZERS)]`` takes ``sgd`` and
    ``sgd: {learning_rate: 0.1}`` and gives an instance of ``OPTIMIZERS["sgd"]``.
    """

    siblings: ClassVar[Mapping[str, Any]] = {}
    """Keys that are allowed beside the name, each with its JSON Schema."""
    elsewhere: ClassVar[Mapping[str, str]] = {}
    """Hints for names (in lower case) that belong elsewhere in a config."""

    def __init__(
        self,
        what: str,
        table: Mapping[str, type[Component]],
        aliases: Mapping[str, str] | None = None,
        plugins: Mapping[str, type[Component]] | None = None,
    ) -> None:
        """Make the annotation.

        Args:
            what: the name of the choice with its article, for messages.
            table: the models by name.
            aliases: other names for the same models.
            plugins: models that are looked up if the table has none; loading one may
                fail (``ConfigError``).
        """
        self.what = what
        self.table = table
        self.aliases = aliases or {}
        self.plugins = {} if plugins is None else plugins

    def find(self, name: str) -> type[Component] | None:
        """Return the model of a name, or None.

        Raises:
            ConfigError: a plugin has it, but cannot be loaded.
        """
        name = self.aliases.get(name, name)
        return self.table.get(name) or self.plugins.get(name)

    def single(self, value: Any) -> dict[str, Any]:
        """Return ``value`` as a mapping of one known name to a mapping."""
        if isinstance(value, Component):
            return {value.yaml_name: value}
        if isinstance(value, str):
            value = {value: None}
        if not isinstance(value, dict) or len(value) != 1:
            rule = f"must be {self.what}: a name, or one name with its arguments"
            got = self.names(value) if isinstance(value, dict) else show(value)
            raise PydanticCustomError("beenet", f"{rule}, got {got}")
        ((name, arguments),) = value.items()
        name = self.aliases.get(name, name)
        try:
            model = self.find(name)
        except ConfigError as error:
            raise PydanticCustomError("beenet", str(error)) from None
        if model is None:
            hint = self.elsewhere.get(name.lower(), "")
            hint = hint or did_you_mean(name, [*self.table, *self.plugins])
            known = "" if hint else f"; known are {', '.join(self.table)}"
            text = (
                f"is not {self.what} that beenet knows, got {show(name)}{hint}{known}"
            )
            raise PydanticCustomError("beenet", text)
        if arguments is not None and not isinstance(arguments, dict | Component):
            text = f"{name} must be a mapping of arguments, got {show(arguments)}"
            text += _guess(model, arguments)
            raise PydanticCustomError("beenet", text)
        return {name: {} if arguments is None else arguments}

    def choose(self, value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        """Validate ``value`` by the model that it names; a plugin's separately."""
        chosen = self.single(value)
        name = next(key for key in chosen if key not in self.siblings)
        if name in self.table:
            return validate(chosen)
        one = type(self)(self.what, {name: self.plugins[name]})
        return TypeAdapter(Annotated[Any, one]).validate_python(chosen)

    def names(self, value: dict[str, Any]) -> str:
        """Show the keys of a mapping that should have one, with a likely fix."""
        if not value:
            return "{}"
        known = [key for key in value if key in self.table or key in self.aliases]
        text = f"the names {', '.join(value)}"
        if len(known) > 1:
            alone = show({known[-1]: value[known[-1]]})
            return f"{text}; only one may stand here, such as {alone}"
        if not known:
            return text
        others = [key for key in value if key != known[0]]
        below = f"below {known[0]} ({known[0]}.{others[0]})"
        return f"{text}; indent {', '.join(others)} further, {below}"

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate as a union tagged by the name, so that errors include the name."""

        def choice(name: str) -> CoreSchema:
            return core_schema.no_info_before_validator_function(
                lambda value: value[name], handler.generate_schema(self.table[name])
            )

        union = core_schema.tagged_union_schema(
            {name: choice(name) for name in self.table},
            discriminator=lambda value: next(iter(value)),
        )
        return core_schema.no_info_wrap_validator_function(
            self.choose,
            union,
            serialization=core_schema.plain_serializer_function_ser_schema(unparse),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return a placeholder: `schema.json_schema` describes each choice once."""
        return {"one_of": self}


def _guess(model: type[Component], given: Any) -> str:
    """Return a hint for values without keys, as in ``dropout: 0.5``, or nothing."""
    fields = fields_of(model)
    required = [key for key in fields if fields[key].is_required()]
    keys = required or [key for key in fields if key != "name"][:1]
    if isinstance(given, bool) or not keys:
        return ""
    values = given if isinstance(given, list) and len(keys) > 1 else [given]
    if len(values) > len(keys):
        return ""
    pairs = list(zip(keys, values, strict=False))
    if isinstance(given, list):  # the items may be something else
        try:
            model.model_validate(dict(pairs))
        except ValidationError:
            return ""
    meant = ", ".join(f"{key}: {show(value)}" for key, value in pairs)
    return f"; did you mean {{{meant}}}?"


def unparse(named: Component) -> Any:
    """Return plain data that `OneOf` reads back as ``named``."""
    dumped = named.model_dump(mode="json", by_alias=True)
    fields = fields_of(type(named))
    required = [key for key in fields if fields[key].is_required()]
    arguments = {key: dumped[key] for key in dict.fromkeys([*required, *fields])}
    return {named.yaml_name: arguments} if arguments else named.yaml_name


def table(*models: type[Component]) -> dict[str, type[Component]]:
    """Return models by their names in a config."""
    return {model.yaml_name: model for model in models}


def keys_at(model: Any, path: Iterable[str | int]) -> list[str]:
    """Return the valid keys of the mapping at ``path``; empty if it is no mapping."""
    for key in path:
        model = _step(model, key)
    if isinstance(model, type) and issubclass(model, BaseModel):
        return list(fields_of(model))
    return []


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return a model's fields by their keys in a config, which may be aliases."""
    fields = model.model_fields.items()
    return {field.alias or name: field for name, field in fields}


def _step(model: Any, key: str | int) -> Any:
    if isinstance(model, OneOf):
        with contextlib.suppress(ConfigError):  # a broken plugin is reported elsewhere
            return model.find(str(key))
        return None
    if isinstance(key, int):  # an item of tuple[X, ...]
        return _unwrap(get_args(model)[0]) if get_args(model) else None
    if isinstance(model, type) and issubclass(model, BaseModel):
        field = fields_of(model).get(key)
        return _unwrap(field.annotation, field.metadata) if field else None
    return None


def _unwrap(annotation: Any, metadata: Iterable[Any] = ()) -> Any:
    """Reduce ``Annotated[X, OneOf(...)] | None`` to its `OneOf` or its model."""
    for item in metadata:
        if isinstance(item, OneOf):
            return item
    if get_origin(annotation) is Annotated:
        inner, *rest = get_args(annotation)
        return _unwrap(inner, rest)
    if get_origin(annotation) is tuple:
        return annotation
    for part in get_args(annotation):
        found = _unwrap(part)
        if isinstance(found, OneOf) or (
            isinstance(found, type) and issubclass(found, BaseModel)
        ):
            return found
    return annotation
