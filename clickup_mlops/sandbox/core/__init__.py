"""What any service's sandbox needs: a clock, faults on request, rate limits, counts of calls."""
