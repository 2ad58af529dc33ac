"""Saved models in other forms: a TFLearn script, a SavedModel, a TFLite file."""

from beenet.export.export import FORMS, Form, export
from beenet.export.result import Comparison, Exported

__all__ = ["FORMS", "Comparison", "Exported", "Form", "export"]
