"""Export saved models to a TFLearn script, a SavedModel or a TFLite file."""

from beenet.export.export import Form, export
from beenet.export.result import Agreement, Exported

__all__ = ["Agreement", "Exported", "Form", "export"]
