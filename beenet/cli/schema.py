"""`beenet schema`."""

import json

import click


@click.command(epilog="Example: beenet schema > configs/schema.json")
@click.option("--sweep", is_flag=True, help="That of sweep files instead.")
def schema(sweep: bool) -> None:
    """Print the JSON Schema of configs, for editors."""
    from beenet.config import schema as of_config
    from beenet.config import sweep as of_sweep

    json_schema = of_sweep.json_schema if sweep else of_config.json_schema
    click.echo(json.dumps(json_schema(), indent=2))
