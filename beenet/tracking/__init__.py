"""Training shown elsewhere while it runs: TensorBoard's event files, and MLflow."""
