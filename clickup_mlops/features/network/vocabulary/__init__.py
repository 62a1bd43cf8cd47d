"""What quantities of networks mean."""
