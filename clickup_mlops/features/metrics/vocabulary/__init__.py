"""What quantities of models, GPUs and clusters mean."""
