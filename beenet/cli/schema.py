"""`beenet schema`."""

import json

import click


@click.command(epilog="Example: beenet schema > configs/schema.json")
def schema() -> None:
    """Print the JSON Schema of configs, for editors."""
    from beenet.config.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
