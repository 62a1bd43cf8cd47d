"""Response objectives: how long a reporter has waited for a first answer, in time that counts."""
