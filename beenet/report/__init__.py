"""What people look at: scores, tables. Never imports TensorFlow."""
