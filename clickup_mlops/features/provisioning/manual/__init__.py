"""What the API cannot do: exact steps for a person, and what is still open of them."""
