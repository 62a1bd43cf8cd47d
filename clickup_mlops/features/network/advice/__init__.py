"""Symptoms of networks; each module defines `SYMPTOMS`. Pure."""
