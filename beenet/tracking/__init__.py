"""Reports trainings to TensorBoard's event files and to MLflow."""
