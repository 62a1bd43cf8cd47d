"""Symptoms of model servers and GPUs; each module defines `SYMPTOMS`. Pure."""
