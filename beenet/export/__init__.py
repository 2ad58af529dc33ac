"""Saved models in other forms: a TFLearn script, a SavedModel, a TFLite file."""

from beenet.export.export import Form, export
from beenet.export.result import Agreement, Exported

__all__ = ["Agreement", "Exported", "Form", "export"]
