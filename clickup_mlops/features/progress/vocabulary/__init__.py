"""What quantities of training runs mean."""
