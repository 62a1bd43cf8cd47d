"""What the state refuses, with Monday.com's own code."""


class Refusal(Exception):
    """An error of the application: `code` and `status` go into `extensions` of the answer."""

    def __init__(self, code: str, message: str, status: int = 200, **data: object) -> None:
        super().__init__(message)
        self.code, self.status, self.data = code, status, data
