"""beenet: one YAML file in, one trained, saved and scored TFLearn network out."""

__version__ = "0.1.0"
