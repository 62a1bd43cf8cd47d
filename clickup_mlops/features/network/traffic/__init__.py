"""Traffic of the back end by job: bytes, collectives, and how much leaves a rail or a pod."""
