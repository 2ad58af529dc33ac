"""`beenet completion`."""

import click
from click.shell_completion import get_completion_class


@click.command(epilog="Example: beenet completion bash")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that lets a SHELL complete what you type.

    \b
    bash:  eval "$(beenet completion bash)"     in ~/.bashrc
    zsh:   eval "$(beenet completion zsh)"      in ~/.zshrc, after compinit
    fish:  beenet completion fish > ~/.config/fish/completions/beenet.fish
    """
    maker = get_completion_class(shell)
    if maker is None:
        raise click.UsageError(f"click has no completion for {shell}")
    script = maker(context.find_root().command, {}, "beenet", "_BEENET_COMPLETE")
    click.echo(script.source())
