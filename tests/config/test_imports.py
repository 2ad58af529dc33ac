import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["numpy", "tensorflow", "tflearn", "click"])
def test_configs_are_read_without(module: str) -> None:
    code = (
        "import sys, beenet.config, beenet.config.schema; "
        "beenet.config.schema.json_schema(); "
        f"sys.exit({module!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
