"""One lane's events: handler -> echoes -> context -> evaluator -> executor -> reconciler."""
